"""Refusals: every answer that is none, as one JSON object of what happened, why, and what to do."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from qtl_core.common.errors import UserError
from qtl_core.jobs.messages import error_message

RETRY_SECONDS = 1

_log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that gets no answer.

    Args:
        status: HTTP's number for it.
        error: What happened, why, and what to do.
    """

    def __init__(self, status: int, error: UserError) -> None:
        super().__init__(status, error)
        self.status, self.error = status, error


def too_large(what: str, most: str) -> Refused:
    """Returns the refusal of a request that brings too much."""
    return Refused(413, UserError(what, f"This server takes {most} at a time.", "Send less of it at once."))


def busy() -> Refused:
    """Returns the refusal of what the server has no room for now; it says when to ask again."""
    return Refused(503, UserError("The server is busy.", "Too much waits for an answer already.", "Ask again soon."))


def ending() -> Refused:
    """Returns the refusal of what was not answered before the server ended."""
    return Refused(503, UserError("The server was told to end.", "It did not come to this in time.", "Ask again."))


def none_answered(answers: Sequence[Mapping[str, Any]], *, is_one: bool, asks_for: str) -> JSONResponse:
    """Returns the reply to a request in which nothing could be answered, with what there is to say of each thing.

    Args:
        answers: An object for each thing that was asked, with its `error`.
        is_one: Whether the request asks one thing.
        asks_for: What the run answers for.
    """
    if is_one:
        return JSONResponse({"why": "", "do": "Send another file."} | dict(answers[0]), 422)
    what = f"None of the {len(answers):,} {asks_for} of this request can be answered."
    error = UserError(what, f"The first: {answers[0]['error']}", "See what is said of each.")
    return JSONResponse(words_of(error) | {"answers": answers}, 422)


def add_refusals(app: FastAPI) -> None:
    """Has every error of an app leave as JSON, and none with more than is meant for people."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(UserError, _not_answered)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _no_such_thing)
    app.add_exception_handler(Exception, _our_fault)


def words_of(error: UserError) -> dict[str, str]:
    """Returns an error as a JSON object."""
    return {"error": error.what, "why": error.why, "do": error.do}


def _as_json(status: int, error: UserError, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(words_of(error), status, headers)


def _refused(_: Request, refused: Any) -> JSONResponse:
    headers = {"Retry-After": str(RETRY_SECONDS)} if refused.status == 503 else None
    return _as_json(refused.status, refused.error, headers)


def _not_answered(_: Request, error: Any) -> JSONResponse:
    return _as_json(422, error)


def _not_valid(_: Request, error: Any) -> JSONResponse:
    named = ", ".join(str(each["loc"][-1]) for each in error.errors())
    return _as_json(422, UserError("This request cannot be read.", f"Its {named} is not valid.", "See docs."))


def _no_such_thing(request: Request, error: Any) -> JSONResponse:
    what = {404: "There is nothing at this address.", 405: f"This address takes no {request.method[:16]}."}
    do = "Send pictures or rows with POST to predict; docs says how."
    return _as_json(error.status_code, UserError(what.get(error.status_code, "This request was refused."), "", do))


def _our_fault(_: Request, error: Exception) -> JSONResponse:
    _log.error("A request failed", exc_info=error)
    return _as_json(500, UserError(*error_message(error)))
