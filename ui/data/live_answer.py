"""A live answer beside the classes while one goes on collecting: what the last training says of the camera."""

from __future__ import annotations

import contextlib

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.inference.requests import TrainedModel
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.datasets.version_pictures import changes_since
from ui.results.trained_version import changes_words
from ui.session.live_replies import find_live_run
from ui.session.workshop import OWN
from ui.widgets.exact_circuit import say_exact
from ui.widgets.live_camera import show_live_camera


def show_live_answer(dataset: DatasetRecord, run_id: str = "") -> None:
    """Shows what a run of this set says of the camera; with another run the camera stays open and the bars go on.

    Args:
        dataset: The set that is being collected.
        run_id: The run that learnt from it last, kept or a try. While it is in training, gone or "", the one that
            answered before goes on; where there was none, nothing is shown.
    """
    key = f"live_run_{dataset.id}"
    with contextlib.suppress(UserError):
        st.session_state[key] = find_live_run(run_id).model()
    model: TrainedModel | None = st.session_state.get(key)
    if model is None:
        return
    show_live_camera(model, f"live_{dataset.id}", holds=False)
    prepared = model.run.prepared
    learnt = f"It learnt from {prepared.train_size:,} pictures and was checked with {prepared.val_size:,}."
    data = prepared.settings.data
    is_of_set = data.source == OWN and data.dataset == dataset.id
    say_exact(prepared.settings)
    st.caption(f"{learnt}{changes_words(changes_since(dataset.id, data.dataset_version))}" if is_of_set else learnt)
