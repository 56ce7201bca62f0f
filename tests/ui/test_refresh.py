"""How often the screen refreshes itself: usual while few watch, slower for many, and never out of hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.type_util import get_object_name

from ui.session import refresh
from ui.session.refresh import CPU_SHARE, DELIVERY, SLOWEST_SECONDS, WATCHING_SECONDS, Pace

CHART = 0.03  # processor seconds that one refresh of the curves takes


class Clock:
    """Seconds that go by when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def watched(count: int, each: float = CHART, clock: Clock | None = None) -> Pace:
    refresh = Pace(clock or Clock())
    for number in range(count):
        refresh.note(number, each)
    return refresh


def test_alone_one_sees_no_difference():
    assert watched(0).seconds(0.5) == 0.5
    assert watched(3).seconds(0.5) == 0.5


def test_thirty_who_watch_curves_refresh_every_few_seconds_and_leave_room_for_clicks():
    refresh = watched(30)
    seconds = refresh.seconds(0.5)
    assert 3.0 < seconds <= SLOWEST_SECONDS
    assert 30 * CHART * DELIVERY / seconds == pytest.approx(CPU_SHARE)


def test_one_who_watches_counts_once_however_often_they_refresh():
    refresh = Pace(Clock())
    for _ in range(1000):
        refresh.note("me", CHART)
    assert (refresh.watchers(), refresh.seconds(0.5)) == (1, 0.5)


def test_who_has_gone_is_not_counted():
    clock = Clock()
    refresh = watched(30, clock=clock)
    clock.now += WATCHING_SECONDS + 1
    assert (refresh.watchers(), refresh.seconds(0.5)) == (0, 0.5)


@given(st.lists(st.floats(0, 10), max_size=60), st.floats(0.1, 20))
def test_it_is_never_quicker_than_usual_nor_slower_than_the_slowest(costs, usual):
    refresh = Pace(Clock())
    for number, cost in enumerate(costs):
        refresh.note(number, cost)
    assert usual <= refresh.seconds(usual) <= max(usual, SLOWEST_SECONDS)


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=40), st.floats(0.1, 5))
def test_more_who_watch_never_make_it_quicker(costs, usual):
    fewer, more = Pace(Clock()), Pace(Clock())
    for number, cost in enumerate(costs):
        more.note(number, cost)
        if number:
            fewer.note(number, cost)
    assert more.seconds(usual) >= fewer.seconds(usual)


def test_what_refreshes_itself_is_another_fragment_at_every_run_and_the_same_one_at_rest(monkeypatch):
    """Else a browser that is behind has Streamlit throw away what it has not sent, and shows an empty page."""
    monkeypatch.setattr(refresh, "session", SimpleNamespace(owner="me"))
    made = []
    monkeypatch.setattr(
        refresh.st, "fragment", lambda panel, run_every=None: made.append(get_object_name(panel)) or panel
    )

    def panel() -> None: ...

    for usual in (0.5, 0.5, None, None):
        refresh.refreshing(panel, usual)
    assert len(set(made[:2])) == 2
    assert made[2] == made[3]
    assert not set(made[:2]) & set(made[2:])
