"""Ctrl-C and SIGTERM: one line and one exit code at any moment, whatever is imported, compiled or computed just then.

An exception raised by a signal comes out wherever the interpreter happens to be, within an import of torch or a
destructor, where libraries turn it into another error or swallow it. So the handler ends the process itself: the store
is written so that this can happen at any time. A run that is trained says how it stops (`asked_to_stop`), and a file
that is half written is finished first (`unharmed`).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)

_unharmed = False  # whether an end has to wait
_waiting: list[int] = []  # the signals that wait


class StopAsked:
    """Which signal asked a run to stop; 0 as long as none did."""

    by: int = 0

    @property
    def code(self) -> int:
        """The exit code that says so: 128 and the signal's number, as shells have it."""
        return 128 + self.by if self.by else 0


def end_at_signals() -> None:
    """From now on a signal ends this process with one line; to be called first thing, by the main thread."""
    for number in SIGNALS:
        signal.signal(number, _end)


@contextmanager
def asked_to_stop() -> Iterator[StopAsked]:
    """The first signal within is noted, with a line, for the run to stop; the second ends the process at once."""
    asked = StopAsked()

    def note(number: int, _frame: FrameType | None) -> None:
        if asked.by:
            _leave(number)
        asked.by = number
        again = "; press Ctrl-C again to end at once" if number == signal.SIGINT else ""
        _tell(f"Stopping after this batch{again}.")

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def unharmed() -> Iterator[None]:
    """What is within, a moment's work such as putting a file in place, is done before a signal ends the process."""
    global _unharmed
    _unharmed = True
    try:
        yield
    finally:
        _unharmed = False
        if _waiting:
            _end(_waiting.pop(), None)


def _end(number: int, _frame: FrameType | None) -> None:
    if _unharmed:
        _waiting.append(number)
        return
    _tell("Stopped.")
    _leave(number)


def _leave(number: int) -> NoReturn:
    os._exit(128 + number)  # no destructor, no thread and no library gets a say any more


def _tell(line: str) -> None:
    """Writes past Python's buffers, in the middle of whose work a handler may have been called."""
    with suppress(OSError, ValueError, AttributeError):
        new_line = "\n" if sys.stderr.isatty() else ""  # a terminal has just shown ^C, perhaps behind a progress line
        os.write(sys.stderr.fileno(), f"{new_line}{line}\n".encode())
