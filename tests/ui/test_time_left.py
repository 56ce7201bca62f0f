"""How long a stage will still take: from the pace of what is counted, never from nothing."""

from __future__ import annotations

import pytest

from qtl_core.common.progress import Progress
from ui.base.time_left import REMEMBERED, Left, Pace
from ui.base.wording import between


class Clock:
    """A clock that stands still until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_left_is_that_of_the_pace_since_a_stage_was_first_seen():
    """A stage seen at 40 of 240, after libraries took ten seconds: those say nothing of its pace."""
    clock = Clock()
    pace = Pace(clock)
    assert pace.left("job", Progress("Looking", 40, 240)) == Left(40 / 240)
    clock.now += 5
    assert pace.left("job", Progress("Looking", 90, 240)) == Left(90 / 240, 15.0)
    assert pace.left("other", Progress("Looking", 90, 240)).seconds is None, "each job has a pace of its own"
    assert pace.left("job", Progress("Reading", 1, 2)).seconds is None, "and each stage"
    clock.now += 15
    assert pace.left("job", Progress("Looking", 240, 240)) == Left(1.0, 0.0)


def test_a_stage_that_does_not_move_or_counts_nothing_promises_nothing():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(2):
        assert pace.left("job", Progress("Looking", 3, 10)).seconds is None
        assert pace.left("job", Progress("Opening", 0, 0)) == Left(0.0)
        clock.now += 60


def test_memory_of_stages_is_bounded():
    pace = Pace()
    for number in range(2 * REMEMBERED):
        pace.left(str(number), Progress("Looking", 0, 2))
    assert len(pace.first) == REMEMBERED
    assert (str(2 * REMEMBERED - 1), "Looking", 2) in pace.first


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (Left(0.2), ""),
        (Left(0.2, 12.3), ", about 12 s left"),
    ],
)
def test_in_words(left, words):
    assert left.words == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.9, "under 1 s"),
        (0.4, 1.2, "up to 2 s"),
        (1.3, 2.7, "1 to 3 s"),
        (21.0, 38.0, "20 to 40 s"),
        (3.0, 11.0, "up to 15 s"),
        (70.0, 89.0, "70 to 90 s"),
        (50.0, 100.0, "up to 2 min"),
        (130.0, 610.0, "2 to 11 min"),
    ],
)
def test_a_range_is_rounded_outwards(low, high, words):
    assert between(low, high) == words
