"""Progress on standard error: one line that moves in a terminal; elsewhere finished stages, and what is waited for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from qtl_core.cli.output import note_raw
from qtl_core.common.progress import Progress
from qtl_core.runs.events import BatchDone

PATIENCE, AGAIN = 10.0, 60.0  # seconds after which a stage is said that no terminal shows, and said again


class ProgressLine:
    """Shows reports of progress as they come; each stage's end once.

    Args:
        clock: Gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.finished: set[str] = set()
        self.say_at: dict[str, float] = {}  # by stage, where no terminal shows it

    def __call__(self, progress: Progress) -> None:
        complete = progress.done == progress.total
        if progress.stage in self.finished or not (complete or _is_terminal() or self._is_waited_for(progress.stage)):
            return
        if complete:
            self.finished.add(progress.stage)
        left = "" if complete or progress.seconds_left is None else f", some {progress.seconds_left:.0f} s left "
        end = "\n" if complete or not _is_terminal() else "\r"
        how_far = f": {progress.done:,} of {progress.total:,}" if progress.total else " …"
        note_raw(f"{progress.stage}{how_far}{left}{end}")

    def _is_waited_for(self, stage: str) -> bool:
        """Returns whether a stage takes so long that it is said, or said again."""
        now = self.clock()
        if now < self.say_at.setdefault(stage, now + PATIENCE):
            return False
        self.say_at[stage] = now + AGAIN
        return True


def show_batches(batch: BatchDone, epochs: int) -> None:
    """Shows in a terminal how far an epoch is, until the line with its figures takes the place."""
    if _is_terminal():
        note_raw(f"Epoch {batch.epoch:,} of {epochs:,}: batch {batch.batch:,} of {batch.batches:,}\r")


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
