"""The CHSH test of the pair on screen: could answers that were hidden from the start be as strongly tied?"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import streamlit as st

from qtl_core.learn.bell import (
    CLASSICAL_BOUND,
    TSIRELSON_BOUND,
    Directions,
    MeasuredChsh,
    best_directions,
    chsh,
    correlation,
    measured_chsh,
)
from qtl_core.learn.qubits import pair
from ui.base.theme import ANSATZ, MEASUREMENT, PUBLISHED
from ui.learn.widgets import again, chart, line, signed, stop
from ui.widgets.glossary import word

SHOTS = (10, 100, 1_000, 10_000, 100_000)
SURE = 3  # standard errors above the bound, which luck passes about once in 700 tests
USUAL = 2  # standard errors: luck stays within them 19 times in 20
ANGLES = np.linspace(0, math.pi, 61)


def show_bell_test(topic: str, state: np.ndarray, angle: float, *, cnot: bool) -> None:
    """Shows S of the state at every turn before the CNOT, and one measurement of it.

    Args:
        topic: The topic's key.
        state: Amplitudes of both qubits, shape (4,).
        angle: The turn before the CNOT, radians.
        cnot: Whether there is one.
    """
    st.markdown(f"**Could they be socks?** The {word('CHSH')} test: four pairs of directions, each measured anew.")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        shots = int(stop(topic, "shots", "Shots a pair of directions", 1_000, "There are four pairs.", SHOTS))
    with right:
        seed = again(topic, "Measure again", "The same directions, with other luck.")
    directions = best_directions(state)
    found = measured_chsh(state, directions, shots, seed)
    _show_sum(topic, angle, found, cnot=cnot)
    st.markdown(bell_words(chsh(state, directions), found))
    st.caption(directions_words(state, directions))


def bell_words(exact: float, found: MeasuredChsh) -> str:
    """Says what S is, and whether hidden answers are ruled out by the exact value and by the shots."""
    possible = exact <= CLASSICAL_BOUND + 1e-9
    verdict = "hidden socks can do that" if possible else "hidden socks cannot do that, whatever is written on them"
    said = f"The best S of this state is **{exact:.3f}**: {verdict} (at most {CLASSICAL_BOUND:.0f}). "
    above = found.value - CLASSICAL_BOUND
    measured = f"Measured with 4 × {found.shots:,} shots, S is {found.value:.3f} ± {found.error:.3f}"
    if above <= 0:
        return f"{said}{measured}, not above {CLASSICAL_BOUND:.0f}."
    return f"{said}{measured}: {_luck_words(above, found, possible=possible)}."


def _luck_words(above: float, found: MeasuredChsh, *, possible: bool) -> str:
    """Says how far above the bound the shots are, and whether luck would do that.

    Args:
        above: By how much, more than 0.
        found: What was measured.
        possible: Whether hidden answers reach the exact S, so that nothing but luck can be above the bound.
    """
    bound = f"above {CLASSICAL_BOUND:.0f}"
    if found.shots <= SHOTS[0] or found.error == 0:
        return f"{bound}, but so few shots may do that by luck"
    errors = round(above / found.error, 1)
    if errors > SURE:
        return f"{errors:.0f} standard errors {bound}" + (": this time luck alone did it" if possible else "")
    by = f"by only {errors:.1f}" if errors >= 0.1 else "by less than 0.1"
    often = "" if errors <= USUAL else " now and then"
    return f"{bound} {by} standard errors, which luck gives{often}"


def directions_words(state: np.ndarray, directions: Directions) -> str:
    """Says along which angles is measured, and how strongly the answers go together there."""
    named = {
        "a": directions.a,
        "a′": directions.a_other,
        "b": directions.b,
        "b′": directions.b_other,
    }
    angles = ", ".join(f"{name} {signed(math.degrees(value), 0)}°" for name, value in named.items())
    means = [signed(correlation(state, *pair_of), 2) for pair_of in directions.pairs]
    return (
        f"Directions from Z towards X, the best for this state: {angles}. S = E(a,b) + E(a,b′) + E(a′,b) − E(a′,b′), "
        f"here with {', '.join(means)}; E is the mean product of both answers, +1 or −1 each. Quantum states reach at "
        f"most 2√2 = {TSIRELSON_BOUND:.3f}."
    )


@cache
def _best_sums() -> list[float]:
    """S at every turn, in its best directions, with the CNOT."""
    states = [pair(each) for each in ANGLES]
    return [chsh(state, best_directions(state)) for state in states]


def _show_sum(topic: str, angle: float, found: MeasuredChsh, *, cnot: bool) -> None:
    measured = {
        "type": "scatter",
        "x": [math.degrees(angle)],
        "y": [found.value],
        "error_y": {"type": "data", "array": [found.error], "color": MEASUREMENT},
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"size": 10, "color": MEASUREMENT},
        "name": "measured",
    }
    sums = _best_sums() if cnot else [chsh(state := pair(each, cnot=False), best_directions(state)) for each in ANGLES]
    bounds = ((CLASSICAL_BOUND, "hidden socks, at most 2"), (TSIRELSON_BOUND, "quantum, at most 2√2"))
    lines = [line([0, 180], [value] * 2, name, PUBLISHED, dash="dash", showlegend=False) for value, name in bounds]
    notes = [
        {"x": 2, "y": value, "text": name, "showarrow": False, "xanchor": "left", "yanchor": side}
        for (value, name), side in zip(bounds, ("top", "bottom"), strict=True)
    ]
    chart(
        topic,
        "chsh",
        [*lines, line(np.degrees(ANGLES), sums, "exact", ANSATZ), measured],
        230,
        showlegend=False,
        annotations=notes,
        xaxis={"title": "Turn before the CNOT", "ticksuffix": "°", "dtick": 45, "range": [0, 180]},
        yaxis={"title": "S", "range": [min(1.6, found.value - found.error - 0.1), 3.25], "dtick": 0.5},
    )
