"""Every gate done by degrees: one-qubit gates as turns of the Bloch sphere, states on their way through a circuit.

A turn is made by a share of its angle; a gate that undoes itself (H, CNOT) is a turn by half a circle between its two
eigenspaces, U^s = P+ + exp(i pi s) P-. The states in between are what a machine that lets the gate act for a share of
its time would have: each is exact, none is interpolated.
"""

from __future__ import annotations

import cmath
import math

import numpy as np

from qtl_core.network.binding import BoundGate, Numbers, bind, gate_matrix
from qtl_core.network.entanglement import bloch_vectors
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.trace import applied, start_of, steps_of

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


_PAULI_MATRICES = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


def interpolated_bloch_vectors(circuit: Circuit, angles: Numbers, weights: Numbers, parts: int = 8) -> np.ndarray:
    """Returns every qubit's Bloch vector all the way through, shape (steps * parts + 1, wires, 3).

    Row k * parts is after k of `steps_of(circuit)`; the rows between have the next step done by k / parts.

    Args:
        circuit: The gate list.
        angles: One picture's angles, shape (wires,), radians.
        weights: Trained angles, shape (weight_count,), radians.
        parts: How finely each step is cut.

    Raises:
        ValueError: There are not as many angles or weights as the circuit takes.
    """
    bound, state = bind(circuit, angles, weights), start_of(circuit)
    rows = [bloch_vectors(state.reshape(-1))]
    for step in steps_of(circuit):
        before = state
        for part in range(1, parts + 1):
            state = before
            for index in step.gates:
                gate = bound[index]
                state = applied(fractional_gate(gate, part / parts), gate.wires, state)
            rows.append(bloch_vectors(state.reshape(-1)))
    return np.array(rows)


def fractional_gate(gate: BoundGate, share: float) -> np.ndarray:
    """Returns the matrix of a gate that is done by a share from 0 to 1; up to a phase, 1 is the gate itself."""
    if gate.kind == "RY":
        return gate_matrix("RY", (share * gate.angles[0],))
    matrix = gate_matrix(gate.kind, gate.angles)
    if not gate.angles:  # it undoes itself
        unit, phase = np.eye(len(matrix)), cmath.exp(1j * math.pi * share)
        return (unit + matrix) / 2 + phase * (unit - matrix) / 2
    axis, angle = axis_and_angle(matrix)
    half = share * angle / 2
    return math.cos(half) * np.eye(2) - 1j * math.sin(half) * np.einsum("p,pij->ij", axis, _PAULI_MATRICES)
