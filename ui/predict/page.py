"""The body of the Predict page: ask a trained run about pictures of one's own, and see how each answer came about."""

from __future__ import annotations

import streamlit as st

from qtl_core.inference.answering import answering_job
from qtl_core.inference.requests import TrainedModel
from ui.base import job_managers
from ui.predict.answers import show_answers
from ui.predict.calibration import show_calibration, show_temperature_switch, temperature_of
from ui.predict.model_card import show_model_card, show_obstacles
from ui.predict.numbers import show_numbers
from ui.predict.page_predictor import PagePredictor
from ui.session import keys, session
from ui.session.answer_queue import sees_usual_square
from ui.widgets.model_choice import choose_models
from ui.widgets.picture_choice import choose_pictures


def show_predict() -> None:
    """Shows all of the page below its title."""
    card = st.container()  # what answers stands before anything is asked of it
    model, other = choose_models()
    session.screen.write_link()  # who answers is in the address, whatever comes of the answers
    with card:
        show_model_card(model)
        if other is not None:
            show_model_card(other, "Compared with: ")
        ready = show_obstacles(model)
        ready = (other is None or show_obstacles(other, "The second run: ")) and ready
    if model.run.prepared.settings.data.is_numbers:
        show_numbers(model)
        if other is not None:
            st.caption("Two runs are set beside each other for numbers on the Runs page, under Compare.")
    elif other is not None and other.run.prepared.settings.data.is_numbers:
        st.info("The run to compare with learnt numbers, and cannot be asked about pictures: choose another.")
    elif ready:
        _ask(model, other)


def kept_words(model: TrainedModel) -> str:
    """Returns what becomes of an upload, which another run may be asked about as well."""
    kept = "once a file is answered, the app keeps only the square that the network sees"
    if not sees_usual_square(model):
        kept = "the app keeps a file as it came, as this run's image network looks at it in its own way"
    return (
        f"Nothing you upload is written to disk: {kept}, in memory, until you take the file away, or a little after "
        "you close the page."
    )


def _ask(model: TrainedModel, other: TrainedModel | None) -> None:
    scaling = bool(st.session_state.get(keys.PREDICT_TEMPERATURE))
    pictures, drawn = choose_pictures(model, temperature_of(model, scaling))
    st.caption(kept_words(model))
    predictors = _predictors(model, other)
    if pictures:
        show_answers(predictors, pictures, drawn)
    else:
        job_managers.ready_models().find_or_start(model.key, lambda: answering_job(model, ()))
        session.predict.answers.clear()
        session.predict.reasons.clear()
    if not pictures or other is None:
        session.predict.other_answers.clear()


def _predictors(model: TrainedModel, other: TrainedModel | None) -> list[PagePredictor]:
    """Returns who answers, and shows how far their percentages can be trusted."""
    scaling = show_temperature_switch()
    show_calibration(model, "The first run: " if other else "", scaling=scaling)
    found = [PagePredictor(model, session.predict.answers, temperature_of(model, scaling))]
    if other is not None:
        show_calibration(other, "The second run: ", scaling=scaling)
        found.append(PagePredictor(other, session.predict.other_answers, temperature_of(other, scaling)))
    return found
