"""The slope by the parameter-shift rule and by a finite difference, from shots."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from qtl_core.learn.parameter_shift import REPEATS, Slopes, estimate, value
from ui.base.theme import ANSATZ, MEASUREMENT, OTHER_ANSATZ, PUBLISHED
from ui.learn.widgets import again, chart, degrees, line, signed, stop

TOPIC = "gradients"
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
SHOTS = (100, 1_000, 10_000, 100_000, 1_000_000)
ANGLES = np.linspace(-math.pi, math.pi, 73)


def show() -> None:
    """Shows the sliders, the value with both pairs of settings, and where the estimates fall."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        angle = degrees(TOPIC, "angle", "The knob", 45, "Where the slope is wanted.", -180, 180)
        shots = int(stop(TOPIC, "shots", "Shots a setting", 1_000, "Either way measures two settings.", SHOTS))
    with right:
        step = stop(TOPIC, "step", "Finite difference's step, rad", 0.1, "The distance of its two settings.", STEPS)
        seed = again(TOPIC, "Measure again", "The same settings, with other luck.")
    found = estimate(angle, step, shots, seed)
    _show_value(angle, step)
    _show_estimates(found)
    st.caption(words(found))


def words(found: Slopes) -> str:
    """Says how far the estimates scatter."""
    shift, difference = found.shift.std(), found.difference.std()
    compared = f"{difference / shift:.1f} times as much as" if shift > 0 else "more than"
    return (
        f"The slope is {signed(found.exact, 4)}. Of {REPEATS} estimates each, the shift rule's scatter by "
        f"±{shift:.4f}, the finite difference's by ±{difference:.4f}: {compared} the rule's."
    )


def _show_value(angle: float, step: float) -> None:
    settings = {"shift rule": (math.pi / 2, ANSATZ, "circle"), "finite difference": (step / 2, OTHER_ANSATZ, "diamond")}
    marks = [
        {
            "type": "scatter",
            "x": np.degrees(at := [angle - half, angle + half]),
            "y": [value(each) for each in at],
            "mode": "markers",
            "cliponaxis": False,
            "name": name,
            "marker": {"size": 11, "color": colour, "symbol": symbol},
        }
        for name, (half, colour, symbol) in settings.items()
    ]
    curve = line(np.degrees(ANGLES), [value(each) for each in ANGLES], "value", MEASUREMENT, showlegend=False)
    chart(
        TOPIC,
        "value",
        [curve, *marks],
        210,
        xaxis={"title": "Knob", "ticksuffix": "°", "dtick": 90},
        yaxis={"title": "⟨Z⟩", "range": [-1.05, 1.05], "dtick": 0.5},
    )


def _show_estimates(found: Slopes) -> None:
    """Every estimate as a point in a strip of its kind, and the slope as a line through both."""
    scatter = np.linspace(-0.3, 0.3, len(found.shift))
    strips = [
        {
            "type": "scatter",
            "x": values,
            "y": row + scatter,
            "mode": "markers",
            "cliponaxis": False,
            "name": name,
            "opacity": 0.5,
            "marker": {"size": 5, "color": colour},
            "hovertemplate": "%{x:.4f}",
        }
        for row, (name, values, colour) in enumerate(
            [("finite difference", found.difference, OTHER_ANSATZ), ("shift rule", found.shift, ANSATZ)]
        )
    ]
    exact = line([found.exact] * 2, [-0.5, 1.5], "slope", PUBLISHED, dash="dot")
    chart(
        TOPIC,
        "estimates",
        [*strips, exact],
        190,
        showlegend=False,
        xaxis={"title": "Estimated slope"},
        yaxis={"tickvals": [0, 1], "ticktext": ["difference", "shift rule"], "range": [-0.5, 1.5]},
    )
