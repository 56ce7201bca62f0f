"""Progress on standard error: one line that moves in a terminal, only finished stages elsewhere."""

from __future__ import annotations

import sys

from qtl_core.cli.output import note_raw
from qtl_core.common.progress import Progress
from qtl_core.runs.events import BatchDone


class ProgressLine:
    """Shows reports of progress as they come; each stage's end once."""

    def __init__(self) -> None:
        self.finished: set[str] = set()

    def __call__(self, progress: Progress) -> None:
        complete = progress.done == progress.total
        if progress.stage in self.finished or not (complete or _is_terminal()):
            return
        if complete:
            self.finished.add(progress.stage)
        left = "" if complete or progress.seconds_left is None else f", some {progress.seconds_left:.0f} s left "
        end = "\n" if complete else "\r"
        how_far = f": {progress.done:,} of {progress.total:,}" if progress.total else " …"
        note_raw(f"{progress.stage}{how_far}{left}{end}")


def show_batches(batch: BatchDone, epochs: int) -> None:
    """Shows in a terminal how far an epoch is, until the line with its figures takes the place."""
    if _is_terminal():
        note_raw(f"Epoch {batch.epoch:,} of {epochs:,}: batch {batch.batch:,} of {batch.batches:,}\r")


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
