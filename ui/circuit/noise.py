"""The circuit under noise: which noise, one picture's states under it, and what each gate's noise costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.explain.noisy_walk import NoisyWalk, noisy_walk_job
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.settings import CircuitSettings, ReadoutSettings
from ui.base import job_managers
from ui.base.errors import show_user_error
from ui.circuit.figure import GateOverlay
from ui.circuit.validation_angles import show_waiting, wait_a_moment
from ui.session import keys, session
from ui.widgets.glossary import help_of
from ui.widgets.readout_dial import STEPS, show_dial

FIRST_NOISE = "Light noise"  # what the switch begins with where the dial stands at none


def show_noise(settings: CircuitSettings, angles: np.ndarray, weights: np.ndarray, *, live: bool) -> NoisyWalk | None:
    """Shows the switch and the dial; returns the states under the noise chosen, or None while there are none.

    Args:
        settings: The circuit.
        angles: What goes in, shape (qubits,), radians.
        weights: Trained angles, shape (weight_count,), radians.
        live: Whether they are being trained: then there is nothing to stand still at.
    """
    on = st.toggle(
        "With the noise of a real machine",
        key=keys.CIRCUIT_NOISE,
        disabled=live,
        on_change=_begin,
        help="Every gate is followed by its errors, and spheres show what is left of the state on average."
        + (" There once training is over." if live else f"\n\n{help_of('noise')}"),
    )
    if not on or live:
        return None
    with st.container(border=True, key="circuit_noise_dial"):
        readout = show_dial("circuit", settings)
    if not readout.is_noisy:
        st.caption("No noise is chosen. Shots alone leave the state as it is; they only blur what is read of it.")
        return None
    return _walk(settings, angles, weights, replace(readout, shots=0))


def noise_overlays(walk: NoisyWalk) -> dict[int, GateOverlay]:
    """Returns what the diagram shows of each gate: the fidelity its noise alone costs, the largest the strongest."""
    most, end = float(np.abs(walk.gains).max()), float(walk.fidelities[-1])
    return {
        gate: GateOverlay(
            -gain / most if most else 0.0,
            f"{abs(gain):.4f}",
            f"Without its noise alone: fidelity {end + gain:.4f} at the end, not {end:.4f}",
        )
        for gate, gain in enumerate(walk.gains.tolist())
    }


def noise_legend(walk: NoisyWalk) -> str:
    """Says what the colours mean where they show the cost of noise."""
    return (
        "The number on a gate is by how much the fidelity with the exact state at the end, "
        f"{walk.fidelities[-1]:.4f} now, would grow if that gate alone had no noise: the redder, the more it costs. "
        "It is of what goes in above; wrong readings come after the last gate and are not in it."
    )


def _begin() -> None:
    if st.session_state[keys.CIRCUIT_NOISE] and not session.readout.settings.is_noisy:
        session.readout.settings = STEPS[FIRST_NOISE]


def _walk(
    settings: CircuitSettings, angles: np.ndarray, weights: np.ndarray, readout: ReadoutSettings
) -> NoisyWalk | None:
    key = "noisy walk", settings, angles.tobytes(), weights.tobytes(), readout

    def ask() -> JobSnapshot[JobView[NoisyWalk]]:
        return job_managers.circuit_input_jobs().find_or_start(
            key, lambda: noisy_walk_job(settings, angles, weights, readout, session.owner)
        )

    found = wait_a_moment(ask)
    if found.view.error:
        show_user_error(UserError(*found.view.error))
    elif found.view.result is None:
        show_waiting("Computing the states under noise …", lambda: ask().is_over)
    return found.view.result
