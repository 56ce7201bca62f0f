"""The torch interpreter of the gate list: a state vector for the whole batch at once, differentiable.

Wire 0 is the most significant bit, so a state of shape (batch, 2**wires) seen as (batch, before, 2**k, after)
has the k wires that follow the first ones in its third dimension. Two things make it quick, both decided once when the
simulator is made, because a training run interprets the same list thousands of times:

- a run of CNOTs is a permutation of the amplitudes, applied as one indexing;
- between two such runs every wire just collects one-wire gates, whose product is one 2x2 matrix; up to
  `WIRES_PER_MATRIX` neighbouring wires are applied together as the Kronecker product of theirs.

Where the gates allow it the amplitudes stay real.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import groupby

import torch
from torch import Tensor

from qtl_core.common.checks import float_tensor, instance
from qtl_core.network.gates import Circuit, Gate


def hadamard(dtype: torch.dtype, device: torch.device) -> Tensor:
    """Returns H, shape (2, 2)."""
    return torch.tensor([[1.0, 1.0], [1.0, -1.0]], dtype=dtype, device=device) / math.sqrt(2)


def ry(angles: Tensor) -> Tensor:
    """Returns RY of every angle (radians): shape (..., 2, 2), real."""
    cos, sin = torch.cos(angles / 2), torch.sin(angles / 2)
    return torch.stack((cos, -sin, sin, cos), dim=-1).unflatten(-1, (2, 2))


def rot(angles: Tensor) -> Tensor:
    """Returns Rot(a, b, c) = RZ(c) RY(b) RZ(a) of every triple (radians): shape (..., 3) to (..., 2, 2), complex."""
    first, second, third = angles.unbind(-1)
    cos, sin = torch.cos(second / 2), torch.sin(second / 2)
    both, difference = _polar(cos, (first + third) / 2), _polar(sin, (first - third) / 2)
    return torch.stack((both.conj(), -difference, difference.conj(), both), dim=-1).unflatten(-1, (2, 2))


def _polar(length: Tensor, angle: Tensor) -> Tensor:
    # torch.polar's gradient has the wrong sign where the length is negative, and it is half of the time here
    return torch.complex(length * torch.cos(angle), length * torch.sin(angle))


def kron(left: Tensor, right: Tensor) -> Tensor:
    """Returns the Kronecker product over the last two dimensions; leading dimensions broadcast."""
    product = left[..., :, None, :, None] * right[..., None, :, None, :]
    return product.flatten(-2).flatten(-3, -2)


WIRES_PER_MATRIX = 4  # 16x16: fewer, larger products win until the matrices cost more than the state (measured)


@dataclass(frozen=True)
class Column:
    """The one-wire gates between two runs of CNOTs: for every wire, those on it in the order they act."""

    gates: tuple[tuple[Gate, ...], ...]


class StateVectorSimulator:
    """Runs a circuit on a batch of pictures and returns <Z> of every wire."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = instance("circuit", circuit, Circuit)
        self.steps = _steps(circuit)
        self.signs = z_signs(circuit.wires)

    def __call__(self, angles: Tensor, weights: Tensor) -> Tensor:
        """Returns expectation values, shape (batch, wires), dtype of `angles`.

        Args:
            angles: Picture angles, shape (batch, wires), radians.
            weights: Trained angles, shape (weight_count,), radians.
        """
        state = self.final_state(angles, weights)
        probabilities = state.square() if not state.is_complex() else state.real.square() + state.imag.square()
        return probabilities @ self.signs.to(angles)

    def final_state(self, angles: Tensor, weights: Tensor) -> Tensor:
        """Returns the amplitudes before measurement, shape (batch, 2**wires), complex only where needed.

        Raises:
            InputError: The shapes do not fit the circuit.
        """
        float_tensor("angles", angles, (None, self.circuit.wires), (0, self.circuit.wires), says="(batch, wires)")
        float_tensor("weights", weights, (self.circuit.weight_count,), says="(weight_count,)")
        gate_matrices = _GateMatrices(self.circuit, angles, weights)
        state = torch.zeros(len(angles), 2**self.circuit.wires, dtype=gate_matrices.dtype, device=angles.device)
        state[:, 0] = 1
        for step in self.steps:
            state = state[:, step] if isinstance(step, Tensor) else _apply(step, state, gate_matrices)
        return state


