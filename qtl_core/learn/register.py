"""A register of a few qubits in numpy: the gates that the Learn page needs beyond those of the app's own circuits.

A state is a vector of 2**wires amplitudes; wire 0 is the most significant bit, as everywhere in the app. Angles are in
radians, and gates have PennyLane's signs: RX(a) = exp(-i a X / 2) and so on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1.0, -1.0]).astype(complex)
H = (X + Z) / math.sqrt(2)
CNOT = np.eye(4, dtype=complex)[[0, 1, 3, 2]]


def zero(wires: int) -> np.ndarray:
    """Returns |0...0>, shape (2**wires,)."""
    state = np.zeros(2**wires, dtype=complex)
    state[0] = 1
    return state


def rx(angle: float) -> np.ndarray:
    """Returns exp(-i angle X / 2)."""
    return _turn(X, angle)


def ry(angle: float) -> np.ndarray:
    """Returns exp(-i angle Y / 2)."""
    return _turn(Y, angle)


def rz(angle: float) -> np.ndarray:
    """Returns exp(-i angle Z / 2)."""
    return _turn(Z, angle)


def act(matrix: np.ndarray, state: np.ndarray, wires: Sequence[int]) -> np.ndarray:
    """Returns the state after a gate.

    Args:
        matrix: Unitary, shape (2**k, 2**k).
        state: Amplitudes, shape (2**n,).
        wires: The k wires it acts on, in the order of the matrix's bits.
    """
    count, total = len(wires), len(state).bit_length() - 1
    gate = matrix.reshape((2,) * (2 * count))
    moved = np.tensordot(gate, state.reshape((2,) * total), axes=(range(count, 2 * count), wires))
    return np.moveaxis(moved, range(count), wires).reshape(-1)


def probabilities(state: np.ndarray) -> np.ndarray:
    """Returns the chance of every bit string, shape (2**wires,)."""
    return np.square(np.abs(state))


def sampled(state: np.ndarray, shots: int, seed: int) -> np.ndarray:
    """Returns how often each bit string comes up in `shots` measurements of all qubits, shape (2**wires,)."""
    chances = probabilities(state)
    return np.random.default_rng(seed).multinomial(shots, chances / chances.sum())


def _turn(pauli: np.ndarray, angle: float) -> np.ndarray:
    return math.cos(angle / 2) * np.eye(2) - 1j * math.sin(angle / 2) * pauli
