"""Start, Step, Stop and Reset, and on a phone a line on how the run is doing: its charts are far below them there."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.settings.relevant import train_the_same
from qtl_core.training.stepping import is_midway
from ui.base.errors import as_plain_text, guarded
from ui.session import session
from ui.session.refresh import refreshing
from ui.session.run_actions import go_to_the_end, is_open, reset, shown_run, start, step, stop
from ui.train.run_status import REFRESH_SECONDS, status_of
from ui.widgets.kept_here import are_runs_kept


def show_actions(snapshot: JobSnapshot[RunView] | None, really: RunSettings, against: UserError | None) -> None:
    """Shows the buttons, and beside them why Start waits: what says so in full may be far above or below.

    Args:
        snapshot: The run on screen, if there is one.
        really: What a run started now would really use.
        against: Why no run can be started with the settings on screen, or None.
    """
    with st.container(key="actions"):
        with st.container(key="short_status"):
            _show_short_status(snapshot)
        if against is not None and not is_open(snapshot):
            st.caption(f"Start has to wait: {as_plain_text(against.what)}")
        elif not are_runs_kept():
            st.caption("Runs cannot be kept here.")
        _show_buttons(snapshot, _midway(snapshot, really), against is None)


def _show_start(*, disabled: bool) -> None:
    st.button(
        "Start",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        on_click=guarded()(start),
        disabled=disabled,
        help="Trains with the settings on screen, from the beginning.",
    )


def _show_finish(midway: RunView) -> None:
    total = midway.prepared.settings.training.epochs if midway.prepared else 0
    st.button(
        "Finish",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        on_click=guarded()(go_to_the_end),
        args=(midway,),
        help=f"Goes on with this run up to epoch {total}, as if it had never paused. Reset and Start begin it anew.",
    )


def _show_short_status(snapshot: JobSnapshot[RunView] | None) -> None:
    if snapshot is not None:
        refreshing(_short_status, REFRESH_SECONDS if is_open(snapshot) else None)()


def _short_status() -> None:
    snapshot = shown_run()
    if snapshot is not None:
        status = status_of(snapshot)
        st.markdown(f"{f'{status.words} {status.result}'.strip()} [See it ↓](#curves)")


def _midway(snapshot: JobSnapshot[RunView] | None, really: RunSettings) -> RunView | None:
    """Returns the run on screen if it has epochs to come and is of these settings, so that it can go on."""
    if snapshot is None or not snapshot.is_over or not is_midway(snapshot.view) or snapshot.view.prepared is None:
        return None
    return snapshot.view if train_the_same(snapshot.view.prepared.settings, really) else None


def _show_buttons(snapshot: JobSnapshot[RunView] | None, midway: RunView | None, can_start: bool) -> None:
    running = is_open(snapshot)
    with st.container(horizontal=True, gap="xsmall"):
        if midway is None:
            _show_start(disabled=running or not can_start)
        else:
            _show_finish(midway)
        if not session.screen.hides("step"):
            st.button(
                "Step",
                icon=":material/skip_next:",
                width="stretch",
                on_click=guarded()(step),
                args=(midway, session.screen.settings),
                disabled=running or not can_start,
                help="Trains one epoch and waits. All steps together are the same run as one trained at once.",
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
