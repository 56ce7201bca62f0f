"""Turn a qubit, measure copies of it."""

from __future__ import annotations

import streamlit as st

from qtl_core.learn.qubits import Measured, measure
from qtl_core.network.entanglement import bloch_vectors
from ui.base.reader import ink
from ui.base.theme import ANSATZ, MEASUREMENT, PUBLISHED
from ui.circuit.state_charts import spheres_figure
from ui.learn.widgets import again, chart, degrees, show_figure, stop, switch

TOPIC = "superposition"
SHOTS = (1, 10, 100, 1_000, 10_000)


def show() -> None:
    """Shows the sliders, the sphere, and the chances beside what was counted."""
    left, right = st.columns(2)
    with left:
        angle = degrees(TOPIC, "angle", "Turn about Y", 60, "How far the qubit is turned down from 0.", high=180)
        shots = int(stop(TOPIC, "shots", "Shots", 100, "How many copies are prepared and measured.", SHOTS))
    with right:
        phase = degrees(TOPIC, "phase", "Phase, a turn about Z", 0, "Turns the arrow around; its height stays.")
        hadamard = switch(TOPIC, "hadamard", "Hadamard gate at the end", "Turns what was phase into height.")
        seed = again(TOPIC, "Measure again", "The same copies again, with other luck.")
    found = measure(angle, phase, shots, seed, again=hadamard)
    sphere, bars = st.columns(2)
    with sphere:
        show_figure(TOPIC, "sphere", spheres_figure(bloch_vectors(found.state), ink()))
    with bars:
        _show_counts(found)
    st.caption(words(found))


def words(found: Measured) -> str:
    """Says what the chart shows."""
    shots = int(found.counts.sum())
    said = (
        f"The chance of 1 is {found.chance:.1%}; {found.counts[1]:,} of {shots:,} shots gave 1, a share of "
        f"{found.share:.1%}. With so many shots, it usually comes within ±{found.usual_error:.1%} of the chance."
    )
    return f"{said} {mixture_words(found)}"


def mixture_words(found: Measured) -> str:
    """Says what a coin of the same bias would give, and whether it can be told from the superposition."""
    if not found.again:
        return "A coin of the same bias, a mixture of 0 and 1, gives the same: here nothing tells them apart."
    same = abs(found.chance - found.chance_of_mixture) < 5e-4
    outcome = "the same, so at this angle and phase nothing tells them apart" if same else "the coherence shows"
    return f"A coin of the same bias put through the Hadamard gate gives 1 in {found.chance_of_mixture:.1%}: {outcome}."


def _show_counts(found: Measured) -> None:
    shares = found.counts / found.counts.sum()
    chances = [1 - found.chance, found.chance]
    names = ["0", "1"]
    common = {"type": "bar", "x": names, "texttemplate": "%{y:.0%}", "hovertemplate": "%{x}: %{y:.2%}"}
    coin = [1 - found.chance_of_mixture, found.chance_of_mixture]
    bars = [
        common | {"name": "Chance", "y": chances, "marker": {"color": ANSATZ}},
        common | {"name": "A coin's", "y": coin, "marker": {"color": PUBLISHED}},
        common | {"name": "Counted", "y": shares, "marker": {"color": MEASUREMENT}},
    ]
    chart(
        TOPIC,
        "counts",
        bars,
        210,
        xaxis={"title": "Result", "type": "category"},
        yaxis={"range": [0, 1.12], "tickformat": ".0%", "dtick": 0.5},
    )
