"""The server's two pages, without anything from elsewhere: one to try it, one that shows what OpenAPI says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from itertools import chain
from pathlib import Path
from string import Template
from typing import Any

from fastapi.responses import HTMLResponse

from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.doubts import doubts
from qtl_core.inference.model_card import limits_in_words, model_card
from qtl_core.inference.number_answers import column_names
from qtl_core.serving.limits import MEGABYTE
from qtl_core.serving.served_run import ServedRun

ASSETS = Path(__file__).parent / "assets"
# Nothing is loaded from anywhere, and no other site may frame the page.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def start_page(run: ServedRun, name: str, address: str) -> HTMLResponse:
    """Returns the page that says what this server is, and lets people try it.

    Args:
        run: The run that answers.
        name: What it is called.
        address: Where the server is asked, with a slash at its end.
    """
    trained = run.model.run
    is_bundled = run.model.key == RUN_ID
    about = model_card(trained, is_bundled=is_bundled), doubts(trained)
    card = (*chain(*about), limits_in_words(trained, is_bundled=is_bundled), *run.notes)
    return _page(
        "start",
        name=escape(name),
        classes=escape(", ".join(run.classes)),
        card="".join(f"<p>{escape(sentence)}</p>" for sentence in card if sentence),
        form=_filled(f"{run.asks_for}.html", columns=_columns(run)),
        script=_text("ask.js"),
        example=escape(_example(run, address)),
        limit=str(run.limits.request_bytes // MEGABYTE),
    )


def _columns(run: ServedRun) -> str:
    return escape(", ".join(column_names(run.model.run))) if run.asks_for == "rows" else ""


def _example(run: ServedRun, address: str) -> str:
    if run.asks_for == "pictures":
        return f"curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' {address}predict"
    rows = json.dumps({"rows": [[0.5] * len(column_names(run.model.run))]})
    return f"curl --json '{rows}' {address}predict"


def docs_page(openapi: Mapping[str, Any]) -> HTMLResponse:
    """Returns the page that shows what OpenAPI says: every address, what it takes, and what it gives."""
    operations = (
        (method.upper(), path, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    )
    shown = "".join(_operation(*each) for each in operations)
    schemas = "".join(_schema(name, each) for name, each in _own(openapi["components"]["schemas"]))
    return _page("docs", title=escape(openapi["info"]["title"]), operations=shown, schemas=schemas)


def _own(schemas: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yields what this server gives; FastAPI's own errors never leave it."""
    return ((name, each) for name, each in schemas.items() if not name.endswith("ValidationError"))


def _operation(method: str, path: str, said: Mapping[str, Any]) -> str:
    takes = ", ".join(said.get("requestBody", {}).get("content", {}))
    gives = "".join(
        f"<tr><td>{escape(status)}</td><td>{escape(each['description'])}</td></tr>"
        for status, each in said["responses"].items()
    )
    return (
        f"<section><h2><code>{method} {escape(path)}</code></h2><p>{escape(said['summary'])} "
        f"{_code_in(said.get('description', ''))}</p>"
        f"{f'<p>Takes {_code_in(takes)}.</p>' if takes else ''}<table><tbody>{gives}</tbody></table></section>"
    )


def _schema(name: str, said: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code></td><td>{escape(each.get('description', ''))}</td></tr>"
        for field, each in said.get("properties", {}).items()
    )
    return (
        f"<section><h3>{escape(name)}</h3><p>{escape(said.get('description', ''))}</p><table>{rows}</table></section>"
    )


def _code_in(text: str) -> str:
    """Returns a text as HTML, with what stands between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))


def _page(page: str, **values: str) -> HTMLResponse:
    content = _filled(f"{page}.html", style=_text("page.css"), **values)
    return HTMLResponse(content, headers={"Content-Security-Policy": POLICY})


def _filled(template: str, **values: str) -> str:
    return Template(_text(template)).substitute(**values)


def _text(asset: str) -> str:
    return (ASSETS / asset).read_text(encoding="utf-8")
