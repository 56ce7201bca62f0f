"""Show mode: training, replay, answers and circuit over the whole window, round after round, until somebody comes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.requests import named_model
from qtl_core.settings import RunSettings
from ui.base import job_managers
from ui.base.assets import stylesheet
from ui.home.followed_pictures import BEFOREHAND, PICTURES, followed_home, home_traces
from ui.home.show_view import opening_data, round_data, show_stage
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.session.show_loop import ShowLoop
from ui.widgets.materials import run_inputs_of

OPENING = 3  # pictures until the first round is there
REFRESH_SECONDS = 3.0  # the browser moves by itself; this only looks for the next round


def run_show() -> None:
    """Runs it in place of the page's body."""
    st.html(stylesheet(__file__))
    refreshing(_panel, REFRESH_SECONDS)()


def _panel() -> None:
    made = session.show.directed_by(_director).refresh()
    if made is not None:
        data = session.show.data(made.seed, lambda: round_data(made))
    else:
        model = named_model(RUN_ID)
        home = home_traces(followed_home(model))
        traces, whens = home.traces[:OPENING], home.whens[:OPENING]
        kind = len(traces) + PICTURES * whens.count(BEFOREHAND)
        data = session.show.data(-1 - kind, lambda: opening_data(model, traces, whens))
    result = show_stage(key=keys.SHOW, data=data, on_left_change=lambda: None)
    if result.left:
        session.show.end()
        st.rerun()


def _director() -> ShowLoop:
    settings = RunSettings()
    settings = replace(settings, data=run_inputs_of(settings.data).data)
    return ShowLoop(job_managers.studio_jobs(), job_managers.express_jobs(), session.owner, settings)
