"""Asks an ASGI app as its server would, without one: a body piece by piece, cut off where a test wants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

ASGIApp = Callable[..., Awaitable[None]]


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def scope_of(method: str, address: str, headers: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(address)
    named = {"host": "127.0.0.1:8501"} | {name.lower(): value for name, value in headers.items()}
    return {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8501),
        "http_version": "1.1",
    }


async def asked(
    app: ASGIApp,
    method: str,
    address: str,
    body: Iterable[bytes] = (),
    headers: Mapping[str, str] | None = None,
    *,
    cut_off: bool = False,
) -> Answer:
    """Asks it.

    Args:
        app: What answers.
        method: Such as "PUT".
        address: Path and query.
        body: The body in pieces.
        headers: Their names in any case.
        cut_off: Whether the connection is lost after the last piece.
    """
    pieces, answer = iter(body), Answer()

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        piece = next(pieces, None)
        if piece is not None:
            return {"type": "http.request", "body": piece, "more_body": True}
        return {"type": "http.disconnect"} if cut_off else {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await app(scope_of(method, address, headers or {}), receive, send)
    return answer


def ask(*args: Any, **options: Any) -> Answer:
    """The same for a test that is no coroutine."""
    return asyncio.run(asked(*args, **options))
