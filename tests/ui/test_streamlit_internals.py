"""Streamlit has what this app takes from inside it; where a version lacks some of it, the app goes on without."""

from __future__ import annotations

import subprocess
import sys
import threading
import types
import weakref
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.errors import FragmentHandledException
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.state import SessionState
from streamlit.runtime.uploaded_file_manager import UploadedFile
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from tests.conftest import PROJECT
from ui.base import streamlit_internals
from ui.base.streamlit_internals import client_file, forget_closed_sessions
from ui.session.screen import Screen

TAKEN = ("runtime.uploaded_file_manager", "runtime.memory_uploaded_file_manager", "runtime.scriptrunner", "errors")


def test_what_is_taken_is_streamlits_own():
    for name, theirs in (
        ("UploadedFile", UploadedFile),
        ("FragmentHandledException", FragmentHandledException),
        ("get_script_run_ctx", get_script_run_ctx),
    ):
        assert getattr(streamlit_internals, name) is theirs
    assert {"session_id", "uploaded_file_mgr", "is_history_navigation", "fragment_storage"} <= set(
        ScriptRunContext.__annotations__
    )
    assert isinstance(ScriptRunContext.page_script_hash, property)


def test_what_a_page_left_is_forgotten_when_another_begins_and_not_before(monkeypatch):
    storage = MemoryFragmentStorage()
    context = SimpleNamespace(fragment_storage=storage, page_script_hash="data", is_history_navigation=False)
    monkeypatch.setattr(streamlit_internals, "get_script_run_ctx", lambda: context)
    screen = Screen()
    screen.follow_link()
    storage.register("a panel of Data", lambda: None)
    screen.follow_link()
    assert storage.contains("a panel of Data"), "a click on it is not lost while the page runs again"
    context.page_script_hash = "predict"
    screen.follow_link()
    assert not storage.contains("a panel of Data")


def test_a_version_without_any_of_it_costs_a_line_in_the_log_each():
    """Another interpreter, which does not find the modules once Streamlit itself has begun."""
    code = f"""
import io, logging, sys
logging.basicConfig(format="said: %(message)s")
import streamlit
for name in {TAKEN}:
    sys.modules["streamlit." + name] = None
from ui.base import streamlit_internals as internals
assert internals.page_and_history() == (None, False)
internals.forget_fragments()
internals.keep_uploads_in_memory(lambda held, content: content)
upload = io.BytesIO(b"a photo")
assert isinstance(upload, internals.UploadedFile)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("said: Streamlit") == len(TAKEN)
    assert "Back button" in done.stderr


def test_a_component_that_is_not_there_has_no_file():
    assert client_file("DataFrame").startswith("DataFrame.")
    assert client_file("NoSuchComponent") == ""


class Session:
    """What stands for a session of Streamlit's, which has much more."""


class Closed:
    """Sessions of pages that were closed, as Streamlit keeps them, by a clock that is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.storage = MemorySessionStorage()
        self.storage._cache = type(self.storage._cache)(maxsize=9, ttl=120, timer=lambda: self.now)
        manager = types.SimpleNamespace(_session_storage=self.storage, _storage_lock=threading.Lock())
        monkeypatch.setattr(runtime, "exists", lambda: True)
        monkeypatch.setattr(runtime, "get_instance", lambda: types.SimpleNamespace(_session_mgr=manager))

    def add(self, name: str, shutdown: Callable[[], object]) -> tuple[weakref.ref, dict, dict]:
        """Adds one; returns what tells whether it is there, what it holds, and its panels."""
        session, state, panels = Session(), {"pictures": [1, 2]}, {"a panel": [3]}
        session.id, session.session_state, session.shutdown = name, state, shutdown
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
