"""The body of the Home page: a trained network that answers by itself, and the ways into the app."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.explain.forward_pass import PictureTrace
from qtl_core.inference.bundled import PHOTOS, PHOTOS_RIGHT, RUN_ID
from qtl_core.inference.requests import TrainedModel, named_model
from qtl_core.network.ansatz import build_circuit
from ui.base.assets import stylesheet
from ui.base.errors import show_user_error
from ui.home.followed_pictures import followed
from ui.home.trace_view import show_traces, traces_data
from ui.session import keys, session
from ui.session.link import SHOW_PARAMETER
from ui.session.refresh import refreshing

REFRESH_SECONDS = 0.4


def show_home() -> None:
    """Shows all of the page below its title."""
    if session.show.is_on:
        from ui.home.show_page import run_show  # imported here, as it draws with all that charts are drawn with

        run_show()
        return
    _show_ways()
    model = named_model(RUN_ID)
    snapshot = followed(model)
    refreshing(_show_answers, None if snapshot.is_over else REFRESH_SECONDS)(model, not snapshot.is_over)
    session.screen.write_link()


def _show_ways() -> None:
    light, dark = st.get_option("theme.light.primaryColor"), st.get_option("theme.dark.primaryColor")
    st.html(f"{stylesheet(__file__)}<style>.stApp {{ --studio-accent: light-dark({light}, {dark}); }}</style>")
    with st.container(key="ways", horizontal=True):
        with st.container(key="way_first", width="content"):
            st.page_link("pages/tour.py", label="Guided tour", icon=":material/explore:")
        st.page_link("pages/train.py", label="Train one", icon=":material/model_training:", width="content")
        with st.container(key="way_show", width="content"):
            st.page_link(
                "pages/home.py",
                label="Show mode",
                icon=":material/slideshow:",
                query_params={SHOW_PARAMETER: "1"},
                help="Fills the screen and goes on by itself, for a stand or a wall; any key or touch ends it.",
            )


def _show_answers(model: TrainedModel, waiting: bool) -> None:
    snapshot = followed(model)
    if waiting and snapshot.is_over:
        st.rerun()  # without the refreshing
    if snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
        return
    prepared, traces = model.run.prepared, snapshot.view.result or ()
    data = traces_data(traces, build_circuit(prepared.settings.circuit), prepared.classes, prepared.backbone_title)
    show_traces(key=keys.HOME_TRACES, data=data)
    st.caption(_record(model, traces))


def _record(model: TrainedModel, traces: tuple[PictureTrace, ...]) -> str:
    """Returns how good it is, so that nobody takes twelve pictures for the whole truth."""
    prepared = model.run.prepared
    right = prepared.pictures_right(model.run.checkpoint.best_val_accuracy)
    words = (
        "A run that comes with the app answers here, computed on this computer when the page was opened; mistakes are "
        f"not left out. It got {right} of {prepared.val_size} such drawings right, and {PHOTOS_RIGHT} of {PHOTOS} real "
        "photos."
    )
    if traces and not traces[0].picture.drawn:
        words = words.replace("such drawings", "drawings")
    return words
