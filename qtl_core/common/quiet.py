"""Keeps from people what libraries say on standard error: it is written for programmers, and shows lines of source.

Whatever a person has to know of their files or settings is said by this project itself, as a sentence. Everything else
is dropped here, in one place, for the processes that are ours alone: the command line, the workers and the compiler.

- Warnings of Python packages (Pillow on odd pictures, torch on old files, numba, PennyLane): never shown and never
  raised, also where `PYTHONWARNINGS` or a package's own filters ask for them.
- Log records of packages (`PIL.TiffImagePlugin`): they have no handler.
- What machine code writes to descriptor 2 by itself (libtiff, OpenMP, torch's C++): `sys.stderr` becomes a copy of it,
  and the descriptor leads nowhere.

Developers see all of it: tests call functions, not processes, and `python -X dev` turns this off.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from contextlib import suppress


def only_our_words(*, tracebacks: bool = False) -> None:
    """Keeps this process's libraries from standard error; does nothing under `python -X dev`.

    Args:
        tracebacks: Whether our own log records come with their tracebacks: in a server's log, not in a shell.
    """
    if sys.flags.dev_mode:
        return
    warnings.simplefilter("ignore")  # first, so that none is raised where `-W error` asks for that
    warnings.showwarning = lambda *_, **__: None  # then, because packages put filters of their own before ours
    _take_standard_error()
    _keep_our_log(tracebacks)


def _take_standard_error() -> None:
    """Makes `sys.stderr` a copy of descriptor 2, and leads that one nowhere, also for child processes."""
    with suppress(OSError, ValueError, AttributeError):  # a closed one, or one that is no file
        if sys.stderr.fileno() != 2:
            return
        sys.stderr.flush()
        encoding, ours = sys.stderr.encoding, os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        sys.stderr = os.fdopen(ours, "w", buffering=1, encoding=encoding, errors="backslashreplace")


def _keep_our_log(tracebacks: bool) -> None:
    logging.getLogger().addHandler(logging.NullHandler())  # else Python prints what no handler takes
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    if not tracebacks:
        handler.setFormatter(_Sentence())
    logging.getLogger("qtl_core").addHandler(handler)


class _Sentence(logging.Formatter):
    """Writes a record's message alone."""

    def format(self, record: logging.LogRecord) -> str:
        return " ".join(record.getMessage().split())
