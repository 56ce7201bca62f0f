"""Progress and stop: what long work reports, and how it is asked to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
    """

    transient: ClassVar[bool] = True  # only the latest one matters, so readers may be spared some

    stage: str
    done: int
    total: int


ReportProgress = Callable[[Progress], None]


def emit_counted(parts: Iterable[Item], stage: str, total: int, emit: Callable[[Item | Progress], None]) -> None:
    """Emits parts as they come, and after each one how many of `total` there are."""
    for done, part in enumerate(parts, 1):
        emit(part)
        emit(Progress(stage, done, total))
