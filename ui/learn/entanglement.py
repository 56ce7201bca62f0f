"""One CNOT: the arrows in two spheres get shorter, and the answers agree more than hidden ones can."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from qtl_core.learn.qubits import agreement, pair
from qtl_core.network.entanglement import bloch_vectors, qubit_entropies
from ui.base.reader import ink
from ui.base.theme import MEASUREMENT, PUBLISHED
from ui.circuit.state_charts import spheres_figure
from ui.learn.bell_test import show_bell_test
from ui.learn.widgets import chart, degrees, line, show_figure, switch

TOPIC = "entanglement"
ANGLES = np.linspace(0, math.pi, 61)


def show(*, bell: bool = True) -> None:
    """Shows the slider, both spheres, and how entropy follows the angle.

    Args:
        bell: Whether the CHSH test of the pair follows.
    """
    angle = degrees(TOPIC, "angle", "Turn of qubit 0 before the CNOT", 60, "90° is halfway between 0 and 1.", high=180)
    cnot = switch(TOPIC, "cnot", "CNOT from qubit 0 to qubit 1", "Without it, the qubits never meet.", usual=True)
    state = pair(angle, cnot=cnot)
    vectors = bloch_vectors(state)
    show_figure(TOPIC, "spheres", spheres_figure(vectors, ink()))
    st.markdown(words(state))
    _show_entropy(angle, float(qubit_entropies(vectors)[0]))
    st.caption("The entropy of either qubit at every angle, with the CNOT; the mark is where you are.")
    if bell:
        show_bell_test(TOPIC, state, angle, cnot=cnot)


def words(state: np.ndarray) -> str:
    """Says how long the arrows are, and how the answers go together."""
    vectors = bloch_vectors(state)
    length, entropy = float(np.linalg.norm(vectors[0])), float(qubit_entropies(vectors)[0])
    return (
        f"Each arrow is {length:.2f} long, the entropy is **{entropy:.2f} bit**. Measured in Z, the two agree in "
        f"**{agreement(state):.0%}** of the cases; with a Hadamard gate before each measurement, in "
        f"**{agreement(state, turned=True):.0%}**. Two coins glued together would give 100% and 50%. But two "
        "directions prove nothing yet: two things that were each given an answer for both directions in advance, "
        "and just hide it, could agree as often."
    )


def _show_entropy(angle: float, entropy: float) -> None:
    curve = [float(qubit_entropies(bloch_vectors(pair(each)))[0]) for each in ANGLES]
    mark = {
        "type": "scatter",
        "x": [math.degrees(angle)],
        "y": [entropy],
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"size": 12, "color": MEASUREMENT},
        "name": "here",
    }
    curves = [line(np.degrees(ANGLES), curve, "with CNOT", PUBLISHED), mark]
    chart(
        TOPIC,
        "entropy",
        curves,
        200,
        showlegend=False,
        xaxis={"title": "Turn before the CNOT", "ticksuffix": "°", "dtick": 45, "range": [0, 180]},
        yaxis={"title": "Entropy, bit", "range": [-0.03, 1.08], "dtick": 0.5},
    )
