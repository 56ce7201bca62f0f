"""Pauli vectors of wide circuits, one picture's at a time: wires go two by two, so that BLAS does the work.

Up to some six wires many pictures side by side fill a processor's registers (`pauli_states`). Beyond, a state alone
fills its near memory, and what counts is how often it is gone through: here every layer of gates and channels on single
wires is one 16 x 16 matrix for two wires, a quarter of the passes, each a product of matrices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from qtl_core.network.simulators.pauli_program import Local, Pair, Program, Shuffle
from qtl_core.network.simulators.pauli_states import BoundAngles, forward, prepared_wires, product_states

WIRES = 7  # from here on this is quicker than `pauli_states`; measured by `benchmarks.noise`


@dataclass(frozen=True, eq=False)
class _Block:
    """A matrix on neighbouring wires, for all pictures or for each its own.

    Attributes:
        matrices: Shape (1, d, d) or (pictures, d, d).
        left: Numbers of the wires above it.
    """

    matrices: np.ndarray
    left: int

    def apply(self, state: np.ndarray, picture: int) -> np.ndarray:
        """Returns one picture's state, shape (4**wires,), after it."""
        matrix = self.matrices[picture if len(self.matrices) > 1 else 0]
        parts = state.reshape(self.left, len(matrix), -1)
        if parts.shape[2] == 1:
            return (parts[:, :, 0] @ matrix.T).reshape(-1)
        return np.matmul(matrix, parts).reshape(-1)


def final_states(program: Program, angles: np.ndarray, weights: np.ndarray) -> Iterator[np.ndarray]:
    """Yields each picture's Pauli vector at the end, shape (4**wires,).

    Args:
        program: The steps of a noisy circuit.
        angles: Shape (pictures, features), radians.
        weights: Shape (weight_count,), or (pictures, weight_count).
    """
    bound = BoundAngles(angles, weights)
    stages = list(_stages(program, bound))
    wires = prepared_wires(program, bound, len(angles))
    for picture in range(len(angles)):
        state = product_states([wire[picture : picture + 1] for wire in wires])[0]
        for stage in stages:
            if isinstance(stage, _Block):
                state = stage.apply(state, picture)
            else:
                state = forward(state[:, None], stage, bound, program.wires)[:, 0]
        yield state


def _stages(program: Program, bound: BoundAngles) -> Iterator[_Block | Shuffle | Pair]:
    """Yields the steps of a program, those on single wires between two others as blocks of two wires."""
    for is_local, steps in groupby(program.steps, lambda step: isinstance(step, Local)):
        if not is_local:
            yield from (step for step in steps if not isinstance(step, Local))
            continue
        found: dict[int, np.ndarray] = {}
        for step in steps:
            assert isinstance(step, Local)
            matrix = bound.matrix(step)
            found[step.wire] = matrix @ found[step.wire] if step.wire in found else matrix
        yield from _blocks(found, program.wires)


def _blocks(found: dict[int, np.ndarray], wires: int) -> Iterator[_Block]:
    for first in range(0, wires, 2):
        pair = range(first, min(first + 2, wires))
        if any(wire in found for wire in pair):
            matrices = [found.get(wire, np.eye(4)).reshape(-1, 4, 4) for wire in pair]
            yield _Block(_kron(matrices), 4**first)


def _kron(matrices: list[np.ndarray]) -> np.ndarray:
    """Returns the product of one or two wires' matrices, shape (1 or pictures, d, d)."""
    if len(matrices) == 1:
        return matrices[0]
    one, other = matrices
    both = one[:, :, None, :, None] * other[:, None, :, None, :]
    return both.reshape(len(both), 16, 16)
