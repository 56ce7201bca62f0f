"""Looks for what nobody needs any more every few seconds, where Streamlit would after every run of a page.

Python frees what nobody holds at once, but things that hold one another only where it searches for them. Streamlit
lets it search all that the server has after each run (`runner.postScriptGC`, off in .streamlit/config.toml). With
torch and plotly loaded, that took four times as long as a page, and pages of thirty people 86% of the server's time.
What modules hold is there for ever, so it is set aside and not searched again.

Once an hour own data sets that are over go as well (`datasets.retention`).

The session of a page that was closed, with the pictures in it, is one of those things.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import threading
import time
from collections.abc import Callable

from qtl_core.pictures.datasets.retention import tidy_in_passing
from ui.base.streamlit_internals import forget_closed_sessions

EVERY_SECONDS = 10.0
WORTH_SECONDS = 0.3  # of processor time since the last search: little garbage comes of less
QUIET_SECONDS = 60.0  # between two searches where nobody is at the app: what the last visitor left goes, too
ANEW_SECONDS = 600.0  # what was set aside with the modules, and has been let go of since, is searched so often


class Tidier:
    """Decides when to search, and what to set aside.

    Args:
        clock: Seconds that only go forward.
        worked: Processor seconds of this process so far.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, worked: Callable[[], float] = time.process_time
    ) -> None:
        self.clock, self.worked = clock, worked
        self.modules, self.set_aside = 0, clock()
        self.searched, self.effort = clock(), 0.0

    def tidy(self) -> bool:
        """Searches if it is worth it; returns whether it did."""
        if self.worked() - self.effort < WORTH_SECONDS and self.clock() - self.searched < QUIET_SECONDS:
            return False
        modules = len(sys.modules)
        if modules == self.modules and self.clock() - self.set_aside < ANEW_SECONDS:
            gc.collect()
        else:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self.modules, self.set_aside = modules, self.clock()
        self.searched, self.effort = self.clock(), self.worked()
        return True


_begun = threading.Lock()


def keep_tidy() -> None:
    """Begins it, once for the server; every page calls this."""
    if _begun.acquire(blocking=False):
        threading.Thread(target=_tidy_for_ever, name="tidying", daemon=True).start()


def _tidy_for_ever() -> None:
    tidier = Tidier()
    while True:
        time.sleep(EVERY_SECONDS)
        forget_closed_sessions()
        tidy_in_passing()
        if tidier.tidy():
            _give_memory_back()


def _give_memory_back() -> None:
    """Gives free memory back to the system, which C libraries other than glibc do by themselves or not at all."""
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).malloc_trim(0)
