"""Exact gradients of noisy expectation values by all angles: one pass forwards, one backwards.

Backwards goes an observable of each picture; where it meets an angle, the states kept on the way forwards say what the
angle does. Whatever the number of angles, that takes some three times as long as the values alone.
"""

from __future__ import annotations

import numpy as np

from qtl_core.common.checks import real_array
from qtl_core.network.noise.noisy_circuit import NoisyCircuit
from qtl_core.network.simulators.density_matrix import CHUNK, checked, z_strings
from qtl_core.network.simulators.pauli_program import Local, Program, program_of
from qtl_core.network.simulators.pauli_states import (
    FIRST,
    BoundAngles,
    backward,
    forward,
    overlaps,
    prepared_wires,
    product_states,
)

Jacobian = tuple[np.ndarray, np.ndarray, np.ndarray]


def expectations_with_jacobian(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> Jacobian:
    """Returns <Z> as it is read on average and its derivatives.

    Shapes: values (pictures, outputs); by the picture's own angles (pictures, outputs, outputs), the last axis its
    angles; by the trained ones (pictures, outputs, weight_count). Training needs less: `expectations_with_gradient`.

    Args:
        noisy: The circuit with its noise.
        angles: Pictures' angles, shape (pictures, outputs), radians.
        weights: Trained angles, shape (weight_count,), radians.

    Raises:
        InputError: The shapes do not fit, or the circuit has more than `MOST_DENSITY_WIRES` wires.
    """
    angles, weights = checked(noisy, angles, weights)
    outputs = noisy.outputs
    each = np.tile(np.eye(outputs), (len(angles), 1))
    values, by_angle, by_weight = _each_lane(noisy, np.repeat(angles, outputs, axis=0), weights, each)
    own = values.reshape(-1, outputs, outputs)[:, 0]
    return own, by_angle.reshape(-1, outputs, outputs), by_weight.reshape(-1, outputs, by_weight.shape[1])


def expectations_with_gradient(
    noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray, cotangents: np.ndarray
) -> Jacobian:
    """Returns <Z> as it is read on average, and the gradient of its sum with given factors.

    That is what reverse-mode differentiation hands on: for a loss whose derivatives by the values are `cotangents`,
    these are the loss's by all angles. Shapes: values (pictures, outputs), by the pictures' angles (pictures, outputs),
    by the trained ones (weight_count,), summed over the pictures.

    Args:
        noisy, angles, weights: As of `expectations_with_jacobian`.
        cotangents: Factors of the values, shape (pictures, outputs).

    Raises:
        InputError: The shapes do not fit, or the circuit has more than `MOST_DENSITY_WIRES` wires.
    """
    angles, weights = checked(noisy, angles, weights)
    cotangents = real_array("cotangents", cotangents, angles.shape, says="(pictures, outputs)").astype(float)
    values, by_angle, by_weight = _each_lane(noisy, angles, weights, cotangents)
    return values, by_angle, by_weight.sum(axis=0)


def _each_lane(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray, cotangents: np.ndarray) -> Jacobian:
    """Returns each lane's values and the gradients of their sum with its cotangents, in parts that fit in memory."""
    program = program_of(noisy)
    kept = 1 + sum(isinstance(step, Local) for step in program.steps)
    each = max(1, 32 * CHUNK // (kept * 4**program.wires))  # what is kept of the way forwards: some 64 MiB
    parts = []
    for first in range(0, len(angles), each):
        rows = slice(first, first + each)
        parts.append(_Pass(noisy, program, angles[rows], weights).back(cotangents[rows]))
    values, by_angle, by_weight = (np.concatenate(part) for part in zip(*parts, strict=True))
    return values, by_angle, by_weight


class _Pass:
    """One way forwards through a program, and back."""

    def __init__(self, noisy: NoisyCircuit, program: Program, angles: np.ndarray, weights: np.ndarray) -> None:
        self.noisy, self.program, self.lanes = noisy, program, len(angles)
        self.bound = BoundAngles(angles, weights)
        self.by_angle, self.by_weight = np.zeros(angles.shape), np.zeros((self.lanes, len(weights)))
        self.vectors = prepared_wires(program, self.bound, self.lanes)
        self.before: dict[int, np.ndarray] = {}  # states before each step that an angle is in
        state = np.ascontiguousarray(product_states(self.vectors).T)
        for number, step in enumerate(program.steps):
            if isinstance(step, Local) and step.sources:
                self.before[number] = state
            state = forward(state, step, self.bound, program.wires)
        self.true = state[z_strings(noisy)].T

    def back(self, cotangents: np.ndarray) -> Jacobian:
        """Returns the values, and the gradients of each lane's sum of them with its cotangents."""
        values = self.noisy.read_expectations(self.true)
        kept = 1 - self.noisy.confusion[:, 0, 1] - self.noisy.confusion[:, 1, 0]  # wrong readings shrink every slope
        adjoint = np.zeros((4**self.program.wires, self.lanes))
        adjoint[z_strings(self.noisy)] = (cotangents * kept).T
        for number in range(len(self.program.steps) - 1, -1, -1):
            step = self.program.steps[number]
            if number in self.before:
                assert isinstance(step, Local)
                self._collect(step, overlaps(adjoint, self.before.pop(number), step.wire))
            adjoint = backward(adjoint, step, self.bound, self.program.wires)
        self._collect_prepared(adjoint)
        return values, self.by_angle, self.by_weight

    def _collect(self, local: Local, overlap: np.ndarray) -> None:
        """Adds what a wire's angles do; `overlap` has the shape (lanes, 4, 4)."""
        found = {"feature": self.by_angle, "weight": self.by_weight}
        for source, slope in zip(local.sources, self.bound.slopes(local), strict=True):
            found[source.kind][:, source.index] += np.sum(overlap * slope, axis=(1, 2))

    def _collect_prepared(self, adjoint: np.ndarray) -> None:
        """Adds what the angles do that prepare the wires: one wire's vector changes, the others stay."""
        for wire, local in enumerate(self.program.prepared):
            if not local.sources:
                continue
            others = [vectors for other, vectors in enumerate(self.vectors) if other != wire]
            left = adjoint.reshape(4**wire, 4, -1, self.lanes)
            rest = product_states(others).T.reshape(4**wire, -1, self.lanes) if others else np.ones((1, 1, self.lanes))
            towards = np.einsum("biak,bak->ki", left, rest)
            self._collect(local, towards[:, :, None] * FIRST)
