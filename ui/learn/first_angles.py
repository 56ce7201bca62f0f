"""First answers and first slopes by the spread that the circuit's angles start with."""

from __future__ import annotations

import math

import streamlit as st

from qtl_core.learn.first_angles import SPREADS, STARTS, first_answers
from ui.base.errors import guarded
from ui.base.theme import ANSATZ, OTHER_ANSATZ, PUBLISHED
from ui.learn.widgets import chart, line, stop, whole
from ui.session import session

TOPIC = "first_angles"


def show() -> None:
    """Shows the sliders, the curves, and a way to train with that spread."""
    left, right = st.columns(2)
    with left:
        qubits = whole(TOPIC, "qubits", "Qubits", 4, "Of the paper's circuit, six layers deep.", 2, 8)
    with right:
        spread = stop(
            TOPIC,
            "spread",
            "Initial spread, rad",
            0.01,
            "0.01 is the paper's; π is the whole circle.",
            _shown_spreads(),
        )
    at = _shown_spreads().index(spread)
    _show_curves(qubits, at)
    st.caption(words(qubits, at))
    if st.button("Train with this spread", icon=":material/model_training:", on_click=guarded()(_take), args=(at,)):
        st.switch_page("pages/train.py")


def words(qubits: int, at: int) -> str:
    """Says what fresh starts with that spread do."""
    found = first_answers(qubits)
    return (
        f"Over {STARTS} fresh starts with a spread of {SPREADS[at]:.3g} rad, the answer of qubit 0 to one picture "
        f"differs by ±{found.scatter[at]:.2g} from start to start (it lies between −1 and 1), and the usual slope of "
        f"the first angle is {found.slope[at]:.2f}; with angles from the whole circle ±{found.scatter[-1]:.2f} and "
        f"{found.slope[-1]:.2f}."
    )


def _shown_spreads() -> list[float]:
    return [round(spread, 3) for spread in SPREADS]


def _take(at: int) -> None:
    session.screen.choose("q_delta", min(SPREADS[at], math.pi))


def _show_curves(qubits: int, at: int) -> None:
    found = first_answers(qubits)
    top = 1.1 * float(max(found.slope.max(), found.scatter.max()))
    chart(
        TOPIC,
        "curves",
        [
            line(SPREADS, found.slope, "slope of the first angle", ANSATZ, mode="lines+markers"),
            line(SPREADS, found.scatter, "first answers differ by", OTHER_ANSATZ, dash="dash", mode="lines+markers"),
            line([SPREADS[at]] * 2, [0, top], "here", PUBLISHED, dash="dot", showlegend=False),
        ],
        300,
        xaxis={"title": "Initial spread of the angles, rad", "type": "log"},
        yaxis={"range": [0, top]},
    )
