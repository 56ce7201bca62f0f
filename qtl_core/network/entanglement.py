"""Entanglement of a pure state: each qubit's own state, and the entropy of every cut between neighbours.

Entropies are von Neumann entropies in bits (Nielsen and Chuang 2000, section 11.3): 0 for a part that is in a state of
its own, 1 for a qubit of a Bell pair.
"""

from __future__ import annotations

import numpy as np


def bloch_vectors(state: np.ndarray) -> np.ndarray:
    """Returns (x, y, z) of every qubit's reduced state, shape (wires, 3); z is <Z>.

    The length is 1 for a qubit that is in a state of its own, less the more it is entangled with the others.

    Args:
        state: Amplitudes, shape (2**wires,); wire 0 is the highest bit.
    """
    return np.array([_bloch(_as_matrix(state, wire)) for wire in range(wires_of(state))])


def purities(vectors: np.ndarray) -> np.ndarray:
    """Returns the trace of the square of every qubit's reduced state, from 1/2 to 1: of `bloch_vectors`, (wires,)."""
    return (1 + np.square(vectors).sum(axis=1)) / 2


def qubit_entropies(vectors: np.ndarray) -> np.ndarray:
    """Returns the entropy of every qubit with the rest, bits: of `bloch_vectors`, shape (wires,)."""
    lengths = np.minimum(1, np.linalg.norm(vectors, axis=1))
    return np.array([_entropy(np.array([1 + length, 1 - length]) / 2) for length in lengths])


def cut_entropies(state: np.ndarray) -> np.ndarray:
    """Returns the entropy between the first k qubits and the others for k = 1, 2, ..., shape (wires - 1,), bits."""
    cuts = (state.reshape(2**first, -1) for first in range(1, wires_of(state)))
    return np.array([_entropy(np.square(np.linalg.svd(cut, compute_uv=False))) for cut in cuts])


def wires_of(state: np.ndarray) -> int:
    """Returns how many qubits a state of shape (2**wires,) has."""
    return len(state).bit_length() - 1


def _as_matrix(state: np.ndarray, wire: int) -> np.ndarray:
    """The amplitudes as (this qubit, all others)."""
    return np.moveaxis(state.reshape(2**wire, 2, -1), 1, 0).reshape(2, -1)


def _bloch(amplitudes: np.ndarray) -> tuple[float, float, float]:
    zero, one = amplitudes
    coherence = np.vdot(one, zero)  # the reduced state's upper right entry, (x - iy) / 2
    return 2 * coherence.real, -2 * coherence.imag, np.vdot(zero, zero).real - np.vdot(one, one).real


def _entropy(shares: np.ndarray) -> float:
    there = shares[shares > 1e-15]
    return float(-(there * np.log2(there)).sum() + 0.0)
