"""Lets Streamlit's own cookie through within a page of another site, as the visitor's (`ui/base/visitor_cookie.py`).

Streamlit checks uploads by it. Told that pages of other sites show the app, it sets one
that browsers drop which keep no cookies of sites within others. Partitioned, it is kept for that one site.
"""

from __future__ import annotations

from ui.shell.routes.cookie_middleware import App, Message, Receive, Scope, Send

_FRAMED, _PARTITIONED = b"samesite=none", b"partitioned"


class FramedCookies:
    """Marks every cookie that is meant for such a page, whoever sets it.

    Args:
        app: What answers.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Is called by the server for every connection."""

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(name, _marked(name, value)) for name, value in message["headers"]]
            await send(message)

        await self.app(scope, receive, send_marked)


def _marked(name: bytes, value: bytes) -> bytes:
    said = value.lower()
    is_lacking = name.lower() == b"set-cookie" and _FRAMED in said and _PARTITIONED not in said
    return value + b"; Partitioned" if is_lacking else value
