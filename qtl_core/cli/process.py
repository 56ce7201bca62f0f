"""A command line as a whole process: its streams, its signals and how it ends. Imports nothing that takes time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from qtl_core.cli import output, signals
from qtl_core.quiet import only_our_words

READER_GONE = 128 + 13  # what a shell makes of SIGPIPE, with which programs end whose reader has gone


def run_as_process(main: Callable[[], int]) -> NoReturn:
    """Runs `main` and ends the process with the exit code that it returns."""
    signals.end_at_signals()
    output.open_missing()
    only_our_words()
    code = main()
    if code > 128:  # stopped halfway: threads and destructors of libraries have nothing left to do
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
