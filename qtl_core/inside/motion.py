"""Every gate done by degrees, so that a state can be watched on its way and not only where it arrives.

A turn is made by a share of its angle; a gate that undoes itself (H, CNOT) is a turn by half a circle between its two
eigenspaces, U^s = P+ + exp(i pi s) P-. The states in between are what a machine that lets the gate act for a share of
its time would have: each is exact, none is interpolated.
"""

from __future__ import annotations

import cmath
import math

import numpy as np

from qtl_core.circuit import Circuit
from qtl_core.circuit.binding import BoundGate, Numbers, bind, gate_matrix
from qtl_core.drawing.sphere import axis_and_angle
from qtl_core.inside.entanglement import bloch_vectors
from qtl_core.inside.steps import applied, start_of, steps_of

_PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


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
    return math.cos(half) * np.eye(2) - 1j * math.sin(half) * np.einsum("p,pij->ij", axis, _PAULIS)
