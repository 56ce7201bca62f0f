"""Channels and turns as real matrices on Pauli expectation values: what the density-matrix simulator works with.

A state of w wires is the real vector of Tr(P rho) over its 4**w Pauli strings P (each wire I, X, Y, Z in this order,
the first wire the highest digit). A channel, a gate among them, is a real matrix on it, its Pauli transfer matrix, and
what acts one after another is a product (Greenbaum, Introduction to Quantum Gate Set Tomography, 2015, section 2.1).
"""

from __future__ import annotations

from functools import reduce
from typing import Literal

import numpy as np

Axis = Literal["Y", "Z"]

_ONE = np.array(
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], complex
)  # I, X, Y, Z of one wire
# The two components that a turn about an axis mixes: it takes the second towards the first.
_TURNED = {"Y": (1, 3), "Z": (2, 1)}


def pauli_strings(wires: int) -> np.ndarray:
    """Returns the Pauli strings of some wires, shape (4**wires, 2**wires, 2**wires)."""
    return reduce(_kron_each, [_ONE] * wires)


def transfer_matrix(kraus: np.ndarray) -> np.ndarray:
    """Returns a channel's transfer matrix, shape (4**w, 4**w), of its Kraus operators (operators, 2**w, 2**w)."""
    strings = pauli_strings(kraus.shape[1].bit_length() - 1)
    # [i, j] = Tr(P_i K P_j K†) / 2**w, summed over the operators K
    into = np.einsum("kbc,jcd,kad->jba", kraus, strings, kraus.conj(), optimize=True)
    return np.einsum("iab,jba->ij", strings, into, optimize=True).real / kraus.shape[1]


def turns(axis: Axis, angles: np.ndarray) -> np.ndarray:
    """Returns the transfer matrices of turns about an axis, angles of shape (...) in radians: (..., 4, 4)."""
    return _turns(axis, np.cos(angles), np.sin(angles), 1.0)


def turn_slopes(axis: Axis, angles: np.ndarray) -> np.ndarray:
    """Returns the derivatives of `turns` by their angles, shape (..., 4, 4)."""
    return _turns(axis, -np.sin(angles), np.cos(angles), 0.0)


def _turns(axis: Axis, cos: np.ndarray, sin: np.ndarray, kept: float) -> np.ndarray:
    found = np.zeros((*np.shape(cos), 4, 4))
    first, second = _TURNED[axis]
    for row in {0, 1, 2, 3} - {first, second}:
        found[..., row, row] = kept
    found[..., first, first] = found[..., second, second] = cos
    found[..., first, second], found[..., second, first] = sin, -sin
    return found


def _kron_each(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Returns the Kronecker product of each matrix on the left with each on the right."""
    size = left.shape[1] * right.shape[1]
    return np.einsum("iab,jcd->ijacbd", left, right).reshape(-1, size, size)
