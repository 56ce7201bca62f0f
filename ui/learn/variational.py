"""One qubit learns a curve."""

from __future__ import annotations

import streamlit as st

from qtl_core.learn.fourier import SHAPES, STEPS, Fit, best_possible, fit
from ui.base.theme import PUBLISHED, TRAINING
from ui.learn.widgets import again, chart, choice, line, whole

TOPIC = "variational"


def show() -> None:
    """Shows the choices, and the curve after as many steps as wished."""
    shape = choice(TOPIC, "shape", "The curve to learn", {name: name for name in SHAPES}, "What the output should be.")
    left, right = st.columns(2)
    with left:
        times = whole(
            TOPIC, "times", "How often the point enters", 2, "Each time, RZ(x) turns the qubit by the point.", 1, 5
        )
    with right:
        step = whole(TOPIC, "step", "Training steps", STEPS, "Drag back to see how it came about.", 0, STEPS)
    found = fit(shape, times, again(TOPIC, "Start from other angles", "Training begins at random angles."))
    _show_curves(found, step)
    st.caption(words(found, shape, times, step))


def words(found: Fit, shape: str, times: int, step: int) -> str:
    """Says how good the fit is, and the best there can be."""
    reach = "one wave" if times == 1 else f"{times} waves"
    return (
        f"After {step} steps the mean squared error is {found.errors[step]:.4f}, with {found.weights.size} trained "
        f"angles. The best any sum of a constant and {reach} can do is {best_possible(shape, times):.4f}."
    )


def _show_curves(found: Fit, step: int) -> None:
    curves = [
        line(found.x, found.wanted, "to be learnt", PUBLISHED, dash="dash"),
        line(found.x, found.curves[step], "circuit", TRAINING, hovertemplate="x %{x:.2f}: ⟨Z⟩ %{y:.3f}"),
    ]
    chart(
        TOPIC, "curve", curves, 300, xaxis={"title": "x"}, yaxis={"title": "⟨Z⟩", "range": [-1.05, 1.05], "dtick": 0.5}
    )
