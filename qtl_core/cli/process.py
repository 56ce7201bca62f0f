"""A command line as a whole process: its streams, Ctrl-C and SIGTERM at any moment, and how it ends; quick to import.

An exception raised by a signal comes out wherever the interpreter happens to be, within an import of torch or a
destructor, where libraries turn it into another error or swallow it. So the handler ends the process itself: the store
is written so that this can happen at any time. A run that is trained says how it stops (`asked_to_stop`), and a file
that is half written is finished first (`unharmed`), a folder taken away (`half_made`).
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from qtl_core.cli import output
from qtl_core.common.quiet import only_our_words

SIGNALS = (signal.SIGINT, signal.SIGTERM)

_unharmed = False  # whether an end has to wait
_waiting: list[int] = []  # the signals that wait
_half_made: list[Path] = []  # folders that are on their way, outer ones first


class StopAsked:
    """The signal that asked a run to stop; 0 as long as none did."""

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
    """Delays signals: a moment's work within, such as putting a file in place, is done before one ends the process."""
    global _unharmed
    _unharmed = True
    try:
        yield
    finally:
        _unharmed = False
        if _waiting:
            _end(_waiting.pop(), None)


@contextmanager
def half_made(*folders: Path) -> Iterator[None]:
    """Names folders that are being made within: an error or a signal takes them away again.

    Args:
        folders: Outer ones first. Those named `.part` go with all that is in them, others only where nothing is left.
    """
    _half_made.extend(folders)
    try:
        yield
    except BaseException:
        _take_away()
        raise
    finally:
        del _half_made[len(_half_made) - len(folders) :]


def _take_away() -> None:
    for folder in reversed(_half_made):
        with suppress(OSError):
            shutil.rmtree(folder) if folder.suffix == ".part" else folder.rmdir()


def _end(number: int, _frame: FrameType | None) -> None:
    if _unharmed:
        _waiting.append(number)
        return
    _tell("Stopped.")
    _leave(number)


def _leave(number: int) -> NoReturn:
    _take_away()
    os._exit(128 + number)  # no destructor, no thread and no library gets a say any more


def _tell(line: str) -> None:
    """Writes past Python's buffers, in the middle of whose work a handler may have been called."""
    with suppress(OSError, ValueError, AttributeError):
        new_line = "\n" if sys.stderr.isatty() else ""  # a terminal has just shown ^C, perhaps behind a progress line
        os.write(sys.stderr.fileno(), f"{new_line}{line}\n".encode())


READER_GONE = 128 + 13  # what a shell makes of SIGPIPE, with which programs end whose reader has gone
OUR_FAULT = 70  # as sysexits.h has it


def run_as_process(main: Callable[[], int], *, quiet: bool = True) -> NoReturn:
    """Runs `main` and ends the process with the exit code that it returns.

    Args:
        main: The command line.
        quiet: Whether libraries are kept from standard error; not in a server, whose workers write their log there.
    """
    end_at_signals()
    output.open_missing()
    if quiet:
        only_our_words()
    code = _code_of(main)
    if code > 128:  # stopped halfway: threads and destructors of libraries have nothing left to do
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _code_of(main: Callable[[], int]) -> int:
    """Returns the exit code of `main`; what nobody foresaw is a line, and for developers a traceback."""
    try:
        return main()
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        from qtl_core.jobs.messages import error_message

        what, why, do = error_message(error)
        if "The log has the details." in do:  # a shell is its user's own: the name and words of the error help there
            why = f"{why} {type(error).__name__}: {error}"
            do = "`python -X dev -m qtl_core ...` shows the details."
        output.note(" ".join(f"{what} {why} {do}".split()))
        return OUR_FAULT
