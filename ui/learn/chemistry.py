"""The energy of hydrogen and one's own knob; and how far angles learnt at one bond length carry, in three molecules."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from qtl_core.learn.chemistry import DISTANCES, best_angle, energy, exact_energy
from qtl_core.learn.experiments.chemistry import CHEMICAL_ACCURACY, kept_errors
from qtl_core.learn.molecules import NAMES, Molecule, molecule
from ui.base.theme import ANSATZ, OTHER_ANSATZ, PUBLISHED, TRAINED_ROTATION
from ui.learn.widgets import chart, choice, degrees, line, signed, stop, switch

TOPIC = "chemistry"
STOPS = [round(float(distance), 1) for distance in DISTANCES]
MOLECULES = {"LiH": "LiH", "HeH+": "HeH⁺", "H2": "H₂"}
FEWEST = 0.01  # millihartree: the lower end of the axis


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
    _show_kept()


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


def _show_kept() -> None:
    """Shows how far angles learnt at one bond length carry, unchanged."""
    st.markdown("**How far angles carry**")
    left, right = st.columns(2)
    with left:
        about = f"{', '.join(NAMES.values())}: two electrons in three orbitals, eight angles."
        key = choice(TOPIC, "molecule", "Molecule", MOLECULES, f"{about[:1].upper()}{about[1:]}")
    found = molecule(key)
    distances = [float(each) for each in found.distances]
    with right:
        middle = distances[len(distances) // 2]
        learnt = stop(TOPIC, f"learnt_{key}", "Learnt at, Å", middle, "Angles found here stay as they are.", distances)
    _show_errors(found, kept_errors(key, learnt))
    st.caption(kept_words(found, kept_errors(key, learnt), learnt))


def kept_words(found: Molecule, errors: np.ndarray, learnt: float) -> str:
    """Says from where to where kept angles are as good as a chemist asks for."""
    good = found.distances[errors <= CHEMICAL_ACCURACY]
    return (
        f"Eight angles learnt at {learnt:.2f} Å and kept as they are give the exact energy to within 1.6 millihartree "
        f"from {good.min():.2f} to {good.max():.2f} Å, of {found.distances[0]:.2f} to {found.distances[-1]:.2f} shown. "
        "Zero angles are Hartree-Fock."
    )


def _show_errors(found: Molecule, errors: np.ndarray) -> None:
    distances = found.distances.tolist()
    none = found.hamiltonians[:, 0, 0] - found.least
    curves = [
        line(distances, _millihartree(none), "angles at 0", OTHER_ANSATZ, dash="dash"),
        line(distances, _millihartree(errors), "angles kept", ANSATZ),
        line([distances[0], distances[-1]], [1e3 * CHEMICAL_ACCURACY] * 2, "asked for", PUBLISHED, dash="dot"),
    ]
    error = {"title": "Error, millihartree", "type": "log", "range": [math.log10(FEWEST), 2.3]}
    chart(TOPIC, "kept", curves, 280, xaxis={"title": "Distance, Å"}, yaxis=error)


def _millihartree(errors: np.ndarray) -> list[float]:
    return np.maximum(1e3 * errors, FEWEST).tolist()
