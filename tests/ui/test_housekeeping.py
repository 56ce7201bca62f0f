"""Garbage is searched for now and then, and what modules hold is set aside."""

from __future__ import annotations

import gc
import sys
import types
import weakref

import pytest

from tests.conftest import PROJECT
from ui.shell.housekeeping import ANEW_SECONDS, QUIET_SECONDS, Tidier


class Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.me = self


class Work:
    """A clock, and a process that has worked so long."""

    def __init__(self) -> None:
        self.now = self.seconds = 0.0

    def tidier(self) -> Tidier:
        return Tidier(lambda: self.now, lambda: self.seconds)

    def go_on(self, seconds: float = 1.0) -> None:
        self.now += seconds
        self.seconds += seconds


@pytest.fixture
def work():
    gc.disable()
    yield Work()
    gc.unfreeze()
    gc.enable()


def knotted() -> weakref.ref:
    return weakref.ref(Knot())


def test_streamlit_leaves_the_search_to_us():
    assert "postScriptGC = false" in (PROJECT / ".streamlit/config.toml").read_text()


def test_garbage_goes_once_something_was_done(work):
    tidier, knot = work.tidier(), knotted()
    assert not tidier.tidy()
    assert knot() is not None
    work.go_on()
    assert tidier.tidy()
    assert knot() is None
    assert not tidier.tidy(), "nothing was done since"
    work.now += QUIET_SECONDS
    assert tidier.tidy(), "what the last visitor left would stay"
    work.go_on()
    later = knotted()
    assert tidier.tidy()
    assert later() is None


def test_what_modules_hold_is_set_aside_and_new_ones_too(work, monkeypatch):
    tidier = work.tidier()
    work.go_on()
    tidier.tidy()
    before = gc.get_freeze_count()
    assert before > 10_000
    monkeypatch.setitem(sys.modules, "new", types.ModuleType("new"))
    sys.modules["new"].things = [[number] for number in range(50_000)]
    work.go_on()
    tidier.tidy()
    assert gc.get_freeze_count() > before + 49_000


def test_what_was_set_aside_and_let_go_of_is_found_in_the_end(work):
    tidier, held = work.tidier(), Knot()
    work.go_on()
    tidier.tidy()
    knot = weakref.ref(held)
    del held
    work.go_on()
    tidier.tidy()
    assert knot() is not None, "it was not set aside"
    work.go_on(ANEW_SECONDS)
    tidier.tidy()
    assert knot() is None
