"""The falling error of an estimated risk, by simulated cases and by amplitude estimation."""

from __future__ import annotations

import numpy as np
import streamlit as st

from qtl_core.learn.finance import LOANS, REPEATS, Errors, amplified, errors, exact
from ui.base.theme import ANSATZ, MEASUREMENT, OTHER_ANSATZ
from ui.learn.widgets import again, chart, line, whole

TOPIC = "finance"
ROUNDS = np.arange(17)


def show() -> None:
    """Shows the loans, what Grover's rounds do, and both errors."""
    left, right = st.columns(2)
    with left:
        chance = whole(TOPIC, "chance", "A loan fails in", 10, "The chance of each, made up.", 2, 40, unit="%%") / 100
    with right:
        least = whole(TOPIC, "least", "Failures that are bad", 2, f"Of the {LOANS} loans, at least so many.", 1, LOANS)
    found = errors(chance, least, again(TOPIC, "Draw and measure again", "All of it, with other luck."))
    _show_rounds(chance, least)
    _show_errors(found)
    st.caption(words(found, chance, least))


def words(found: Errors, chance: float, least: int) -> str:
    """Says the exact risk, and how far off both ways are in the end."""
    return (
        f"Exactly, at least {least} of {LOANS} fail in {exact(chance, least):.2%} of the cases. With "
        f"{found.uses[-1]:,} uses, simulating is off by {found.lots[-1]:.2%} and amplitude estimation by "
        f"{found.amplitude[-1]:.2%} (root mean square of {REPEATS} repeats)."
    )


def _show_rounds(chance: float, least: int) -> None:
    turned = [amplified(chance, least, int(rounds)) for rounds in ROUNDS]
    curve = line(ROUNDS, turned, "bad", MEASUREMENT, mode="lines+markers", hovertemplate="%{x} rounds: %{y:.1%}")
    chart(
        TOPIC,
        "rounds",
        [curve],
        190,
        showlegend=False,
        xaxis={"title": "Rounds of Grover's operator", "dtick": 4},
        yaxis={"title": "A bad string", "tickformat": ".0%", "range": [-0.03, 1.08], "dtick": 0.5},
    )


def _show_errors(found: Errors) -> None:
    curves = [
        line(found.uses, found.lots, "simulating (Monte Carlo)", OTHER_ANSATZ, dash="dash", mode="lines+markers"),
        line(found.uses, found.amplitude, "amplitude estimation", ANSATZ, mode="lines+markers"),
    ]
    ticks = {"type": "log", "tickformat": "~g"}
    chart(
        TOPIC,
        "errors",
        curves,
        250,
        xaxis=ticks | {"title": "Uses of the circuit, or simulated cases", "dtick": 1},
        yaxis={"type": "log", "tickformat": ".2%", "title": "Error", "dtick": 1},
    )
