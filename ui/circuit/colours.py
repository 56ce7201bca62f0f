"""Colours of the diagram: how far training turned each gate, what it contributes, or what its noise costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from qtl_core.explain.gate_importance import GateImportances
from qtl_core.explain.noisy_walk import NoisyWalk
from qtl_core.explain.validation_angles import CircuitInputs
from qtl_core.network.ansatz import build_circuit
from ui.circuit.figure import GateOverlay
from ui.circuit.gate_importance import find_importances, gate_overlays, legend
from ui.circuit.noise import noise_legend, noise_overlays
from ui.circuit.source import ChosenCircuit
from ui.session import keys

TRAINING, IMPORTANCE, NOISE = "How far training turned it", "What it contributes", "What its noise costs"
HELP = {
    IMPORTANCE: "What a gate contributes: it is taken away, nothing is trained anew, and all validation pictures are "
    "asked again.",
    NOISE: "What its noise costs: by how much the state at the end would be nearer to the exact one if that gate alone "
    "had no noise.",
}


@dataclass(frozen=True)
class Colours:
    """The meaning of the diagram's colours, where it is not how far training turned each gate.

    Attributes:
        overlay: What is shown of each gate, or None.
        legend: What the colours mean, or "".
        importances: What each gate contributes, where that is asked for and known.
    """

    overlay: dict[int, GateOverlay] | None = None
    legend: str = ""
    importances: GateImportances | None = None


def show_colours(
    shown_circuit: ChosenCircuit,
    weights: np.ndarray,
    inputs: CircuitInputs | None,
    walk: NoisyWalk | None,
    *,
    by_hand: bool,
) -> Colours:
    """Shows what the diagram's colours can mean; returns what was chosen, as far as it is known.

    Args:
        shown_circuit: The circuit.
        weights: Its angles as they stand, those turned by hand among them, shape (weight_count,), radians.
        inputs: The run's validation pictures, or None: without them no gate's contribution is known.
        walk: One picture's states under noise, or None without noise.
        by_hand: Whether some angles were turned by hand.
    """
    there = [TRAINING, *([IMPORTANCE] if inputs else []), *([NOISE] if walk else [])]
    if len(there) == 1:
        return Colours()
    if st.session_state.get(keys.CIRCUIT_COLOURS) not in there:
        st.session_state[keys.CIRCUIT_COLOURS] = TRAINING
    chosen = st.segmented_control(
        "The colours show",
        there,
        key=keys.CIRCUIT_COLOURS,
        required=True,
        help="\n\n".join(HELP[each] for each in there if each in HELP),
    )
    if chosen == NOISE and walk:
        return Colours(noise_overlays(walk), noise_legend(walk))
    if chosen == IMPORTANCE and inputs and (found := find_importances(shown_circuit, weights, inputs)):
        overlay = gate_overlays(found, len(build_circuit(shown_circuit.settings).gates))
        return Colours(overlay, legend(found, by_hand), found)
    return Colours()
