"""One gate at length: its angles, formula, matrix, and its effect on a Bloch sphere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from qtl_core.drawing import GateReading
from ui.bloch import bloch_figure, sphere_words
from ui.circuit_hover import FORMULAE, angle, matrix_formula
from ui.glossary import help_of
from ui.reader import ink
from ui.session import keys


def show_gate(readings: Sequence[GateReading], chosen: int | None, more: Callable[[int], None]) -> None:
    """Shows the choice of a gate, and the chosen one at length.

    Args:
        readings: What there is to say of every gate.
        chosen: Its position in the gate list.
        more: Shows what else is known of the gate at this position.
    """
    if st.session_state.get(keys.CIRCUIT_GATE) != chosen:
        st.session_state[keys.CIRCUIT_GATE] = chosen  # it belonged to a circuit with more gates
    st.selectbox(
        "Gate",
        range(len(readings)),
        index=None,
        key=keys.CIRCUIT_GATE,
        placeholder="Click a gate, or choose it here",
        format_func=lambda index: f"{index + 1}: {_place(readings[index])}{readings[index].name}",
    )
    if chosen is not None:
        with st.container(border=True, key="gate_details"):
            _show_angles(readings[chosen])
            more(chosen)
            _show_formula(readings[chosen])


def _place(reading: GateReading) -> str:
    return f"layer {reading.gate.layer + 1}, " if reading.gate.section == "layer" else f"{reading.gate.section}, "


def _show_angles(reading: GateReading) -> None:
    st.subheader(reading.name, anchor=False)
    st.markdown(reading.sentence)
    is_told = reading.is_trained and reading.is_before_known
    for now, before, driver in zip(reading.now, reading.before, reading.drivers, strict=True):
        moved = f", before training {angle(before)}, a change of {angle(now - before)}" if is_told else ""
        st.markdown(f"- **{angle(now)}**{moved}; set by {driver}")


def _show_formula(reading: GateReading) -> None:
    formula, sphere = st.columns([3, 2])
    with formula:
        st.latex(FORMULAE[reading.gate.kind])
        st.caption("With the numbers it has now:" if reading.now else "In numbers:")
        st.latex(matrix_formula(reading.matrix))
    with sphere:
        st.plotly_chart(bloch_figure(reading.turn, ink()), key="gate_sphere", config={"displayModeBar": False})
        st.caption(sphere_words(reading), help=help_of("Bloch sphere"))
