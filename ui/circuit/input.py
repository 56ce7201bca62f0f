"""The input of the circuit on the table: a validation picture, a picture of one's own, or angles set by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from qtl_core.evaluation.diagnosis.of_numbers import in_words_for
from qtl_core.explain.validation_angles import CircuitInputs
from qtl_core.inference.requests import Answer, model_of
from qtl_core.jobs.messages import ErrorMessage
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import DataSettings
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.base.uploads import keep_uploads_in_memory
from ui.circuit.source import ChosenCircuit
from ui.circuit.validation_angles import InputsStatus, inputs_are_there, inputs_status, show_waiting
from ui.session import keys, session
from ui.session.picture_requests import UploadedPicture
from ui.widgets.glossary import help_of
from ui.widgets.pictures import thumbnail

VALIDATION, OWN, BY_HAND = "A validation picture", "A picture of yours", "Angles set by hand"
PATIENCE_SECONDS = 0.4
SIDE = 96  # pixels of the small picture


@dataclass(frozen=True)
class Input:
    """The input of the circuit.

    Attributes:
        angles: One a qubit, radians, shape (qubits,).
        words: What it is, for a sentence: "the angles set by hand".
        true: The index of its class where that is known.
    """

    angles: np.ndarray
    words: str
    true: int | None = None


def choose_input(shown_circuit: ChosenCircuit, wires: int) -> tuple[Input, InputsStatus]:
    """Shows the choice; returns what goes in, and the run's validation pictures, as far as they are known.

    An untrained circuit has no layer that would make angles of a picture, so angles are set by hand there.
    """
    run = shown_circuit.run
    if run is None:
        return _by_hand(wires, session.screen.settings.data), InputsStatus()
    status = inputs_status(run, shown_circuit.key)
    data = run.prepared.settings.data
    own = [] if data.is_numbers else [OWN]  # numbers of one's own are typed on Predict
    there = [*([] if status.words else [VALIDATION]), *own, BY_HAND]
    if st.session_state.get(keys.CIRCUIT_INPUT) not in there:
        st.session_state[keys.CIRCUIT_INPUT] = BY_HAND if status.words else VALIDATION
    chosen = st.segmented_control(
        "What goes in",
        there,
        key=keys.CIRCUIT_INPUT,
        required=True,
        format_func=partial(in_words_for, data),
        help=help_of("validation"),
    )
    if status.words:
        st.caption(in_words_for(data, f"No validation picture can go in. {as_plain_text(status.words)}"))
    elif status.inputs is None:
        looking = in_words_for(data, "Looking for the validation pictures …")
        show_waiting(looking, lambda: inputs_are_there(run, shown_circuit.key))
    if chosen == VALIDATION:
        return _validation(status.inputs, data) if status.inputs else Input(np.zeros(wires), "nothing yet"), status
    return (_own(run, shown_circuit.key) if chosen == OWN else None) or _by_hand(wires, data), status


def _validation(inputs: CircuitInputs, data: DataSettings) -> Input:
    with st.container(horizontal=True, vertical_alignment="bottom", key="circuit_picture_row"):
        if st.session_state.get(keys.CIRCUIT_PICTURE, 0) not in range(len(inputs.files)):
            st.session_state[keys.CIRCUIT_PICTURE] = 0
        index = st.selectbox(
            in_words_for(data, "Picture"),
            range(len(inputs.files)),
            key=keys.CIRCUIT_PICTURE,
            width=320,
            format_func=lambda each: f"{inputs.classes[inputs.labels[each]]}: {Path(inputs.files[each]).name}",
        )
        small = None if data.is_numbers else thumbnail(inputs.files[index])
        if isinstance(small, bytes):  # else the word for why there is none, and its name must do
            st.image(small, width=SIDE)
    return Input(inputs.angles[index], in_words_for(data, "this picture"), int(inputs.labels[index]))


def _own(run: TrainedRun, key: str) -> Input | None:
    keep_uploads_in_memory()
    upload = st.file_uploader("Drop one picture here: JPEG, PNG, WebP, TIFF, GIF or AVIF", key=keys.CIRCUIT_UPLOAD)
    if upload is None:
        return None
    picture = UploadedPicture(upload.file_id, upload.name, upload)
    model, book = model_of(run, key), session.circuit.answers
    ask = job_managers.express_jobs(), session.owner, model, [picture]
    progress = book.wait(*ask, PATIENCE_SECONDS)
    if not progress.is_over:
        show_waiting("Sending your picture through the image network …", lambda: book.refresh(*ask).is_over)
        return None
    return _answered(progress.answers, progress.failure)


def _answered(answers: tuple[Answer, ...], failure: ErrorMessage | None) -> Input | None:
    problem = " ".join(part for part in failure if part) if failure else answers[0].error
    if problem:
        st.error(as_plain_text(problem))
        return None
    st.image(answers[0].explained.seen, width=SIDE)
    return Input(answers[0].explained.angles.astype(float), "your picture")


def _by_hand(wires: int, data: DataSettings) -> Input:
    with st.expander(in_words_for(data, "The picture's angles"), icon=":material/image:"):
        st.markdown(
            in_words_for(
                data,
                "Every picture sets its own angles φ on the embedding gates. No picture is in this circuit now, so "
                "they are 0 until you set them; all figures, hover texts and files on this page use what stands here.",
            )
        )
        for start in range(0, wires, 4):
            for column, wire in zip(st.columns(4), range(start, min(start + 4, wires)), strict=False):
                column.number_input(
                    f"φ{wire}, radians",
                    -math.pi / 2,
                    math.pi / 2,
                    step=0.1,
                    format="%.3f",
                    value=0.0,
                    key=keys.picture_angle_key(wire),
                )
    angles = [st.session_state.get(keys.picture_angle_key(wire), 0.0) for wire in range(wires)]
    return Input(np.array(angles), "the angles set by hand")