def z_signs(wires: int) -> Tensor:
    """Returns the eigenvalue of Z on each wire for each basis state, shape (2**wires, wires), entries 1 and -1."""
    basis = torch.arange(2**wires)
    return torch.stack([1.0 - 2.0 * ((basis >> (wires - 1 - wire)) & 1) for wire in range(wires)], dim=1)


def _steps(circuit: Circuit) -> list[Column | Tensor]:
    """Turns the gate list into columns of one-wire gates and permutations, in alternation."""
    runs = groupby(circuit.gates, key=lambda gate: gate.kind == "CNOT")
    return [permutation(circuit.wires, run) if is_cnot else _column(circuit.wires, run) for is_cnot, run in runs]


def _column(wires: int, run: Iterable[Gate]) -> Column:
    gates = tuple(run)
    return Column(tuple(tuple(gate for gate in gates if gate.wires == (wire,)) for wire in range(wires)))


def permutation(wires: int, run: Iterable[Gate]) -> Tensor:
    """Returns `order` with new_state[k] = state[order[k]]: a target bit flips where its control bit is set."""
    order = torch.arange(2**wires)
    for control, target in (gate.wires for gate in run):
        basis = torch.arange(2**wires)
        control_bit = (basis >> (wires - 1 - control)) & 1
        order = order[basis ^ (control_bit << (wires - 1 - target))]
    return order


class _GateMatrices:
    """The matrix of every gate, all of one kind computed together: (2, 2) if trained, (batch, 2, 2) if a picture's."""

    def __init__(self, circuit: Circuit, angles: Tensor, weights: Tensor) -> None:
        self.dtype = angles.dtype if circuit.is_real else angles.dtype.to_complex()
        self.identity = torch.eye(2, dtype=self.dtype, device=angles.device)
        self.hadamard = hadamard(self.dtype, angles.device)
        self.embedding = ry(angles).to(self.dtype).unbind(1)
        trained = ry(weights) if circuit.is_real else rot(weights.view(-1, 3))
        self.trained = trained.unbind(0)

    def product(self, gates: tuple[Gate, ...]) -> Tensor:
        """Returns the product of gates that act one after another on one wire; the last stands leftmost."""
        return reduce(
            lambda product, gate: self.of(gate) @ product, gates[1:], self.of(gates[0]) if gates else self.identity
        )

    def of(self, gate: Gate) -> Tensor:
        if gate.kind == "H":
            return self.hadamard
        source = gate.angles[0]
        if source.kind == "feature":
            return self.embedding[source.index]
        return self.trained[source.index // len(gate.angles)]


def _apply(column: Column, state: Tensor, gate_matrices: _GateMatrices) -> Tensor:
    for first in range(0, len(column.gates), WIRES_PER_MATRIX):
        wires = column.gates[first : first + WIRES_PER_MATRIX]
        matrix = reduce(kron, map(gate_matrices.product, wires))
        state = _apply_matrix(matrix, state, first, len(wires))
    return state


def _apply_matrix(matrix: Tensor, state: Tensor, first: int, count: int) -> Tensor:
    """Applies a (2**count, 2**count) matrix, or one a picture, to the `count` wires from `first` on."""
    if matrix.dim() == 2 and state.shape[1] == 2 ** (first + count):  # the last wires: one plain product
        return (state.view(-1, 2**count) @ matrix.mT).view(len(state), -1)
    seen = state.view(len(state), 2**first, 2**count, -1)
    if matrix.dim() == 3:
        matrix = matrix[:, None]  # one a picture: broadcast over the wires before
    return torch.matmul(matrix, seen).flatten(1)
