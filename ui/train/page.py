"""The body of the Train page: choose, start, watch the network learn, look at what it got wrong."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.jobs import JobSnapshot
from qtl_core.runs.view import RunView
from qtl_core.settings.relevant import READOUT, counts
from ui.base import job_managers
from ui.base.assets import stylesheet
from ui.base.errors import show_user_error
from ui.session import session
from ui.session.run_actions import shown_run
from ui.train import playground
from ui.train.actions import show_actions
from ui.train.forecast import show_forecast
from ui.train.head_size import show_head_size
from ui.train.log_choice import show_log_choice
from ui.train.planned_start import planned_start
from ui.train.readout import readout_problem, show_readout_tab
from ui.train.small_set import show_small_set
from ui.train.source import show_source
from ui.train.start_from import show_start_from, show_start_line
from ui.widgets.kept_here import show_not_kept
from ui.widgets.materials import RunInputs, run_inputs_of, show_run_inputs
from ui.widgets.settings_controls import show_exact_rate, show_field, show_presets
from ui.widgets.study_link import show_study_link

# A tab each; of a tab those are shown that play a part in the run on screen.
MORE_SETTINGS = {
    "Head": ("hidden_units", "entangler", "rotation", "reuploading", "q_delta", "engine"),
    "Optimiser": ("optimiser", "momentum", "weight_decay", "batch_size", "class_weights", "label_smoothing"),
    "Schedule": ("schedule", "step_size", "gamma", "warm_up", "patience", "best_by"),
    "Pictures": (
        *("per_class", "test_share", "test_from", "divided_into", "held_out"),
        *("standardise", "augmentation", "views", "seed"),
    ),
    "Network": ("backbone", "weights", "backbone_mode"),
    "Readout": READOUT,
}


def show_train() -> None:
    """Shows all of the page below its title."""
    st.html(stylesheet(__file__))
    snapshot = shown_run()  # once, so that all of the page agrees on whether the run is over
    run_inputs = run_inputs_of(session.screen.settings.data)
    planned = planned_start(replace(session.screen.settings, data=run_inputs.data))
    playground.begin(snapshot, run_inputs)
    controls, run = st.columns([5, 9], gap="large")
    with controls:
        _show_controls(run_inputs)
    snapshot = playground.finish(snapshot)
    with controls:
        _show_playground(run_inputs)
        with st.container():  # always there: what follows would be made anew, and its expander close, where this comes
            show_small_set(session.screen.settings)
            show_start_line(planned)
            unreadable = readout_problem(session.screen.settings)
            if unreadable:
                show_user_error(unreadable)
        really = replace(session.screen.settings, data=run_inputs.data)
        against = run_inputs.problem or planned.problem or unreadable
        show_actions(snapshot, really, against)
    with run:
        _show_run(snapshot, run_inputs, can_start=against is None)
    with controls:
        show_start_from(planned)
        _show_more_settings()  # last, because a browser draws what comes first, and here a run's picture is waited for
    session.screen.write_link()
    job_managers.warm()


def _show_controls(run_inputs: RunInputs) -> None:
    with st.container(key="main_controls"):
        if not session.screen.hides("presets"):
            show_presets()
        show_source()
        show_field("head")
        show_head_size(replace(session.screen.settings, data=run_inputs.data))
        for name in ("qubits", "depth", "learning_rate", "epochs"):
            if counts(session.screen.settings, name):
                show_field(name)


def _show_playground(run_inputs: RunInputs) -> None:
    if session.screen.hides("playground"):
        return
    with st.container(key="follow", gap="xsmall"):
        playground.show_switch()
        playground.show_word(run_inputs)


def _show_more_settings() -> None:
    shown = {title: [name for name in names if _is_shown(name)] for title, names in MORE_SETTINGS.items()}
    titles = [title for title, names in shown.items() if names]
    if session.screen.hides("more") or not titles:
        return
    with st.expander("More settings", icon=":material/tune:"):
        is_numbers = session.screen.settings.data.is_numbers
        shown_titles = ["Numbers" if title == "Pictures" and is_numbers else title for title in titles]
        for title, tab in zip(titles, st.tabs(shown_titles), strict=True):
            with tab:
                if title == "Readout":
                    show_readout_tab(shown[title])
                    continue
                if title == "Optimiser":
                    show_exact_rate()
                for name in shown[title]:
                    show_field(name)
        show_log_choice()


def _is_shown(name: str) -> bool:
    return counts(session.screen.settings, name) and not session.screen.hides(name)


def _show_run(snapshot: JobSnapshot[RunView] | None, run_inputs: RunInputs, *, can_start: bool) -> None:
    really = replace(session.screen.settings, data=run_inputs.data)
    with st.container(border=True, key="materials"):
        show_run_inputs(session.screen.settings.data, run_inputs)
        can_train = run_inputs.problem is None and readout_problem(really) is None
        if can_train and not playground.show_time(snapshot, really):
            show_forecast(really)
        show_not_kept()
    # Imported here, so that a server's first visitor has all controls before what draws charts is read from disk.
    from ui.results.panel import show_results
    from ui.train.plane import show_plane_of
    from ui.train.repetition import show_again
    from ui.train.run_panel import show_run
    from ui.train.seeds import show_seeds

    if really.data.is_numbers:
        show_plane_of(snapshot, really)
    show_run(snapshot, really, can_start=can_start)
    if snapshot is not None and snapshot.is_over:
        show_again(snapshot.id, snapshot.view)
        show_results(snapshot.view)
    if can_train and not session.screen.hides("seeds"):
        show_seeds(really)
        show_study_link()
