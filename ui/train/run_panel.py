"""The run on screen: where it stands, its curves as they grow, and how to go on with it or watch it again.

The panel is a fragment that refreshes itself while its run goes on, so that sliders and pages stay free meanwhile.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot
from qtl_core.jobs.retention import ABANDONED_SECONDS, GOES_ON_SECONDS
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings, TrainingSettings
from qtl_core.settings.readout_words import figures_words
from qtl_core.settings.relevant import train_the_same
from qtl_core.training.stepping import is_midway
from ui.base import job_managers
from ui.base.assets import script
from ui.base.errors import as_plain_text, show_user_error
from ui.results.curves import history_figure
from ui.results.diagnosis import show_warnings_so_far
from ui.results.published_comparison import published_for
from ui.results.replay import PACES, replay_figure
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.session.run_actions import go_on, is_open, shown_run
from ui.train.run_status import REFRESH_SECONDS, status_of
from ui.widgets.glossary import help_of, word
from ui.widgets.settings_controls import labelled
from ui.widgets.status import show_notes, show_progress, show_stale, stand_ins

GOING_ON = (
    f"A run that nobody looks at for {ABANDONED_SECONDS // 60} minutes ends otherwise; what it has learnt is kept."
)
BROKEN_OFF = "The server or program that trained this run ended in the middle of it."
GO_ON = "It can go on from there, with the button below."
UNSEEN_SECONDS = 3.0  # a training that was over before anybody could watch it is played again by itself
KEPT_FIGURES = 16  # replays of finished runs, up to a megabyte each

_play_once = st.components.v2.component("play_once", js=script("play_once"))


def show_run(snapshot: JobSnapshot[RunView] | None, on_screen: RunSettings, *, can_start: bool = True) -> None:
    """Shows the run on screen, or the empty charts that it will fill.

    Args:
        snapshot: The run as the rest of the page sees it: if it ends meanwhile, the page is run again.
        on_screen: What a run started now would really use.
        can_start: Whether Start can be pressed; beside it stands why not.
    """
    st.html('<div id="curves"></div>')
    if snapshot is None:  # a fragment as well, so that everything stands in the same place with and without a run
        refreshing(_show_empty, None)(on_screen, can_start)
        return
    live = is_open(snapshot)
    refreshing(_panel, REFRESH_SECONDS if live else None)(on_screen, live)


def _show_empty(on_screen: RunSettings, can_start: bool) -> None:
    with st.container(key="run_status"):
        names = [word(name) for name in ("accuracy", "loss", "epoch")]
        first = "Press **Start**" if can_start else "Once training can start"
        st.markdown("{}: {} and {} appear here, {} by {}.".format(first, *names, "epoch"))
    _chart(history_figure(RunView(), on_screen, published_for(on_screen)))


def _panel(on_screen: RunSettings, live: bool) -> None:
    snapshot = shown_run()
    if snapshot is None or (live and snapshot.is_over):
        job_managers.forecasts().forget()  # features are kept now: the next run is quicker
        st.rerun()
    view = snapshot.view
    ran = view.prepared.settings if view.prepared else on_screen
    with st.container(key="run_status"):
        _show_status(snapshot, on_screen)
        if said := figures_words(ran):
            st.caption(said, help=help_of("shots", "noise"))
    if not live or len(view.epochs) < ran.training.epochs:  # a run that goes on learns its new total a moment later
        show_stale(ran, on_screen)
    if view.prepared and view.prepared.from_elsewhere:
        return  # it has no history: there is nothing to draw, replay or go on with
    paused = view.ended is not None and view.ended.how == "paused" and is_midway(view)
    if live or paused or not view.epochs:
        to_come = replace(view, ended=None) if paused else view  # the axis has room for all epochs, so nothing moves
        _chart(history_figure(to_come, ran, published_for(ran)))
        if live:
            show_warnings_so_far(view)
        if live and view.prepared:
            show_notes(view.prepared.notes, stand_ins(view.prepared.asked, view.prepared.settings))
        if live:
            _show_going_on(snapshot)
    elif session.training.playground:
        _chart(history_figure(view, ran, published_for(ran)))  # a replay would take half a page run
        _show_more_epochs(view)
    else:
        _chart(_kept_replay(snapshot.id, snapshot.version, st.session_state.get(keys.PACE), view, ran))
        if session.training.to_replay == snapshot.id and view.ended and view.ended.seconds_training < UNSEEN_SECONDS:
            _play_once(data={"run": f"{snapshot.id} {len(view.epochs)}"}, key="play_once", height="content")
        with st.container(horizontal=True, vertical_alignment="bottom", key="what_next"):
            _show_pace()
            _show_more_epochs(view)


def _show_status(snapshot: JobSnapshot[RunView], on_screen: RunSettings) -> None:
    view = snapshot.view
    status = status_of(snapshot)
    if status.share is not None:
        show_progress("run", status.share, f"{status.words} {status.result}")
    elif view.failed:
        show_user_error(UserError(view.failed.what, view.failed.why, view.failed.do))
    else:
        st.markdown(f"**{status.words}**{_next_steps(view, on_screen)}")
    if snapshot.started is None and not snapshot.owner and view.ended and view.ended.how == "stopped" and view.epochs:
        st.info(f"{BROKEN_OFF} It is kept up to here. {GO_ON}")
    elif view.ended and view.ended.note:
        st.warning(as_plain_text(view.ended.note))
    elif view.ended and view.epochs and not view.ended.run:
        st.caption("This run is not kept on disk: press Start to keep it.")


def _next_steps(view: RunView, on_screen: RunSettings) -> str:
    """Says, of a run that is trained one epoch at a time, what the buttons do next; "" of others."""
    if view.prepared is None or view.ended is None or view.ended.how != "paused" or not is_midway(view):
        return ""
    if not train_the_same(view.prepared.settings, on_screen):
        return ""  # they would begin another run
    left = view.prepared.settings.training.epochs - len(view.epochs)
    return f" Step trains the next one, Finish {'it as well' if left == 1 else f'all {left} that are left'}."


def _show_going_on(snapshot: JobSnapshot[RunView]) -> None:
    """Says what becomes of a run whose page is closed, and offers to let it go on."""
    key = keys.goes_on_key(snapshot.id)
    st.session_state[key] = snapshot.goes_on  # true also where another tab has said so
    st.toggle(
        labelled("Go on without me", GOING_ON),
        key=key,
        on_change=lambda: job_managers.studio_jobs().go_on(snapshot.id, st.session_state[key]),
        help=f"For up to {GOES_ON_SECONDS // 3600} hours. The link in the address bar leads back to the run.",
    )


def _show_pace() -> None:
    st.segmented_control(
        "Pace of the replay",
        list(PACES),
        key=keys.PACE,
        default=_DEFAULT_PACE,
        required=True,
        persist_state="session",
    )


def _show_more_epochs(view: RunView) -> None:
    if session.screen.hides("continue"):
        return
    training = view.prepared.settings.training if view.prepared else TrainingSettings()
    if training.has_fixed_length:
        st.caption(
            f"Its learning rate follows a schedule made for {training.epochs} epochs; more would be another run."
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        more = st.number_input("More epochs", 1, 500, 10, key=keys.MORE_EPOCHS, width=140, persist_state="session")
        if st.button(f"Continue for {more} more", icon=":material/resume:") and not session.training.is_double_click:
            go_on(view, more)
            st.rerun()


def _chart(figure: object) -> None:
    st.plotly_chart(figure, key="history", config={"displayModeBar": False}, alt="Accuracy and loss by epoch")


@st.cache_data(max_entries=KEPT_FIGURES, show_spinner=False)
def _kept_replay(job_id: str, version: int, pace: str | None, _view: RunView, _ran: RunSettings) -> object:
    """The run's identifier and version stand for the run: it does not change any more."""
    return replay_figure(_view, _ran, published_for(_ran), PACES[pace or _DEFAULT_PACE])


_DEFAULT_PACE = "At ease"
