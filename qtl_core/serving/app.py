"""The server's addresses, as a FastAPI app: predict, health, a page to try it, and what OpenAPI says of all that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse

import qtl_core
from qtl_core.serving.batching import Batcher
from qtl_core.serving.bodies import Bodies
from qtl_core.serving.pages import docs_page, start_page
from qtl_core.serving.refusals import add_refusals, ending, none_answered
from qtl_core.serving.rows import CSV, JSON, MULTIPART
from qtl_core.serving.schema import Health, NumberAnswer, PictureAnswer, Refusal
from qtl_core.serving.served_run import Answer, ServedRun

TITLE = "Quantum transfer studio: a trained run"
REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "Nothing is in it, or it is damaged."},
    408: {"model": Refusal, "description": "It came too slowly."},
    413: {"model": Refusal, "description": "It brings too much."},
    415: {"model": Refusal, "description": "It brings something else than this run reads."},
    422: {"model": Refusal, "description": "Nothing that it brings can be answered."},
    503: {"model": Refusal, "description": "The server is busy; Retry-After says for how many seconds at least."},
}


def make_app(run: ServedRun, name: str, origins: Sequence[str] = ()) -> FastAPI:
    """Returns the app that answers for a run.

    Args:
        run: The run.
        name: What people call it.
        origins: Addresses of other sites whose pages may ask it.
    """
    batcher = Batcher(run.answer, run.most_at_once, run.most_waiting)
    app = FastAPI(
        title=TITLE, version=qtl_core.__version__, docs_url=None, redoc_url=None, lifespan=_answering(batcher)
    )
    if origins:
        app.add_middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=["GET", "POST"])
    add_refusals(app)
    _add_predict(app, run, batcher)
    _add_health(app, run, name, batcher)
    _add_pages(app, run, name)
    return app


def _answering(batcher: Batcher[Any, Answer]) -> Any:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(batcher.run())
        yield
        task.cancel()

    return lifespan


def _add_predict(app: FastAPI, run: ServedRun, batcher: Batcher[Any, Answer]) -> None:
    bodies = Bodies(run.limits)
    one = PictureAnswer if run.asks_for == "pictures" else NumberAnswer

    @app.post(
        "/predict",
        response_model=one | list[one],  # type: ignore[valid-type]  # made for OpenAPI alone
        responses=REFUSALS,
        response_description="The answer, or a list of them.",
        summary=f"Answer for {run.asks_for}.",
        description=_HOW[run.asks_for],
        openapi_extra={"requestBody": _BODY[run.asks_for]},
    )
    async def predict(request: Request) -> JSONResponse:
        async with bodies.body(request) as content:
            try:
                answers = await batcher.ask(await run.questions_in(request, content))
            except asyncio.CancelledError:  # the server was told to end, and has waited as long as it does
                raise ending() from None
        if all("error" in each for each in answers):
            return none_answered(answers, is_one=run.is_one(request), asks_for=run.asks_for)
        return JSONResponse(answers[0] if run.is_one(request) else answers)


def _add_health(app: FastAPI, run: ServedRun, name: str, batcher: Batcher[Any, Answer]) -> None:
    began = time.monotonic()

    @app.head("/health", include_in_schema=False)
    @app.get("/health", summary="Say how the server is.", response_description="How it is.")
    async def health() -> Health:
        return Health(
            run=run.model.key,
            name=name,
            classes=run.classes,
            asks_for=run.asks_for,
            uptime_seconds=round(time.monotonic() - began, 3),
            answered=batcher.answered,
            batches=batcher.batches,
            waiting=batcher.waiting,
            notes=run.notes,
        )


def _add_pages(app: FastAPI, run: ServedRun, name: str) -> None:
    @app.get("/", include_in_schema=False)
    async def start(request: Request) -> HTMLResponse:
        return start_page(run, name, str(request.base_url))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return docs_page(app.openapi())


_HOW = {
    "pictures": "A picture as the body gives one object, as `predict --json` prints it; the files of a form give a "
    "list of them, in their order. A file of a form that cannot be read has an `error` in its place.",
    "rows": 'JSON `{"rows": [[0.5, -1.2], ...]}`, or an object by column in place of each row; or a table as CSV. It '
    "gives a list of objects as `predict --json` prints them. A row without all its numbers has an `error` in its "
    "place. Columns with names are found by them, in any order; those without are taken in order.",
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILES = {"type": "array", "items": {"type": "string", "format": "binary"}}
_BODY: dict[str, dict[str, Any]] = {
    "pictures": {
        "required": True,
        "content": {
            "image/*": _BINARY,
            "application/octet-stream": _BINARY,
            MULTIPART: {"schema": {"type": "object", "properties": {"picture": _FILES}}},
        },
    },
    "rows": {
        "required": True,
        "content": {
            JSON: {"schema": {"type": "object", "properties": {"rows": {"type": "array", "items": {}}}}},
            CSV: {"schema": {"type": "string"}},
        },
    },
}
