"""The app's own part of the web server, beside Streamlit's: routes below `/own/`, and what it does at start and end.

`app.py` hands all of it to Streamlit's server. It is imported before the first page can be seen, so what a request
needs is imported when one comes.

To add a route: a module beside this one with `ROUTES`, and a line in `own_routes`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from ui.base.base_path import address_below
from ui.base.streamlit_internals import end_as_asked, open_browser
from ui.base.trust import may_be_framed, note_who_can_reach_us
from ui.shell.routes import archives, data_files, folders, live_answers, phone, pictures, thumbnails
from ui.shell.routes.answers import Refused, in_words
from ui.shell.routes.cookie_middleware import VisitorCookie
from ui.shell.routes.framed_cookies import FramedCookies

PREFIX = "own"
ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def own_routes() -> list[BaseRoute]:
    """Returns the routes, below the path at which the app is served."""
    note_who_can_reach_us()  # a request may come before the first page
    nothing = Route("/{rest:path}", _nothing, methods=ALL_METHODS)
    own = [
        *archives.ROUTES,
        *data_files.ROUTES,
        *folders.ROUTES,
        *live_answers.ROUTES,
        *phone.ROUTES,
        *pictures.ROUTES,
        *thumbnails.ROUTES,
        nothing,
    ]
    phones = Route(address_below("phone"), phone.phone_page, methods=["GET"])
    return [Mount(address_below(PREFIX), routes=own), phones]


@in_words
async def _nothing(_request: Request) -> Response:
    raise Refused(404, "There is nothing at this address.")


def own_middleware() -> list[Middleware]:
    """Returns what every request passes through."""
    framed = [Middleware(FramedCookies)] if may_be_framed() else []
    return [Middleware(VisitorCookie), *framed]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Opens the browser at the start, and ends the workers at the end."""
    if not st.get_option("server.headless"):
        open_browser()
    beginning = asyncio.create_task(asyncio.to_thread(_begin))
    yield
    await beginning
    from ui.base import job_managers  # imported here: a server starts half a second sooner without

    await asyncio.to_thread(job_managers.close_all)
    end_as_asked()


def _begin() -> None:
    """Gets the first worker ready, and removes what a server that was killed left of pictures on their way."""
    from qtl_core.pictures.datasets.incoming import sweep
    from ui.shell.warming import warm

    warm()
    with contextlib.suppress(OSError):  # trouble with the rest of others troubles nobody
        sweep()
