"""How often who watches live may send a frame: five times a second alone, and everybody as seldom when many do."""

from __future__ import annotations

import pytest

from ui.session.frame_pace import BUSY_SHARE, FIRST_COST, SLOWEST_SECONDS, USUAL_SECONDS, FramePace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> FramePace:
    return FramePace(clock)


def test_one_watcher_gets_five_answers_a_second_and_waits_the_rest_of_the_fifth(pace: FramePace, clock: Clock):
    pace.note_frame("me")
    clock.now += 0.05
    assert pace.wait("me") == pytest.approx(USUAL_SECONDS - 0.05)
    clock.now += 1
    assert pace.wait("me") == 0


def test_many_watchers_wait_as_long_as_all_their_frames_take(pace: FramePace):
    for number in range(20):
        pace.note_frame(f"watcher {number}")
    assert pace.watchers == 20
    assert pace.interval == pytest.approx(20 * FIRST_COST / BUSY_SHARE)
    waits = [pace.wait(f"watcher {number}") for number in range(20)]
    assert waits == pytest.approx([pace.interval] * 20)


def test_who_has_gone_holds_nobody_up(pace: FramePace, clock: Clock):
    for number in range(20):
        pace.note_frame(f"watcher {number}")
    clock.now += 7
    pace.note_frame("me")
    assert pace.watchers == 1
    assert pace.interval == USUAL_SECONDS
    assert len(pace.seen) == 1


def test_the_cost_follows_what_is_measured_and_one_odd_frame_changes_little(pace: FramePace):
    pace.note_cost(1, 8.0)  # a worker had to start
    assert pace.cost < 2 * FIRST_COST
    for _ in range(40):
        pace.note_cost(4, 0.4)
    assert pace.cost == pytest.approx(0.1, rel=0.05)


def test_a_bar_never_stands_still_for_longer_than_the_slowest(pace: FramePace):
    for number in range(1_000):
        pace.note_frame(f"watcher {number}")
    assert pace.interval == SLOWEST_SECONDS
