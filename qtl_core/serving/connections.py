"""Connections that do not ask anything are closed, or a few of them would keep everybody else out."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

IDLE_SECONDS = 10.0  # from one look to the next: who has not asked by the second one is not waited for


class TimedProtocol(H11Protocol):
    """uvicorn's protocol, with an end to waiting for a request's first line and headers.

    uvicorn counts the seconds after an answer alone; a body that comes slowly is `bodies`' affair.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._was_idle = False
        self._look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begins to look at the connection from time to time."""
        super().connection_made(transport)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Looks no more."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def _look_later(self) -> None:
        self._look = self.loop.call_later(IDLE_SECONDS, self._close_if_idle)

    def _close_if_idle(self) -> None:
        idle = self.conn.their_state is h11.IDLE
        if idle and self._was_idle:
            self.transport.close()
            return
        self._was_idle = idle
        self._look_later()
