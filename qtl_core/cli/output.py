"""Output of commands: results on standard output as they come, words about them on standard error.

Nothing else here writes to either. A reader who closes standard output ends a command quietly (`ReaderGone`), and a
full disk behind it is said (`NotWritten`); in neither case does it end a run (`GoingOn`). Standard error may break at
any time.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO

from qtl_core.common.errors import UserError

# But for tab and the ends of lines; with the marks that turn the direction of reading.
_RULES_TERMINALS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
STANDARD = "-"  # in place of a file's name: standard input or output
STDIN = "standard input"  # what a file is called that has no name


class ReaderGone(Exception):
    """Nobody reads standard output any more."""


class NotWritten(UserError):
    """Standard output cannot be written; what was done is done."""


def say(text: str) -> None:
    """Prints a result, ended by a newline, at once.

    Raises:
        ReaderGone: Nobody reads it.
        NotWritten: The disk behind it is full, or the like.
    """
    _put(lambda: sys.stdout.write(_for_terminals(text if text.endswith("\n") else text + "\n")))


def say_bytes(content: bytes) -> None:
    """Prints a file's contents as they are. Raises as `say`."""
    stream: Any = getattr(sys.stdout, "buffer", sys.stdout)
    _put(lambda: stream.write(content))


def note(text: str) -> None:
    """Prints words about the work, ended by a newline, on standard error; if nobody reads them, they are dropped."""
    note_raw(text if text.endswith("\n") else text + "\n")


def note_raw(text: str) -> None:
    """The same for a line that is not over yet."""
    stream = sys.stderr
    try:
        if stream is not None:
            stream.write(_harmless(text))
            stream.flush()
    except (OSError, ValueError):
        _lead_nowhere(stream)


def json_of(value: Any) -> str:
    """Returns a value as strict JSON on one line: plain JSON has no word for NaN and infinity, so they become null."""
    return json.dumps(_plain(value), allow_nan=False)


class GoingOn:
    """A context in which nothing that happens to standard output is an end: `with going_on: say(...)`.

    Attributes:
        lost: Whether something could not be written, though somebody wants it; this was said, once.
    """

    lost = False

    def __enter__(self) -> None:
        """Begins one piece of printing."""

    def __exit__(self, _kind: type | None, error: BaseException | None, _where: TracebackType | None) -> bool:
        """Takes note of what became of it."""
        if isinstance(error, NotWritten):
            if not self.lost:
                note(str(error))
            self.lost = True
        return isinstance(error, ReaderGone | NotWritten)


def any_text(*streams: TextIO | None) -> None:
    """Lets streams take every text: the name of a file may be more than a terminal or a locale can show."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):  # else a test or a caller reads along
            stream.reconfigure(errors="backslashreplace")


def open_missing() -> None:
    """Opens what was closed when the process began (`>&-`): else the next file opened becomes standard output."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
        if getattr(sys, name) is None:
            stream = io.FileIO(number, mode, closefd=False)
            buffered = io.BufferedReader(stream) if mode == "r" else io.BufferedWriter(stream)
            setattr(sys, name, io.TextIOWrapper(buffered, encoding="utf-8", errors="backslashreplace"))


def _for_terminals(text: str) -> str:
    """Returns a result as it is where a program reads it, as `ls` does with names."""
    return _harmless(text) if sys.stdout is not None and sys.stdout.isatty() else text


def _harmless(text: str) -> str:
    """Returns a text with escapes in place of what would rule a terminal: the name of a file may hold anything."""
    return _RULES_TERMINALS.sub(lambda found: ascii(found[0])[1:-1], text)


def _put(write: Callable[[], object]) -> None:
    if sys.stdout is None:
        return
    try:
        write()
        sys.stdout.flush()
    except BrokenPipeError as error:
        _lead_nowhere(sys.stdout)
        raise ReaderGone from error
    except OSError as error:
        _lead_nowhere(sys.stdout)
        words = f"The system says: {error.strerror or error}."
        raise NotWritten("Standard output cannot be written.", words) from error


def _lead_nowhere(stream: TextIO) -> None:
    """Leads a broken stream to where everything can be written, with what is still in its buffer."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
