"""Start, Stop and Reset, and on a phone a line on how the run is doing: its charts are far below the controls there."""

from __future__ import annotations

import streamlit as st

from qtl_core.jobs import JobSnapshot
from qtl_core.runs.view import RunView
from ui.base.errors import guarded
from ui.session.refresh import refreshing
from ui.session.run_actions import is_open, reset, shown_run, start, stop
from ui.train.run_status import REFRESH_SECONDS, status_of


def show_actions(snapshot: JobSnapshot[RunView] | None, can_start: bool) -> None:
    """Shows the buttons.

    Args:
        snapshot: The run on screen, if there is one.
        can_start: Whether there is nothing against a run with the settings on screen.
    """
    with st.container(key="actions"):
        with st.container(key="short_status"):
            _show_short_status(snapshot)
        _show_buttons(snapshot, can_start)


def _show_short_status(snapshot: JobSnapshot[RunView] | None) -> None:
    if snapshot is not None:
        refreshing(_short_status, REFRESH_SECONDS if is_open(snapshot) else None)()


def _short_status() -> None:
    snapshot = shown_run()
    if snapshot is not None:
        status = status_of(snapshot)
        st.markdown(f"{f'{status.words} {status.result}'.strip()} [See it ↓](#curves)")


def _show_buttons(snapshot: JobSnapshot[RunView] | None, can_start: bool) -> None:
    running = is_open(snapshot)
    with st.container(horizontal=True):
        st.button(
            "Start",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            on_click=guarded()(start),
            disabled=running or not can_start,
            help="Trains with the settings on screen, from the beginning.",
        )
        st.button(
            "Stop",
            icon=":material/stop:",
            width="stretch",
            on_click=stop,
            disabled=not running,
            help="Ends the run within a second; what it has learnt so far is kept.",
        )
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            width="stretch",
            on_click=reset,
            disabled=snapshot is None,
            help="Takes the run off the screen; the settings stay.",
        )
