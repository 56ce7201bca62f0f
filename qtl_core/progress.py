"""How far long work has come, as the record that a person is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

Part = TypeVar("Part")


@dataclass(frozen=True)
class Progress:
    """How far the preparation has come.

    Attributes:
        stage: What is being done, in words ("Reading the pictures", ...).
        done, total: Steps done and in all; total 0 where it is not known.
    """

    transient: ClassVar[bool] = True  # only the latest one matters, so readers may be spared some

    stage: str
    done: int
    total: int


def emit_counted(parts: Iterable[Part], stage: str, total: int, emit: Callable[[Part | Progress], None]) -> None:
    """Emits parts as they come, and after each one how many of `total` there are."""
    for done, part in enumerate(parts, 1):
        emit(part)
        emit(Progress(stage, done, total))
