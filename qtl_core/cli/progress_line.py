"""Progress on standard error: one line that moves in a terminal, only finished stages elsewhere."""

from __future__ import annotations

import sys

from qtl_core.cli.output import note_raw
from qtl_core.common.progress import Progress


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
        line, end = f"{progress.stage}: {progress.done:,} of {progress.total:,}{left}", "\n" if complete else "\r"
        note_raw(line + end)


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
