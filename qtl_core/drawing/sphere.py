"""A one-qubit gate as a turn of the Bloch sphere."""

from __future__ import annotations

import math

import numpy as np

_PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


def axis_and_angle(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    """Returns the axis, shape (3,), and the angle in radians, 0 to pi, of the turn that a 2x2 unitary makes.

    Up to a phase, which no measurement sees, the matrix is cos(angle / 2) I - i sin(angle / 2) (axis . sigma). A gate
    that turns nothing has no axis of its own, and gets Z.
    """
    special = matrix / np.sqrt(complex(np.linalg.det(matrix)))
    cos = special.trace().real / 2
    sin_axis = np.real(1j * np.einsum("pij,ji->p", _PAULIS, special)) / 2
    if cos < 0:  # the other sign of the square root: the same turn, the short way round
        cos, sin_axis = -cos, -sin_axis
    sin = float(np.linalg.norm(sin_axis))
    axis = sin_axis / sin if sin > 1e-12 else np.array([0.0, 0.0, 1.0])
    return axis, 2 * math.atan2(sin, cos)


def path(matrix: np.ndarray, start: np.ndarray, steps: int = 25) -> np.ndarray:
    """Returns the way a Bloch vector takes under the gate, shape (steps, 3), both ends included (by Rodrigues)."""
    axis, angle = axis_and_angle(matrix)
    angles = np.linspace(0, angle, steps)[:, None]
    along = axis * (axis @ start)
    return along + np.cos(angles) * (start - along) + np.sin(angles) * np.cross(axis, start)
