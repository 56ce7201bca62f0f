"""The body of the Home page: a trained network that answers by itself, and the ways into the app."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.explain.forward_pass import PictureTrace
from qtl_core.explain.kept_traces import kept_changes
from qtl_core.explain.training_change_words import line_words, where_learnt_words
from qtl_core.inference.bundled import PHOTOS, PHOTOS_RIGHT, RUN_ID
from qtl_core.inference.requests import TrainedModel, named_model
from qtl_core.runs.view import TrainedRun
from ui.base.assets import stylesheet
from ui.base.errors import show_user_error
from ui.home.followed_pictures import followed_home, home_traces
from ui.home.trace_view import show_traces, traces_data
from ui.session import keys, session
from ui.session.link import SHOW_PARAMETER
from ui.session.refresh import refreshing
from ui.widgets.glossary import help_of
from ui.widgets.study_link import show_study_link

REFRESH_SECONDS = 2.0  # meanwhile the walk goes on with answers that came along
WAITING_SECONDS = 0.4  # where none did


def show_home() -> None:
    """Shows all of the page below its title."""
    if session.show.is_on:
        from ui.home.show_page import run_show  # imported here, as it draws with all that charts are drawn with

        run_show()
        return
    _show_ways()
    model = named_model(RUN_ID)
    snapshot = followed_home(model)
    pace = REFRESH_SECONDS if home_traces(snapshot).traces else WAITING_SECONDS
    refreshing(_show_answers, None if snapshot.is_over else pace)(model, not snapshot.is_over)
    session.screen.write_link()


def _show_ways() -> None:
    light, dark = st.get_option("theme.light.primaryColor"), st.get_option("theme.dark.primaryColor")
    st.html(f"{stylesheet(__file__)}<style>.stApp {{ --studio-accent: light-dark({light}, {dark}); }}</style>")
    with st.container(key="ways", horizontal=True):
        with st.container(key="way_first", width="content"):
            st.page_link("pages/tour.py", label="Start the tour", icon=":material/explore:")
        st.page_link("pages/predict.py", label="Try your own photo", icon=":material/add_a_photo:", width="content")
        st.page_link("pages/train.py", label="Train one yourself", icon=":material/model_training:", width="content")
        with st.container(key="way_study", width="content"):
            show_study_link()
        with st.container(key="way_show", width="content"):
            st.page_link(
                "pages/home.py",
                label="Show mode",
                icon=":material/slideshow:",
                query_params={SHOW_PARAMETER: "1"},
                help="Fills the screen and goes on by itself, for a stand or a wall; any key or touch ends it.",
            )


def _show_answers(model: TrainedModel, waiting: bool) -> None:
    snapshot = followed_home(model)
    if waiting and snapshot.is_over:
        st.rerun()  # without the refreshing
    home = home_traces(snapshot)
    if snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
        if not home.traces:
            return
    show_traces(key=keys.HOME_TRACES, data=traces_data(home.traces, model.run, total=home.total, whens=home.whens))
    show_record(model.run, home.traces)


def show_record(run: TrainedRun, traces: tuple[PictureTrace, ...] = ()) -> None:
    """Shows in two short sentences how good the run is and where its learning lies, with the figures behind.

    Args:
        run: The run that comes along.
        traces: The pictures on screen, where it is said how they were chosen.
    """
    changes = kept_changes()
    with st.container(key="run_record"):
        st.caption(f"{right_words(run)} {where_learnt_words(changes)}")
        with st.expander("More about this run"):
            if traces:
                st.caption(record_words(run, traces))
            st.caption(line_words(changes, run.prepared.settings.training.q_delta), help=help_of("loss"))


def right_words(run: TrainedRun) -> str:
    """Returns how many pictures it gets right that it did not learn from."""
    prepared = run.prepared
    right = prepared.pictures_right(run.checkpoint.best_val_accuracy)
    return (
        f"It gets {right} of {prepared.val_size} drawings right that it did not learn from, and {PHOTOS_RIGHT} of "
        f"{PHOTOS} real photos."
    )


def record_words(run: TrainedRun, traces: tuple[PictureTrace, ...]) -> str:
    """Returns how good it is and how the pictures were chosen, so that nobody takes twelve for the whole truth."""
    record = right_words(run)
    if not traces:
        return record
    count = sum(trace.is_right for trace in traces)
    if not traces[0].picture.drawn:
        return f"{record} These {len(traces)} photos are every so many of those; {count} of them it gets right."
    return (
        f"{record} These {len(traces)} are picked by its answers, in even steps from most wrong to surest: "
        f"{count} right."
    )
