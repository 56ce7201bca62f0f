"""Progress and stop: what long work reports, and how it is asked to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import ClassVar, TypeVar

from qtl_core.common.errors import StoppedByUser

ProgressCallback = Callable[[int, int], None]  # (done, total), in the unit the work names; total 0 while it is unknown
ShouldStop = Callable[[], bool]

THOUSAND = 1_000  # steps of work that is made of parts
LOOK_EVERY = 0.1  # seconds between two looks at should_stop where work has to wait: a stop is felt at once


def no_progress(done: int, total: int) -> None:
    """Reports to nobody."""


def never_stop() -> bool:
    """Lets the work run to its end."""
    return False


def parts_of(progress: ProgressCallback, weights: Sequence[float]) -> list[ProgressCallback]:
    """Returns the callbacks of the parts of some work, in their order, that together tell one how far it is.

    Args:
        progress: Told how far all of it is, in thousandths.
        weights: How much of the work each part is, in any unit.
    """
    ends = [0.0, *accumulate(weights)]
    whole = ends[-1] or 1.0

    def part(begin: float, end: float) -> ProgressCallback:
        return lambda done, total: progress(
            round(THOUSAND * (begin + (end - begin) * done / max(total, 1)) / whole), THOUSAND
        )

    return [part(begin, end) for begin, end in pairwise(ends)]


Item = TypeVar("Item")


@dataclass(frozen=True)
class Progress:
    """The progress of the preparation.

    Attributes:
        stage: What is being done, in words ("Reading the pictures", ...).
        done, total: Steps done and in all; total 0 where it is not known.
        seconds_left: How long the stage will still take, as `TimeLeft` judges; None where nothing tells.
    """

    transient: ClassVar[bool] = True  # only the latest one matters, so readers may be spared some

    stage: str
    done: int
    total: int
    seconds_left: float | None = None


ReportProgress = Callable[[Progress], None]


def reporting(stage: str, report: ReportProgress, should_stop: ShouldStop) -> ProgressCallback:
    """Returns the callback of work in a worker: it reports how far the stage is, and ends it when it is to stop."""

    def progress(done: int, total: int) -> None:
        if should_stop():
            raise StoppedByUser
        report(Progress(stage, done, total))

    return progress


SETTLED_SECONDS = 0.5  # a speed is judged after so long


class TimeLeft:
    """Judges how long the stage under way will still take by its speed so far; every worker has one for its job.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.stage: tuple[str, int] = ("", 0)
        self.began, self.first, self.last = 0.0, 0, 0

    def judged(self, progress: Progress) -> Progress:
        """Returns the report with its `seconds_left`; a stage's first one is what the next are measured from."""
        stage, now = (progress.stage, progress.total), self.clock()
        if stage != self.stage or progress.done < self.last:
            self.stage, self.began, self.first = stage, now, progress.done
        self.last = progress.done
        grown, rest = progress.done - self.first, progress.total - progress.done
        if grown <= 0 or rest < 0 or now - self.began < SETTLED_SECONDS:
            return progress
        return replace(progress, seconds_left=(now - self.began) / grown * rest)


def emit_counted(parts: Iterable[Item], stage: str, total: int, emit: Callable[[Item | Progress], None]) -> None:
    """Emits parts as they come, and after each one how many of `total` there are."""
    for done, part in enumerate(parts, 1):
        emit(part)
        emit(Progress(stage, done, total))
