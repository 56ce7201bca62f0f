"""What is under way in a session: tries of the playground, the forecast and the map on screen, and the last start."""

from __future__ import annotations

import time
import uuid

import streamlit as st

from qtl_core.settings import RunSettings
from ui.state.keys import PLAYGROUND

_OWNER, _STARTED = "owner", "started"
_FORECAST, _MAP_JOB = "forecast_job", "map_job"
_TRIED, _TRY = "tried_settings", "playground_job"

_DOUBLE_CLICK_SECONDS = 0.6  # systems take two clicks within half a second for one double click


def owner() -> str:
    """This session's name in the job managers; nobody else knows it."""
    return st.session_state.setdefault(_OWNER, uuid.uuid4().hex)


def playground() -> bool:
    """Whether every change of a setting retrains at once."""
    return st.session_state.get(PLAYGROUND, False)


def tried() -> RunSettings | None:
    """The settings that were last trained, or refused, without Start being pressed or by it."""
    return st.session_state.get(_TRIED)


def note_tried(settings: RunSettings) -> None:
    """Remembers that nothing is to be tried for these settings any more."""
    st.session_state[_TRIED] = settings


def attempt() -> str | None:
    """The identifier of the try that is under way, or was refused."""
    return st.session_state.get(_TRY)


def note_attempt(job_id: str | None) -> None:
    """Remembers a try, or that there is none to wait for."""
    st.session_state[_TRY] = job_id


def replace_forecast(job_id: str) -> str | None:
    """Remembers the forecast on screen; returns the one that was there before, if it is another."""
    before = st.session_state.get(_FORECAST)
    st.session_state[_FORECAST] = job_id
    return before if before != job_id else None


def replace_map(job_id: str) -> str | None:
    """Remembers the map on screen; returns the one that was there before, if it is another."""
    before = st.session_state.get(_MAP_JOB)
    st.session_state[_MAP_JOB] = job_id
    return before if before != job_id else None


def note_start() -> None:
    """Remembers that a run was started just now."""
    st.session_state[_STARTED] = time.monotonic()


def is_double_click() -> bool:
    """Whether a run was started so short a time ago that another start is the same click's second half."""
    return time.monotonic() - st.session_state.get(_STARTED, float("-inf")) < _DOUBLE_CLICK_SECONDS
