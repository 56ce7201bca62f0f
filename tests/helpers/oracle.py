"""The circuit from textbook definitions in plain numpy, sharing nothing with the project: full matrices and kron.

Wire 0 is the leftmost factor of the Kronecker product, and so the most significant bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np

ONE = np.eye(2)
X, Z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
HADAMARD = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
ZERO_ZERO, ONE_ONE = np.diag([1, 0]), np.diag([0, 1])  # |0><0| and |1><1|


def ry(angle: float) -> np.ndarray:
    """exp(-i angle Y / 2)."""
    return np.array([[np.cos(angle / 2), -np.sin(angle / 2)], [np.sin(angle / 2), np.cos(angle / 2)]])


def rz(angle: float) -> np.ndarray:
    """exp(-i angle Z / 2)."""
    return np.diag([np.exp(-0.5j * angle), np.exp(0.5j * angle)])


def rot(first: float, second: float, third: float) -> np.ndarray:
    """PennyLane's Rot: RZ(first), then RY(second), then RZ(third)."""
    return rz(third) @ ry(second) @ rz(first)


def on(wires: int, factors: dict[int, np.ndarray]) -> np.ndarray:
    """The product of the given one-wire matrices, the identity on all other wires: (2**wires, 2**wires)."""
    return reduce(np.kron, [factors.get(wire, ONE) for wire in range(wires)])


def cnot(wires: int, control: int, target: int) -> np.ndarray:
    """|0><0| on the control and nothing, plus |1><1| on the control and X on the target."""
    return on(wires, {control: ZERO_ZERO}) + on(wires, {control: ONE_ONE, target: X})


def pairs(entangler: str, wires: int) -> Iterator[tuple[int, int]]:
    """The CNOTs of one layer as the issue names them."""
    if entangler == "brick":
        yield from [(0, 1), (2, 3), (4, 5)][: wires // 2]
        yield from [(1, 2), (3, 4)][: (wires - 1) // 2]
    elif entangler == "ring" and wires > 1:
        for wire in range(wires - 1):
            yield wire, wire + 1
        yield wires - 1, 0
    elif entangler == "all":
        for left in range(wires):
            for right in range(left + 1, wires):
                yield left, right


def expectations(
    angles: np.ndarray, weights: np.ndarray, entangler: str, rotation: str, reuploading: bool
) -> np.ndarray:
    """<Z> of every wire for one picture.

    Args:
        angles: Picture angles, shape (wires,).
        weights: Trained angles, shape (depth, wires, 1 for RY or 3 for Rot).
    """
    wires = len(angles)
    embedding = on(wires, {wire: ry(angle) for wire, angle in enumerate(angles)})
    state = np.zeros(2**wires)
    state[0] = 1
    state = embedding @ on(wires, dict.fromkeys(range(wires), HADAMARD)) @ state
    for layer, layer_weights in enumerate(weights):
        if reuploading and layer:
            state = embedding @ state
        for control, target in pairs(entangler, wires):
            state = cnot(wires, control, target) @ state
        turn = {"ry": ry, "rot": rot}[rotation]
        state = on(wires, {wire: turn(*layer_weights[wire]) for wire in range(wires)}) @ state
    return np.array([np.real(state.conj() @ on(wires, {wire: Z}) @ state) for wire in range(wires)])
