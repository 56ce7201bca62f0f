"""Effects of noise on one picture's state, in words chosen from its numbers: noise and entanglement told apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qtl_core.drawing.gate_readings import GateReading
from qtl_core.explain.noisy_walk import NoisyWalk

PURE = 1 - 5e-5  # what four digits show as 1
SMALL = 5e-5  # what four digits show as 0


def mixed_words(exact: np.ndarray, walk: NoisyWalk, gates: int) -> str:
    """Says how far noise has mixed the state, and which part of the shortest arrow's loss is its doing.

    Args:
        exact: Bloch vectors of the same state without noise, shape (qubits, 3).
        walk: The states under noise.
        gates: How many gates have acted.
    """
    purity = float(walk.purities[gates])
    if purity >= PURE:
        return (
            "No noise has mixed the state yet: the purity of all qubits together is 1, so what shortens an arrow is "
            "entanglement alone."
        )
    lengths, alone = np.linalg.norm(walk.vectors[gates], axis=1), np.linalg.norm(exact, axis=1)
    qubit = int(np.argmax(alone - lengths))
    together = "of all qubits together" if len(lengths) > 1 else "of the state"
    arrow = _arrow_words(qubit, float(alone[qubit]), float(lengths[qubit]))
    return (
        f"The purity {together} is {purity:.3f}: it would be 1 without noise, whatever the entanglement, and "
        f"{walk.lowest_purity:.3g} if nothing were known. {arrow}"
    )


def noise_step_words(walk: NoisyWalk, before: int, after: int) -> str:
    """Says what the noise of a step did: purity and fidelity before and after it.

    Args:
        walk: The states under noise.
        before: How many gates had acted before the step.
        after: How many after it.
    """
    changes = [
        f"{name} {values[before]:.4f} → {values[after]:.4f}"
        for name, values in (("purity", walk.purities), ("fidelity with the exact state", walk.fidelities))
    ]
    return "With its noise: " + ", ".join(changes) + "."


def costliest_words(walk: NoisyWalk, readings: Sequence[GateReading]) -> str:
    """Says which gate's noise costs the most fidelity at the end.

    Args:
        walk: The states under noise.
        readings: What there is to say of every gate.
    """
    end = float(walk.fidelities[-1])
    best = int(walk.gains.argmax())
    if walk.gains[best] < SMALL:
        return f"At the end the fidelity with the exact state is {end:.4f}; no gate's noise alone lowers it by 0.0001."
    gate = readings[best]
    where = f", layer {gate.gate.layer + 1}" if gate.gate.section == "layer" else ""
    return (
        f"At the end the fidelity with the exact state is {end:.4f}. The noise of gate {best + 1} ({gate.name}{where}) "
        f"costs most: without it alone the fidelity would be {end + walk.gains[best]:.4f}."
    )


def _arrow_words(qubit: int, alone: float, length: float) -> str:
    if alone - length < SMALL:
        return "No arrow is shorter than without noise."
    if alone >= PURE:
        return (
            f"Qubit {qubit}'s arrow has lost most to noise: its length is {length:.3f}, and it would be 1 without, "
            "as this qubit is entangled with none."
        )
    return (
        f"Qubit {qubit}'s arrow has lost most to noise: entanglement alone shortens it to {alone:.3f}, "
        f"noise further to {length:.3f}."
    )
