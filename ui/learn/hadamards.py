"""The circuit with and without Hadamard gates: a lone qubit's answer, and the slopes that training begins with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from qtl_core.learn.hadamards import SIZES, at_zero, lone_qubit, usual_slopes
from ui.base.theme import ANSATZ, OTHER_ANSATZ, PUBLISHED
from ui.learn.widgets import chart, line, signed, whole

TOPIC = "hadamards"
ANGLES = np.radians(np.arange(-90, 91, 3))
KINDS = {"with": (True, ANSATZ, "solid"), "without": (False, OTHER_ANSATZ, "dash")}


def show() -> None:
    """Shows the slider, both charts, and what is seen at its place."""
    size = whole(
        TOPIC,
        "size",
        "The picture's angles, at most",
        10,
        "How far a picture turns the qubits.",
        0,
        90,
        step=5,
        unit="°",
    )
    _show_qubit(size)
    _show_slopes(size)
    st.caption(words(size))
    st.page_link("pages/circuit.py", label="See them in the whole circuit", icon=":material/arrow_outward:")


def words(size: int) -> str:
    """Says what the circuit feels at this size, and at zero."""
    at = SIZES.index(size)
    slopes = {name: usual_slopes(kind)[at] for name, (kind, *_) in KINDS.items()}
    felt, none = at_zero(True), at_zero(False)
    turned = math.radians(size)
    return (
        f"A lone qubit turned by {size}° says {signed(float(lone_qubit(np.array(turned), True)))} with the gate and "
        f"{signed(float(lone_qubit(np.array(turned), False)))} without; by −{size}° "
        f"{signed(float(lone_qubit(np.array(-turned), True)))} and "
        f"{signed(float(lone_qubit(np.array(-turned), False)))}. With angles up to {size}° a trained angle's usual "
        f"slope is {slopes['with']:.2f} with the gates and {slopes['without']:.2f} without. With all angles at zero, "
        f"{felt.felt} of the {felt.angles} trained angles change an answer with them, and {none.felt} without."
    )


def _show_qubit(size: int) -> None:
    curves = [
        line(np.degrees(ANGLES), lone_qubit(ANGLES, kind), f"{name} the gate", colour, dash=dash)
        for name, (kind, colour, dash) in KINDS.items()
    ]
    ends = [line([at, at], [-1, 1], "here", PUBLISHED, dash="dot", showlegend=False) for at in {-size, size}]
    chart(
        TOPIC,
        "qubit",
        [*curves, *ends],
        210,
        xaxis={"title": "The picture's angle", "ticksuffix": "°", "dtick": 45},
        yaxis={"title": "⟨Z⟩", "range": [-1.05, 1.05], "dtick": 0.5},
    )


def _show_slopes(size: int) -> None:
    curves: list[dict[str, Any]] = [
        line(SIZES, usual_slopes(kind), f"{name} the gates", colour, dash=dash)
        for name, (kind, colour, dash) in KINDS.items()
    ]
    here = line([size, size], [0, 0.4], "here", PUBLISHED, dash="dot", showlegend=False)
    chart(
        TOPIC,
        "slopes",
        [*curves, here],
        210,
        xaxis={"title": "The picture's angles, at most", "ticksuffix": "°", "dtick": 15},
        yaxis={"title": "Usual slope", "range": [0, 0.4]},
    )
