"""The Circuit page of a head without a circuit: that there is none, what there is instead, and where to go on."""

from __future__ import annotations

import streamlit as st

from qtl_core.settings.head_words import counted, head_in_words
from ui.circuit.source import NoCircuit
from ui.results.training_changes import show_training_changes
from ui.session import session


def show_without_circuit(found: NoCircuit) -> None:
    """Shows what a head is made of in place of a circuit, what training changed in it, and the next steps."""
    st.subheader("No circuit here", anchor=False)
    st.markdown(without_circuit_words(found))
    _show_next_steps(found)
    if found.run:
        show_training_changes(found.run, is_open=True)


def without_circuit_words(found: NoCircuit) -> str:
    """Says what the head is, how wide, and how many numbers it has."""
    spec = found.settings.model.spec
    whose = "This run's head is" if found.run else "The head that is chosen is"
    said = f"{whose} **{spec.title}**: {spec.about}."
    if found.run is None:
        return f"{said} Nothing in it is quantum, so there are no gates and no qubits to look at."
    prepared = found.run.prepared
    made = head_in_words(prepared.settings, prepared.feature_size, len(prepared.classes))
    return (
        f"{said} Here: {made}, {prepared.parameters:,} numbers between {counted(prepared.feature_size, 'feature')} and "
        f"{len(prepared.classes):,} classes. Nothing in it is quantum, so there are no gates and no qubits "
        "to look at."
    )


def _show_next_steps(found: NoCircuit) -> None:
    """Links to what shows such a head from inside, and to where one with a circuit is trained."""
    with st.container(horizontal=True, key="no_circuit_next"):
        if found.run and not found.settings.data.is_numbers and not session.screen.hides("predict"):
            st.page_link("pages/predict.py", label="See what it makes of a picture", icon=":material/add_a_photo:")
        if not session.screen.hides("train"):
            st.page_link("pages/train.py", label="Choose a head with a circuit", icon=":material/model_training:")
        if not session.screen.hides("runs"):
            st.page_link("pages/runs.py", label="Set it beside a run with a circuit", icon=":material/compare_arrows:")
