"""Work under way in a session: tries of the playground, the forecast and the map on screen, and the last start."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import ClassVar

import streamlit as st

from qtl_core.settings import RunSettings
from ui.session.keys import LOGGED_FOR, PLAYGROUND
from ui.session.part import SessionPart

_DOUBLE_CLICK_SECONDS = 0.6  # systems take two clicks within half a second for one double click


@dataclass
class Training(SessionPart):
    """The training that a session has asked for, and what goes with the run on screen.

    Attributes:
        tried: The settings that were last trained, or refused, without Start being pressed or by it.
        attempt: The job of the playground's try that is under way, or was refused.
        forecast_job: The forecast on screen.
        map_job: The map on screen.
        compared: The job that compares a run's start with one from scratch, by the run.
        to_replay: The run that this session started last: its replay plays by itself, once.
        started: When a run was started last, by `time.monotonic`.
    """

    KEY: ClassVar[str] = "session_training"

    tried: RunSettings | None = None
    attempt: str | None = None
    forecast_job: str | None = None
    map_job: str | None = None
    compared: dict[str, str] = field(default_factory=dict)
    to_replay: str | None = None
    started: float = float("-inf")

    @property
    def playground(self) -> bool:
        """True if every change of a setting retrains at once."""
        return st.session_state.get(PLAYGROUND, False)

    @property
    def logged_for(self) -> str:
        """The key of the program that runs are logged for as they train, or ""."""
        return st.session_state.get(LOGGED_FOR, "")

    def note_start(self) -> None:
        """Remembers that a run was started just now."""
        self.started = time.monotonic()

    def forget_start(self) -> None:
        """Lets the next press count however soon it comes: an epoch may be over before two clicks would be one."""
        self.started = float("-inf")

    @property
    def is_double_click(self) -> bool:
        """True if a run was started so short a time ago that another start is the same click's second half."""
        return time.monotonic() - self.started < _DOUBLE_CLICK_SECONDS
