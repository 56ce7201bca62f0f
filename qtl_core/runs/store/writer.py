"""Writes a run into the store as it happens, in a thread beside the training.

At most one write is under way; a run quicker than that has its epochs written together. Training never waits for a
disk before its end.
"""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, suppress

from qtl_core.common.errors import UserError
from qtl_core.runs.provenance import Provenance
from qtl_core.runs.store.editing import purge_in_passing
from qtl_core.runs.store.opening import open_connection
from qtl_core.runs.store.records import RunState
from qtl_core.runs.store.writing import KeptRun, keeping, state_of
from qtl_core.runs.view import RunView

FIRST_SECONDS = 0.05  # before the first write: a run that is over by then is written once
PAUSE_SECONDS = 0.2  # between two writes: what a killed process can lose of a run's epochs
WRITE_SHARE = 0.1  # of the time that may be spent writing, where a disk is slow or a run large


def start_run(run_id: str, view: RunView, provenance: Provenance | None = None) -> RunWriter:
    """Begins to keep a run as it happens, and holds it until the writer is closed.

    Args:
        run_id: Its identifier; a run of it that is there is gone on with.
        view: What is known of it now: what it trains, and the epochs it goes on from.
        provenance: What it is made with.

    Raises:
        UserError: It cannot be written, or another process trains it at this moment (`RunLocked`).
    """
    with ExitStack() as stack:
        stack.enter_context(open_connection())
        kept = stack.enter_context(keeping(run_id))
        kept.resume(view)
        return RunWriter(kept, view, provenance, stack.pop_all())


class RunWriter:
    """Writes one run; made by `start_run`. Its methods are called by one thread, that of the training."""

    def __init__(self, kept: KeptRun, view: RunView, provenance: Provenance | None, held: ExitStack) -> None:
        self._kept, self._provenance, self._held = kept, provenance, held
        self._news = threading.Condition()
        self._view: RunView | None = view  # what is still to be written
        self._closing = False
        self._thread = threading.Thread(target=self._write_along, name="run-writer", daemon=True)
        self._thread.start()

    def follow(self, view: RunView) -> None:
        """Takes note of how far the run has come; it is written soon."""
        with self._news:
            self._view = view
            self._news.notify()

    def end(self, view: RunView) -> None:
        """Writes the run as it ended; a run without epochs leaves nothing.

        Raises:
            UserError: It cannot be written; what was before of it is still there.
        """
        self._stop(forget=True)
        if view.epochs:
            self._write(view, state_of(view))
            purge_in_passing()
        else:
            self._kept.discard()

    def close(self) -> None:
        """Lets go of the run; one that was not ended counts as interrupted from now on."""
        self._stop()
        self._held.close()

    def _stop(self, *, forget: bool = False) -> None:
        with self._news:
            self._closing = True
            if forget:
                self._view = None
            self._news.notify()
        self._thread.join()

    def _write(self, view: RunView, state: RunState) -> None:
        self._kept.write(view, state, {}, self._provenance)
        self._provenance = None  # it is known from now on

    def _write_along(self) -> None:
        pause = FIRST_SECONDS
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closing, pause)
            with self._news:
                self._news.wait_for(lambda: self._view or self._closing)
                view, self._view = self._view, None
            if view is None:
                return
            began = time.perf_counter()
            self._try(view)
            pause = max(PAUSE_SECONDS, (time.perf_counter() - began) / WRITE_SHARE)

    def _try(self, view: RunView) -> None:
        """A failure here is not the last word: the next write, or that of the end, has all of the run again."""
        with suppress(UserError, OSError):
            self._write(view, "running")
