"""A pole held upright by one qubit."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from qtl_core.learn.control import FALLEN, GAINS, INTERVAL, SECONDS, Fall, balance, held_map
from ui.base.theme import ANSATZ, OTHER_ANSATZ, PUBLISHED
from ui.learn.widgets import again, chart, choice, heat, line, mark, stop

TOPIC = "control"
START = math.radians(10)
STOPS = [[round(float(gain), 1) for gain in gains] for gains in GAINS]
SHOTS = {"exact": "exact", "1": "1 shot", "10": "10 shots", "100": "100 shots"}


def show() -> None:
    """Shows gains and shots, the pole's way and the map of all controllers."""
    left, right = st.columns(2)
    with left:
        gain = stop(TOPIC, "angle_gain", "Gain of the angle", 0.4, "How far the angle turns the qubit.", STOPS[0])
    with right:
        brake = stop(TOPIC, "speed_gain", "Gain of the speed", 0.1, "How far the speed turns the qubit.", STOPS[1])
    shots = choice(TOPIC, "shots", "Each decision from", SHOTS, "Exact is what only a simulator has.")
    seed = again(TOPIC, "Let go again", "The same pole, with other luck.")
    gains = np.array([[gain], [brake]])
    qubit = balance(gains, START, None if shots == "exact" else int(shots), seed)
    plain = balance(gains, START, plain=True)
    _show_way(qubit, plain)
    _show_map(gain, brake)
    st.caption(words(qubit, plain))


def words(qubit: Fall, plain: Fall) -> str:
    """Says how long the pole stood, with either controller."""
    return (
        f"With the qubit the pole {_stood(qubit)}; with the plain weighted sum it {_stood(plain)}. The map: how long "
        f"each "
        "controller holds it, exact, from dark (falls at once) to bright (all of the time); the ring is yours."
    )


def _stood(fall: Fall) -> str:
    held = float(fall.held[0])
    return f"stood all of the {SECONDS:.0f} s" if held >= SECONDS else f"fell after {held:.1f} s"


def _show_way(qubit: Fall, plain: Fall) -> None:
    times = np.arange(len(qubit.angles)) * INTERVAL
    curves = [
        line(times, np.degrees(qubit.angles[:, 0]), "qubit", ANSATZ),
        line(times, np.degrees(plain.angles[:, 0]), "plain sum", OTHER_ANSATZ, dash="dash"),
    ]
    edge = math.degrees(FALLEN)
    chart(
        TOPIC,
        "way",
        curves,
        220,
        xaxis={"title": "Seconds", "range": [0, SECONDS]},
        yaxis={"title": "Angle", "ticksuffix": "°", "range": [-edge - 5, edge + 5], "dtick": 30},
        shapes=[
            {"type": "line", "x0": 0, "x1": SECONDS, "y0": y, "y1": y, "line": {"color": PUBLISHED}}
            for y in (-edge, edge)
        ],
    )


def _show_map(gain: float, brake: float) -> None:
    surface = heat(*GAINS, held_map(START), "angle %{x:.1f}, speed %{y:.1f}: %{z:.1f} s")
    chart(
        TOPIC,
        "map",
        [surface, mark(gain, brake)],
        240,
        showlegend=False,
        xaxis={"title": "Gain of the angle", "dtick": 1},
        yaxis={"title": "Gain of the speed"},
    )
