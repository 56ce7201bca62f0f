"""Asking: the pictures, the ready questions, and a question of one's own."""

from __future__ import annotations

import streamlit as st

from qtl_core.settings import RunSettings
from qtl_core.studies.naming import number_words
from ui.base.errors import as_plain_text
from ui.session import session
from ui.study.own_question import show_own_question
from ui.study.ready_questions import show_ready_questions
from ui.study.starting import base_settings
from ui.train.readout import readout_problem
from ui.train.source import show_source
from ui.widgets.glossary import help_of
from ui.widgets.materials import run_inputs_of, show_run_inputs


def show_asking() -> None:
    """Shows all that a study can be begun with."""
    inputs = run_inputs_of(session.screen.settings.data)
    base = base_settings(inputs)
    problem = inputs.problem or readout_problem(base)
    with st.container(border=True, key="study_pictures"):
        left, right = st.columns([4, 6], gap="large", vertical_alignment="center")
        with left:
            show_source()
        with right:
            show_run_inputs(session.screen.settings.data, inputs)
    st.markdown(
        f"{as_plain_text(_chosen_words(base))} [Change that on Train](train)",
        help=help_of("qubit", "depth", "epoch", "learning rate"),
    )
    show_ready_questions(base, problem)
    with st.expander("Ask a question of your own", icon=":material/tune:", key="own_question"):
        show_own_question(base, problem)


def _chosen_words(base: RunSettings) -> str:
    """Returns what is asked about, in a sentence: the settings that questions speak of as those chosen."""
    training, circuit = base.training, base.circuit
    size = f", {circuit.qubits} qubits and depth {circuit.depth}" if base.model.spec.has_circuit else ""
    rate = number_words(training.learning_rate)
    return f"Chosen: {base.model.spec.short}{size}, {training.epochs} epochs at a learning rate of {rate}."
