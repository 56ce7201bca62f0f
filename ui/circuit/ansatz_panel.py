"""The ansatz at a glance: what the circuit on the table is made of and can do, beside another choice if wished."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import streamlit as st

from qtl_core.network.analysis.resources import Counts, count
from qtl_core.network.ansatz import build_circuit
from qtl_core.settings import CircuitSettings, FieldSpec, spec_of
from ui.circuit.ansatz_jobs import Shown
from ui.circuit.ansatz_measures import show_plateau, show_sampling
from ui.circuit.ansatz_sentences import cone_words, counts_table, describe
from ui.session import keys
from ui.widgets.glossary import help_of

ON_TABLE, OTHER = "On the table", "Compared with"
COMPARED = ("entangler", "rotation", "depth", "reuploading")  # the qubits are those on the table
CONE_HELP = (
    "This is read off how the gates are wired: nothing outside can change the output, whatever the angles; something "
    "inside may still turn out not to."
)


def show_ansatz(settings: CircuitSettings) -> None:
    """Shows the section.

    Args:
        settings: The circuit on the table.
    """
    st.subheader("The ansatz at a glance", anchor=False, help=help_of("ansatz", "entangler"))
    st.markdown(
        "An ansatz is the circuit without its numbers: which gates, in which order. This is what it is made of, and "
        "what it can do with any angles at all."
    )
    other = _choose_other(settings)
    shown = [Shown(ON_TABLE, settings), *([Shown(OTHER, other)] if other else [])]
    for column, each in zip(st.columns(len(shown), gap="medium"), shown, strict=True):
        with column:
            _show_counts(each, _counts(each.settings))
    show_sampling(shown)
    show_plateau(shown)


def _choose_other(settings: CircuitSettings) -> CircuitSettings | None:
    """Asks what to compare with; None where nothing is wished, or where it would be the same."""
    if not st.toggle(
        "Compare with another ansatz",
        key=keys.ANSATZ_COMPARED,
        persist_state="session",
        help="Another choice of gates for as many qubits, side by side with the circuit on the table.",
    ):
        return None
    columns = st.columns(len(COMPARED), vertical_alignment="bottom")
    found: dict[str, Any] = {}
    for column, name in zip(columns, COMPARED, strict=True):
        with column:
            found[name] = _choose(name, spec_of(settings, name), _first_choice(settings, name))
    other = replace(settings, **found)
    if other == settings:
        st.info("This is the circuit on the table itself. Choose something else to compare it with.")
        return None
    return other


def _first_choice(settings: CircuitSettings, name: str) -> object:
    """As on the table, but with another entangler, so that there is something to see."""
    if name == "entangler":
        return "ring" if settings.entangler != "ring" else "brick"
    return getattr(settings, name)


def _choose(name: str, spec: FieldSpec, usual: object) -> object:
    key = keys.other_ansatz_key(name)
    st.session_state.setdefault(key, usual)
    common: dict[str, Any] = {"key": key, "persist_state": "session"}
    if spec.kind == "choice":
        labels = {choice.value: choice.label for choice in spec.choices}
        return st.selectbox(spec.label, list(labels), format_func=lambda value: labels.get(value, value), **common)
    if spec.kind == "flag":
        return st.toggle(spec.label, **common)
    return st.slider(spec.label, int(spec.low), int(spec.high), **common)


@lru_cache(maxsize=64)
def _counts(settings: CircuitSettings) -> Counts:
    return count(build_circuit(settings))


def _show_counts(shown: Shown, counts: Counts) -> None:
    st.markdown(f"**{shown.title}: {describe(shown.settings)}**")
    st.markdown(counts_table(counts))
    st.markdown(cone_words(counts))
    with st.expander("The light cone of every output", icon=":material/filter_alt:"):
        st.dataframe(
            {
                "Output": [f"⟨Z⟩ of qubit {cone.wire}" for cone in counts.cones],
                "Embedded angles it can depend on": [", ".join(map(str, cone.pictures)) for cone in counts.cones],
                "Gates": [cone.gates for cone in counts.cones],
                "Trained angles": [cone.trained for cone in counts.cones],
            },
            hide_index=True,
        )
        st.caption(CONE_HELP, help=help_of("light cone"))
