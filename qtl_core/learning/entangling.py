"""Two qubits and one CNOT: how entangled they get, and how their measurements go together."""

from __future__ import annotations

import numpy as np

from qtl_core.learning.register import CNOT, H, act, probabilities, ry, zero


def pair(angle: float, *, cnot: bool = True) -> np.ndarray:
    """Returns RY(angle) on qubit 0, then a CNOT from it to qubit 1, or none: amplitudes, shape (4,)."""
    state = act(ry(angle), zero(2), [0])
    return act(CNOT, state, [0, 1]) if cnot else state


def agreement(state: np.ndarray, *, turned: bool = False) -> float:
    """Returns how probable it is that both qubits give the same result.

    Args:
        state: Amplitudes of two qubits, shape (4,).
        turned: Whether both are measured in X, by a Hadamard gate on each before the measurement.
    """
    for wire in (0, 1) if turned else ():
        state = act(H, state, [wire])
    chances = probabilities(state)
    return float(chances[0] + chances[3])
