"""The memory of a run, as named tuples of arrays: numba reads those, and every name says what an array is for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from qtl_core.settings import CircuitSettings, ModelSettings
from qtl_core.settings.parameters import DRESSED, parameter_shapes
from qtl_core.training.compiled.lanes import LANES
from qtl_core.training.compiled.program import Program


class Net(NamedTuple):
    """The head's numbers (weights, or a gradient): views into one flat vector, in the order of `NAMES`.

    Of a part that the head does not have, the rows are none.
    """

    pre_weight: np.ndarray
    pre_bias: np.ndarray
    q_params: np.ndarray
    post_weight: np.ndarray
    post_bias: np.ndarray


NAMES = ("pre_net.weight", "pre_net.bias", "q_params", "post_net.weight", "post_net.bias")
Shapes = Sequence[tuple[int, ...]]  # the shape of every parameter, in the order of `NAMES`


def shapes(feature_size: int, classes: int, circuit: CircuitSettings, model: ModelSettings = DRESSED) -> Shapes:
    """Returns the shape of every parameter, without rows where the head has none of that name."""
    found = {"pre_net.weight": (0, feature_size), "pre_net.bias": (0,), "q_params": (0,)}
    found |= parameter_shapes(feature_size, classes, circuit, model)
    return [found[name] for name in NAMES]


def views(flat: np.ndarray, layout: Shapes) -> Net:
    """Returns the parameters as views into the vector that holds them all."""
    ends = np.cumsum([int(np.prod(shape)) for shape in layout])
    parts = np.split(flat, ends[:-1])
    return Net._make(part.reshape(shape) for part, shape in zip(parts, layout, strict=True))


class Optimiser(NamedTuple):
    """The flat vectors that a step of the weights reads and writes, and how it is taken.

    Attributes:
        weights, gradient, first, second: All numbers of the head, their gradient, and what is remembered of it: Adam's
            two running averages, or in `first` SGD's last step.
        steps: How many have been taken, shape (1,).
        stretches: Which numbers learn: (first, last, 1 or 0) of stretches that follow each other, shape (stretches, 3).
        kind: One of `optimiser_kernels.KINDS`.
        momentum, decay: As in the settings.
    """

    weights: np.ndarray
    gradient: np.ndarray
    first: np.ndarray
    second: np.ndarray
    steps: np.ndarray
    stretches: np.ndarray
    kind: int
    momentum: float
    decay: float


def stretches(still: np.ndarray) -> np.ndarray:
    """Returns `Optimiser.stretches` of a mask over all numbers that is True where one stands still, shape (n,)."""
    edges = np.flatnonzero(np.diff(still, prepend=~still[:1], append=~still[-1:]))
    return np.column_stack([edges[:-1], edges[1:], ~still[edges[:-1]]]).astype(np.int64)


class Workspace(NamedTuple):
    """The buffers of a head for `LANES` pictures; rows as named, LANES columns.

    Of a head with a hidden layer in place of the circuit, its units count as wires.

    Attributes:
        state, adjoint: Amplitudes, planes * 2**wires rows. `spare` is a third such array, to permute into.
        scratch: As large, for whatever is built on the way.
        cosines, sines: Of half of every slot's angle. `fixed_cosines`, `fixed_sines`: of its offset alone.
        angle_gradients: dL/dangle of every slot.
        half_cosines, half_sines: Of half of the pictures' angles, one row a wire.
        angle_derivatives: dangle/dz of the pictures' angles (dvalue/dz of a hidden layer), one row a wire.
        values, expectation_gradients: <Z> of every wire (or a unit's value), and the loss's gradient for it.
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


def allocate(program: Program, classes: int, dtype: np.dtype, units: int = 0) -> Workspace:
    """Returns the memory for one circuit, or so many hidden units; slots that never change are filled in already."""

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
        angle_derivatives=rows(max(wires, units)),
        values=rows(max(wires, units)),
        expectation_gradients=rows(max(wires, units)),
        feature_gradients=rows(wires),
        scores=rows(classes),
    )


class Chunks(NamedTuple):
    """An epoch cut into chunks of at most `LANES` pictures, none of which reaches over the end of a batch.

    Attributes:
        edges: Chunk c holds the pictures edges[c]..edges[c + 1] in the order they are seen, shape (chunks + 1,).
        batches: Number of the batch a chunk belongs to, from 0, shape (chunks,).
        batch_sizes: Pictures in the batch a chunk belongs to, shape (chunks,).
        ends_batch: Whether the weights move after this chunk, shape (chunks,).
    """

    edges: np.ndarray
    batches: np.ndarray
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
    batches = edges[:-1] // batch_size
    sizes = np.minimum(batch_size, pictures - batches * batch_size)
    return Chunks(edges, batches, sizes, edges[1:] == batches * batch_size + sizes)


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
