"""A command line as a whole process: its streams, its signals and how it ends. Imports nothing that takes time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from qtl_core.cli import output, signals
from qtl_core.quiet import only_our_words

READER_GONE = 128 + 13  # what a shell makes of SIGPIPE, with which programs end whose reader has gone
OUR_FAULT = 70  # as sysexits.h has it


def run_as_process(main: Callable[[], int], *, quiet: bool = True) -> NoReturn:
    """Runs `main` and ends the process with the exit code that it returns.

    Args:
        main: The command line.
        quiet: Whether libraries are kept from standard error; not in a server, whose workers write their log there.
    """
    signals.end_at_signals()
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
        do = do.replace("The log has the details.", "`python -X dev -m qtl_core ...` shows the details.")
        output.note(" ".join(f"{what} {why} {do}".split()))
        return OUR_FAULT
