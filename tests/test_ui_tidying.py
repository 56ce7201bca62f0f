"""Garbage is searched for now and then, and what modules hold is set aside."""

from __future__ import annotations

import gc
import sys
import threading
import types
import weakref
from collections.abc import Callable

import pytest
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.state import SessionState
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from tests.conftest import PROJECT
from ui import tidying
from ui.tidying import ANEW_SECONDS, QUIET_SECONDS, Tidier, forget_closed_sessions


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


class Closed:
    """Sessions of pages that were closed, as Streamlit keeps them, by a clock that is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.storage = MemorySessionStorage()
        self.storage._cache = type(self.storage._cache)(maxsize=9, ttl=120, timer=lambda: self.now)
        manager = types.SimpleNamespace(_session_storage=self.storage, _storage_lock=threading.Lock())
        monkeypatch.setattr(tidying.runtime, "get_instance", lambda: types.SimpleNamespace(_session_mgr=manager))

    def add(self, name: str, shutdown: Callable[[], object]) -> tuple[weakref.ref, dict, dict]:
        """Adds one; returns what tells whether it is there, what it holds, and its panels."""
        session, state, panels = Knot(), {"pictures": [1, 2]}, {"a panel": [3]}
        session.me, session.id, session.session_state, session.shutdown = None, name, state, shutdown
        session._fragment_storage = panels
        self.storage.save(SessionInfo(client=None, session=session))
        return weakref.ref(session), state, panels


def test_sessions_of_closed_pages_go_by_themselves(monkeypatch):
    closed, ended = Closed(monkeypatch), []
    session, state, panels = closed.add("closed", lambda: ended.append(1))
    forget_closed_sessions()
    assert session() is not None, "its browser may come back"
    assert state
    closed.now += 1000
    forget_closed_sessions()
    assert session() is None
    assert (state, panels, ended) == ({}, {}, [1])


def test_a_session_that_cannot_be_ended_does_not_keep_the_others(monkeypatch):
    closed, ended = Closed(monkeypatch), []
    closed.add("first", lambda: 1 / 0)
    _, state, panels = closed.add("second", lambda: ended.append(1))
    closed.now += 1000
    forget_closed_sessions()
    assert (state, panels, ended) == ({}, {}, [1])


def test_the_server_has_what_sessions_are_forgotten_by():
    """Not Streamlit's public interface: this fails where a new version of it has another one."""
    manager = WebsocketSessionManager(MemorySessionStorage(), None, None, None)
    with manager._storage_lock:
        assert manager._session_storage._cache.expire() == []
    assert callable(AppSession.shutdown)
    assert isinstance(AppSession.session_state, property)
    assert callable(SessionState.clear)
    assert callable(MemoryFragmentStorage.clear)


def test_without_a_server_there_is_nothing_to_forget():
    forget_closed_sessions()
