"""The energy of hydrogen over the distance of its atoms, and where one's own knob is."""

from __future__ import annotations

import math

import streamlit as st

from qtl_core.learn.chemistry import DISTANCES, best_angle, energy, exact_energy
from ui.base.theme import ANSATZ, OTHER_ANSATZ, PUBLISHED, TRAINED_ROTATION
from ui.learn.widgets import chart, degrees, line, signed, stop, switch

TOPIC = "chemistry"
STOPS = [round(float(distance), 1) for distance in DISTANCES]


def show() -> None:
    """Shows distance and knob, and the curves."""
    left, right = st.columns(2)
    with left:
        distance = stop(TOPIC, "distance", "Distance of the atoms, Å", 1.5, "Between the two protons.", STOPS)
        found = switch(TOPIC, "found", "Let the gradient find it", "Sixty steps by the parameter-shift rule.")
    with right:
        mine = degrees(TOPIC, "angle", "The knob", 0, "The angle of the circuit's only turn.", -180, 180)
    angle = best_angle(distance) if found else mine
    _show_curves(distance, angle)
    st.caption(words(distance, angle))


def words(distance: float, angle: float) -> str:
    """Says the energy, and the least there is."""
    here, exact = energy(distance, angle), exact_energy(distance)
    return (
        f"At {distance:.1f} Å and {signed(math.degrees(angle), 1)}° the energy is {signed(here, 4)} hartree. The exact "
        f"least of this description is {signed(exact, 4)}, {here - exact:.4f} below. A chemist asks for 0.0016."
    )


def _show_curves(distance: float, angle: float) -> None:
    distances = [float(each) for each in DISTANCES]
    found = [energy(each, best_angle(each)) for each in distances]
    exact = {"mode": "markers", "cliponaxis": False, "marker": {"color": PUBLISHED, "size": 5}}
    curves = [
        line(distances, [energy(each, 0) for each in distances], "knob at 0", OTHER_ANSATZ, dash="dash"),
        line(distances, found, "knob found", ANSATZ),
        line(distances, [exact_energy(each) for each in distances], "exact", PUBLISHED) | exact,
        line([distance], [energy(distance, angle)], "you", TRAINED_ROTATION)
        | {
            "mode": "markers",
            "cliponaxis": False,
            "marker": {"size": 13, "color": TRAINED_ROTATION, "line": {"width": 1.5}},
        },
    ]
    chart(
        TOPIC,
        "curve",
        curves,
        300,
        xaxis={"title": "Distance, Å"},
        yaxis={"title": "Energy, hartree", "range": [-1.2, -0.35]},
    )
