"""A trained circuit in real arithmetic alone, as a torch module: for formats without complex numbers, such as ONNX.

The state is a tensor (pictures, parts, 2**wires): the real parts of the amplitudes and, where the circuit has a Rot,
their imaginary parts after them. Trained angles are numbers by now, so that gates without a picture's angle are
constant matrices, and a run of CNOTs is a permutation. Wires are counted as in `torch_statevector`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import groupby

import numpy as np
import torch
from torch import Tensor, nn

from qtl_core.common.checks import instance
from qtl_core.network.binding import Numbers, bound_angles, gate_matrix
from qtl_core.network.gates import Circuit, Gate
from qtl_core.network.simulators.torch_statevector import WIRES_PER_MATRIX, kron, permutation, ry, z_signs


class RealCircuit(nn.Module):
    """Angles of pictures to <Z> of every wire, both of shape (pictures, wires); in double precision until cast.

    Args:
        circuit: The gate list.
        weights: Trained angles, shape (weight_count,), radians.
    """

    start: Tensor
    signs: Tensor

    def __init__(self, circuit: Circuit, weights: Numbers) -> None:
        super().__init__()
        wires = instance("circuit", circuit, Circuit).wires
        start = torch.eye(1 if circuit.is_real else 2, 2**wires)
        start[1:] = 0  # no imaginary part
        self.register_buffer("start", start)
        self.register_buffer("signs", z_signs(wires))
        runs = groupby(circuit.gates, key=_sort)
        self.steps = nn.ModuleList(step for _, run in runs for step in _steps(wires, tuple(run), weights))
        self.double()

    def forward(self, angles: Tensor) -> Tensor:
        """Returns <Z> of every wire, -1 to 1."""
        state = self.start.expand(angles.shape[0], -1, -1)
        for step in self.steps:
            state = step(state, angles)
        return state.square().sum(dim=1) @ self.signs


class TrainedGates(nn.Module):
    """Gates with known angles on neighbouring wires from `first` on: one matrix, the same for every picture."""

    real: Tensor
    imaginary: Tensor | None

    def __init__(self, first: int, matrix: np.ndarray) -> None:
        super().__init__()
        self.first = first
        has_imaginary = bool(np.any(matrix.imag))
        self.register_buffer("real", torch.tensor(np.real(matrix)))
        self.register_buffer("imaginary", torch.tensor(np.imag(matrix)) if has_imaginary else None)

    def forward(self, state: Tensor, angles: Tensor) -> Tensor:
        """Returns the state after them."""
        seen = state.unflatten(2, (2**self.first, len(self.real), -1))
        product = self.real @ seen
        if self.imaginary is not None:
            real, imaginary = (self.imaginary @ seen).split(1, dim=1)
            product = product + torch.cat((-imaginary, real), dim=1)  # times i
        return product.flatten(2)


class Embedding(nn.Module):
    """RY of pictures' angles on neighbouring wires from `first` on: a matrix for each picture.

    Args:
        first: The first of the wires.
        features: For each wire the angles that turn it, one after another.
    """

    def __init__(self, first: int, features: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.first, self.features = first, features

    def forward(self, state: Tensor, angles: Tensor) -> Tensor:
        """Returns the state after them."""
        # turns about one axis add up
        sums = (sum((angles[:, index] for index in each), torch.zeros_like(angles[:, 0])) for each in self.features)
        matrix = reduce(kron, map(ry, sums))
        seen = state.unflatten(2, (2**self.first, 2 ** len(self.features), -1))
        return (matrix[:, None, None] @ seen).flatten(2)


class Permutation(nn.Module):
    """A run of CNOTs."""

    order: Tensor

    def __init__(self, order: Tensor) -> None:
        super().__init__()
        self.register_buffer("order", order)

    def forward(self, state: Tensor, angles: Tensor) -> Tensor:
        """Returns the state after them."""
        return state.index_select(2, self.order)


def _sort(gate: Gate) -> str:
    """Returns which kind of step a gate belongs to: "CNOT", "feature" or "trained"."""
    if gate.kind == "CNOT":
        return gate.kind
    return "feature" if any(source.kind == "feature" for source in gate.angles) else "trained"


def _steps(wires: int, run: tuple[Gate, ...], weights: Numbers) -> Iterator[nn.Module]:
    """Yields the steps of a run of gates of one sort."""
    sort = _sort(run[0])
    if sort == "CNOT":
        yield Permutation(permutation(wires, run))
        return
    on_wire = [[gate for gate in run if gate.wires == (wire,)] for wire in range(wires)]
    for first in range(0, wires, WIRES_PER_MATRIX):
        group = on_wire[first : first + WIRES_PER_MATRIX]
        if sort == "feature":
            yield Embedding(first, [[gate.angles[0].index for gate in gates] for gates in group])
        else:
            yield TrainedGates(first, reduce(np.kron, [_product(gates, weights) for gates in group]))


def _product(gates: Sequence[Gate], weights: Numbers) -> np.ndarray:
    """Returns the matrix of trained gates that act one after another on one wire."""
    matrices = [gate_matrix(gate.kind, bound_angles(gate, (), weights)) for gate in gates]
    return reduce(lambda product, matrix: matrix @ product, matrices, np.eye(2))
