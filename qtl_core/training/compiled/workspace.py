"""The memory of a run, as named tuples of arrays: numba reads those, and every name says what an array is for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from qtl_core.settings import CircuitSettings
from qtl_core.training.compiled.lanes import LANES
from qtl_core.training.compiled.program import Program


class Net(NamedTuple):
    """The head's numbers (weights, or a gradient): views into one flat vector, in the order of `NAMES`."""

    pre_weight: np.ndarray
    pre_bias: np.ndarray
    q_params: np.ndarray
    post_weight: np.ndarray
    post_bias: np.ndarray


NAMES = ("pre_net.weight", "pre_net.bias", "q_params", "post_net.weight", "post_net.bias")
Shapes = Sequence[tuple[int, ...]]  # the shape of every parameter, in the order of `NAMES`


def shapes(feature_size: int, classes: int, circuit: CircuitSettings) -> Shapes:
    """Returns the shape of every parameter."""
    wires = circuit.qubits
    return (wires, feature_size), (wires,), (circuit.weight_count,), (classes, wires), (classes,)


def views(flat: np.ndarray, layout: Shapes) -> Net:
    """Returns the parameters as views into the vector that holds them all."""
    ends = np.cumsum([int(np.prod(shape)) for shape in layout])
    parts = np.split(flat, ends[:-1])
    return Net._make(part.reshape(shape) for part, shape in zip(parts, layout, strict=True))


class Adam(NamedTuple):
    """The flat vectors that an optimiser step reads and writes, and its count of steps, shape (1,)."""

    weights: np.ndarray
    gradient: np.ndarray
    first: np.ndarray
    second: np.ndarray
    steps: np.ndarray


class Workspace(NamedTuple):
    """The buffers of the circuit for `LANES` pictures; rows as named, LANES columns.

    Attributes:
        state, adjoint: Amplitudes, planes * 2**wires rows. `spare` is a third such array, to permute into.
        scratch: As large, for whatever is built on the way.
        cosines, sines: Of half of every slot's angle. `fixed_cosines`, `fixed_sines`: of its offset alone.
        angle_gradients: dL/dangle of every slot.
        half_cosines, half_sines: Of half of the pictures' angles, one row a wire.
        angle_derivatives: dangle/dz of the pictures' angles, one row a wire.
        values, expectation_gradients: <Z> of every wire, and the loss's gradient with respect to it.
        feature_gradients: The loss's gradient with respect to the pictures' angles.
        scores: Class scores, and later the loss's gradient with respect to them, one row a class.
    """

    state: np.ndarray
    adjoint: np.ndarray
    spare: np.ndarray
    scratch: np.ndarray
    cosines: np.ndarray
    sines: np.ndarray
    fixed_cosines: np.ndarray
    fixed_sines: np.ndarray
    angle_gradients: np.ndarray
    half_cosines: np.ndarray
    half_sines: np.ndarray
    angle_derivatives: np.ndarray
    values: np.ndarray
    expectation_gradients: np.ndarray
    feature_gradients: np.ndarray
    scores: np.ndarray


def allocate(program: Program, classes: int, dtype: np.dtype) -> Workspace:
    """Returns the memory for one circuit; slots that never change are filled in already."""

    def rows(count: int) -> np.ndarray:
        return np.zeros((count, LANES), dtype)

    amplitudes, slots, wires = program.planes << program.wires, len(program.used), program.wires
    halves = np.repeat(program.offsets[:, None] / 2, LANES, axis=1)
    cosines, sines = np.cos(halves).astype(dtype), np.sin(halves).astype(dtype)
    return Workspace(
        state=rows(amplitudes),
        adjoint=rows(amplitudes),
        spare=rows(amplitudes),
        scratch=rows(amplitudes),
        cosines=cosines.copy(),
        sines=sines.copy(),
        fixed_cosines=cosines,
        fixed_sines=sines,
        angle_gradients=rows(slots),
        half_cosines=rows(wires),
        half_sines=rows(wires),
        angle_derivatives=rows(wires),
        values=rows(wires),
        expectation_gradients=rows(wires),
        feature_gradients=rows(wires),
        scores=rows(classes),
    )


class Chunks(NamedTuple):
    """An epoch cut into chunks of at most `LANES` pictures, none of which reaches over the end of a batch.

    Attributes:
        edges: Chunk c holds the pictures edges[c]..edges[c + 1] in the order they are seen, shape (chunks + 1,).
        batch_sizes: Pictures in the batch a chunk belongs to, shape (chunks,).
        ends_batch: Whether the weights move after this chunk, shape (chunks,).
    """

    edges: np.ndarray
    batch_sizes: np.ndarray
    ends_batch: np.ndarray


@lru_cache(maxsize=64)  # pure, and the same for every seed
def chunks(pictures: int, batch_size: int) -> Chunks:
    """Cuts `pictures` into batches, and those into chunks."""
    firsts = [
        first
        for batch in range(0, pictures, batch_size)
        for first in range(batch, min(batch + batch_size, pictures), LANES)
    ]
    edges = np.array([*firsts, pictures])
    batches = edges[:-1] // batch_size * batch_size
    sizes = np.minimum(batch_size, pictures - batches)
    return Chunks(edges, sizes, edges[1:] == batches + sizes)


class SplitResult(NamedTuple):
    """The results for every picture of a split, in the order seen.

    Attributes:
        losses: Cross-entropy, shape (pictures,).
        correct: Whether the highest score is that of the true class, shape (pictures,).
        probabilities: Shape (pictures, classes).
    """

    losses: np.ndarray
    correct: np.ndarray
    probabilities: np.ndarray


def split_result(pictures: int, classes: int, dtype: np.dtype) -> SplitResult:
    """Returns room for the results of `pictures` pictures."""
    return SplitResult(np.zeros(pictures), np.zeros(pictures, np.bool_), np.zeros((pictures, classes), dtype))
