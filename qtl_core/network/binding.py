"""The gate list with numbers in place of their sources, and every gate's matrix, in numpy alone.

For whatever shows or writes a circuit down and must not wait for torch: drawings, exports, pages.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.common.checks import instance, one_of, real_array
from qtl_core.network.gates import GATE_KINDS, Circuit, Gate

Numbers = Sequence[float] | np.ndarray


@dataclass(frozen=True)
class BoundGate:
    """A gate whose angles are numbers: its kind, its wires, and its angles in radians."""

    kind: str
    wires: tuple[int, ...]
    angles: tuple[float, ...]


def bind(circuit: Circuit, angles: Numbers, weights: Numbers) -> tuple[BoundGate, ...]:
    """Returns every gate with its angles, in the order of the circuit.

    Args:
        circuit: The gate list.
        angles: One picture's angles, shape (wires,), radians.
        weights: Trained angles, shape (weight_count,), radians.

    Raises:
        InputError: There are not as many angles or weights as the circuit takes, or they are no finite numbers.
    """
    instance("circuit", circuit, Circuit)
    angles = real_array("angles", angles, (circuit.wires,), says="(wires,)")
    weights = real_array("weights", weights, (circuit.weight_count,), says="(weight_count,)")
    return tuple(BoundGate(gate.kind, gate.wires, bound_angles(gate, angles, weights)) for gate in circuit.gates)


def bound_angles(gate: Gate, angles: Numbers, weights: Numbers) -> tuple[float, ...]:
    """Returns the angles of one gate, radians, in the order the gate takes them."""
    values = {"feature": angles, "weight": weights}
    return tuple(float(values[source.kind][source.index]) for source in gate.angles)


def gate_matrix(kind: str, angles: Sequence[float] = ()) -> np.ndarray:
    """Returns a gate's matrix in the basis |0>, |1> (CNOT: |00>, |01>, |10>, |11>, control first).

    Shape (2, 2), or (4, 4) for CNOT; complex only for Rot.
    """
    one_of("kind", kind, tuple(GATE_KINDS))
    if kind == "CNOT":
        return np.eye(4)[[0, 1, 3, 2]]
    if kind == "H":
        return np.array([[1.0, 1.0], [1.0, -1.0]]) / math.sqrt(2)
    if kind == "RY":
        return _ry(*angles)
    first, second, third = angles
    return _rz(third) @ _ry(second) @ _rz(first)


def _ry(angle: float) -> np.ndarray:
    cos, sin = math.cos(angle / 2), math.sin(angle / 2)
    return np.array([[cos, -sin], [sin, cos]])


def _rz(angle: float) -> np.ndarray:
    return np.diag(np.exp([-0.5j * angle, 0.5j * angle]))
