"""Progress and stop: what long work reports, and how it is asked to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

ProgressCallback = Callable[[int, int], None]  # (done, total), in the unit the work names; total 0 while it is unknown
ShouldStop = Callable[[], bool]

LOOK_EVERY = 0.1  # seconds between two looks at should_stop where work has to wait: a stop is felt at once


def no_progress(done: int, total: int) -> None:
    """Reports to nobody."""


def never_stop() -> bool:
    """Lets the work run to its end."""
    return False


Item = TypeVar("Item")


@dataclass(frozen=True)
class Progress:
    """The progress of the preparation.

    Attributes:
        stage: What is being done, in words ("Reading the pictures", ...).
        done, total: Steps done and in all; total 0 where it is not known.
        seconds_left: How long the stage will still take, judged by its speed so far; None where nobody has judged.
    """

    transient: ClassVar[bool] = True  # only the latest one matters, so readers may be spared some

    stage: str
    done: int
    total: int
    seconds_left: float | None = None


ReportProgress = Callable[[Progress], None]


class TimeLeft:
    """Passes reports on with the time that their stage will still take, judged by its speed so far.

    Args:
        report: Who is told.
        clock: Seconds that only go forward.
    """

    def __init__(self, report: ReportProgress, clock: Callable[[], float] = time.monotonic) -> None:
        self.report, self.clock = report, clock
        self.stage, self.began, self.first = "", 0.0, 0

    def __call__(self, progress: Progress) -> None:
        """Takes a report; a stage's first one is what the next are measured from."""
        if progress.stage != self.stage:
            self.stage, self.began, self.first = progress.stage, self.clock(), progress.done
        grown, rest = progress.done - self.first, progress.total - progress.done
        if grown > 0 and rest >= 0:
            progress = replace(progress, seconds_left=(self.clock() - self.began) / grown * rest)
        self.report(progress)


def emit_counted(parts: Iterable[Item], stage: str, total: int, emit: Callable[[Item | Progress], None]) -> None:
    """Emits parts as they come, and after each one how many of `total` there are."""
    for done, part in enumerate(parts, 1):
        emit(part)
        emit(Progress(stage, done, total))
