"""Gives a browser its cookie along with the first page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ui.base.trust import may_be_framed
from ui.base.visitor_cookie import new_secret, secret_in, set_cookie

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class VisitorCookie:
    """Adds the cookie to the answer to a browser that asks for a page and has none.

    Args:
        app: What answers.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Is called by the server for every connection."""
        if scope["type"] != "http" or scope["method"] != "GET" or _has_one(scope):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                cookie = set_cookie(new_secret(), secure=scope.get("scheme") == "https", framed=may_be_framed())
                message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def secret_of(scope: Scope) -> str:
    """Returns the secret that a request brings, or ""."""
    return secret_in(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")


def _has_one(scope: Scope) -> bool:
    return bool(secret_of(scope))


def _is_page(message: Message) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])
