"""Pauli vectors of many states under the steps of a program, in numpy alone.

A state is one column of an array (4**wires, lanes): a lane is a picture, or going backwards an observable. A matrix is
shared by all lanes, shape (4, 4), or each lane has its own, shape (lanes, 4, 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from qtl_core.network.noise.pauli_transfer import turn_slopes, turns
from qtl_core.network.simulators.pauli_program import Factor, Local, Pair, Program, Shuffle, Step, Turn

FIRST = np.array([1.0, 0.0, 0.0, 1.0])  # |0>: <I> and <Z>


class BoundAngles:
    """The angles of a program's turns: each a number that all lanes share, or one a lane.

    Args:
        angles: Shape (lanes, features), radians.
        weights: Shape (weight_count,), or (lanes, weight_count).
    """

    def __init__(self, angles: np.ndarray, weights: np.ndarray) -> None:
        self._values = {"feature": angles.T, "weight": weights.T}
        self._turns: dict[tuple[str, str], np.ndarray] = {}

    def matrix(self, local: Local) -> np.ndarray:
        """Returns what acts on a wire as one transfer matrix, (4, 4) or (lanes, 4, 4)."""
        return _product([self.factor(factor) for factor in local.factors])

    def slopes(self, local: Local) -> list[np.ndarray]:
        """Returns the derivatives of `matrix` by each of its angles, in the order they act."""
        parts = [self.factor(factor) for factor in local.factors]
        found = []
        for number, factor in enumerate(local.factors):
            if isinstance(factor, Turn):
                slope = turn_slopes(factor.axis, self._values[factor.source.kind][factor.source.index])
                found.append(_product([*parts[:number], slope, *parts[number + 1 :]]))
        return found

    def factor(self, factor: Factor) -> np.ndarray:
        """Returns the transfer matrix of a factor."""
        if not isinstance(factor, Turn):
            return factor
        key = (factor.axis, factor.source.kind)
        if key not in self._turns:
            self._turns[key] = turns(factor.axis, self._values[factor.source.kind])  # of all its angles in one go
        return np.asarray(self._turns[key][factor.source.index])


def _product(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Returns the product of what acts one after another; the last stands leftmost."""
    return reduce(lambda done, part: part @ done, parts) if parts else np.eye(4)


def prepared_wires(program: Program, bound: BoundAngles, lanes: int) -> list[np.ndarray]:
    """Returns every wire's own Pauli vector before wires meet, each of shape (lanes, 4)."""
    return [np.broadcast_to(bound.matrix(local) @ FIRST, (lanes, 4)) for local in program.prepared]


def product_states(vectors: Sequence[np.ndarray]) -> np.ndarray:
    """Returns the states whose wires are independent, shape (lanes, 4**wires), of their vectors (lanes, 4)."""
    return reduce(lambda left, right: (left[:, :, None] * right[:, None, :]).reshape(len(left), -1), vectors)


def forward(state: np.ndarray, step: Step, bound: BoundAngles, wires: int) -> np.ndarray:
    """Returns the states after a step, shape (4**wires, lanes)."""
    if isinstance(step, Local):
        return apply_local(state, bound.matrix(step), step.wire)
    if isinstance(step, Shuffle):
        return _shuffled(state, step)
    return _apply_pair(state, step.channel, step, wires)


def backward(state: np.ndarray, step: Step, bound: BoundAngles, wires: int) -> np.ndarray:
    """Returns the observables before a step, of those after it: its transpose, shape (4**wires, lanes)."""
    if isinstance(step, Local):
        return apply_local(state, bound.matrix(step).swapaxes(-1, -2), step.wire)
    if isinstance(step, Shuffle):
        return _shuffled(state, step.inverse())
    return _apply_pair(state, step.channel.T, step, wires)


def apply_local(state: np.ndarray, matrix: np.ndarray, wire: int) -> np.ndarray:
    """Returns states with one wire's components mixed by a matrix, (4, 4) or (lanes, 4, 4)."""
    lanes = state.shape[1]
    if matrix.ndim == 2:
        return np.matmul(matrix, state.reshape(4**wire, 4, -1)).reshape(-1, lanes)
    parts = state.reshape(4**wire, 4, -1, lanes)
    result = np.zeros_like(parts)
    for row in range(4):
        for column in range(4):
            if matrix[:, row, column].any():  # nearly half are 0: a turn leaves two components alone
                result[:, row] += matrix[:, row, column] * parts[:, column]
    return result.reshape(-1, lanes)


def overlaps(adjoint: np.ndarray, state: np.ndarray, wire: int) -> np.ndarray:
    """Returns what one wire's matrix is multiplied with in <observable|matrix|state>, shape (lanes, 4, 4)."""
    lanes = state.shape[1]
    left, right = adjoint.reshape(4**wire, 4, -1, lanes), state.reshape(4**wire, 4, -1, lanes)
    return np.einsum("biak,bjak->kij", left, right)


def _shuffled(state: np.ndarray, step: Shuffle) -> np.ndarray:
    return state[step.order] * step.signs[:, None]


def _apply_pair(state: np.ndarray, matrix: np.ndarray, step: Pair, wires: int) -> np.ndarray:
    tensor = state.reshape(*(4,) * wires, -1)
    moved = np.moveaxis(tensor, step.wires, (0, 1))
    done = (matrix @ moved.reshape(16, -1)).reshape(moved.shape)
    return np.ascontiguousarray(np.moveaxis(done, (0, 1), step.wires)).reshape(state.shape)
