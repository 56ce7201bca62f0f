"""The memory of a run, as named tuples of arrays: numba reads those, and every name says what an array is for."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from qtl_core.settings import CircuitSettings, ModelSettings
from qtl_core.settings.parameters import DRESSED, parameter_shapes
from qtl_core.training.compiled.lanes import LANES
from qtl_core.training.compiled.program import Program

NAMES = ("pre_net.weight", "pre_net.bias", "q_params", "post_net.weight", "post_net.bias")
Shapes = Sequence[tuple[int, ...]]  # the shape of every parameter, in the order of `NAMES`
CACHE_LINE = 64  # bytes; vector loads and stores within one are twice as quick as those across two


def shapes(feature_size: int, classes: int, circuit: CircuitSettings, model: ModelSettings = DRESSED) -> Shapes:
    """Returns the shape of every parameter, without rows where the head has none of that name."""
    found = {"pre_net.weight": (0, feature_size), "pre_net.bias": (0,), "q_params": (0,)}
    found |= parameter_shapes(feature_size, classes, circuit, model)
    return [found[name] for name in NAMES]


def views(flat: np.ndarray, layout: Shapes) -> list[np.ndarray]:
    """Returns the parameters as views into the vector that holds them all, in the order of `NAMES`."""
    ends = list(itertools.accumulate(map(math.prod, layout), initial=0))
    return [flat[first:last].reshape(shape) for first, last, shape in zip(ends, ends[1:], layout, strict=False)]


def first_layer(layout: Shapes) -> int:
    """Returns how many units the layer that sees the features has: it lies first, with a row of weights each."""
    return layout[0][0] or layout[3][0]


def aligned(rows: int, numbers: int, dtype: np.dtype) -> np.ndarray:
    """Returns zeros, shape (rows, at least `numbers`), each row of which begins a line of the processor's cache."""
    line = CACHE_LINE // dtype.itemsize
    width = -(-numbers // line) * line
    room = np.zeros(rows * width + line, dtype)
    skipped = (-room.ctypes.data % CACHE_LINE) // dtype.itemsize
    return room[skipped : skipped + rows * width].reshape(rows, width)


class Optimiser(NamedTuple):
    """The vectors that a step of the weights reads and writes, a row a run, and how it is taken.

    The rows hold all numbers of a head in the order of `NAMES`, and some zeros.

    Attributes:
        weights, first, second: The numbers, and what is remembered of their gradient: Adam's two running averages, or
            in `first` SGD's last step. Shape (runs, numbers).
        gradient: Of the run whose turn it is, shape (numbers,).
        steps: How many have been taken, shape (runs,).
        stretches: Which numbers learn: (first, last, 1 or 0) of stretches that follow each other, shape (stretches, 3).
        kind: One of `optimiser_kernels.KINDS`.
        momentum, decay: As in the settings, shape (runs,).
    """

    weights: np.ndarray
    first: np.ndarray
    second: np.ndarray
    gradient: np.ndarray
    steps: np.ndarray
    stretches: np.ndarray
    kind: int
    momentum: np.ndarray
    decay: np.ndarray


def stretches(still: np.ndarray) -> np.ndarray:
    """Returns `Optimiser.stretches` of a mask over all numbers that is True where one stands still, shape (n,)."""
    edges = np.flatnonzero(np.diff(still, prepend=~still[:1], append=~still[-1:]))
    return np.column_stack([edges[:-1], edges[1:], ~still[edges[:-1]]]).astype(np.int64)


class Spread(NamedTuple):
    """All numbers of a head but its first layer's weights, or their gradient: a row each, a run's in all its lanes.

    Attributes:
        rows: All of them. The others are views into it.
        pre_bias, q_params, post_weight, post_bias: Of `post_weight`, row label * units + unit.
    """

    rows: np.ndarray
    pre_bias: np.ndarray
    q_params: np.ndarray
    post_weight: np.ndarray
    post_bias: np.ndarray


def spread(layout: Shapes, dtype: np.dtype) -> Spread:
    """Returns zeros for a head of these shapes."""
    bias, angles, labels = layout[1][0], math.prod(layout[2]), layout[4][0]
    post = labels * bias  # of a linear head, whose last layer is its first, none
    rows = aligned(bias + angles + post + labels, LANES, dtype)
    return Spread(rows, *np.split(rows, np.cumsum([bias, angles, post])))


class Workspace(NamedTuple):
    """The buffers of a head for `LANES` pictures; rows as named, LANES columns.

    Of a head with a hidden layer in place of the circuit, its units count as wires.

    Attributes:
        net, gradient: The head's numbers and their gradient, but for the first layer's weights.
        state, adjoint: Amplitudes, planes * 2**wires rows. `spare` is a third such array, to permute into.
        scratch: As large, for whatever is built on the way.
        cosines, sines: Of half of every slot's angle. `fixed_cosines`, `fixed_sines`: of its offset alone.
        angle_gradients: dL/dangle of every slot.
        sums: The first layer's weights times the features, one row a unit, and later their gradient.
        half_cosines, half_sines: Of half of the pictures' angles, one row a wire.
        derivatives: dangle/dsum of the pictures' angles (dvalue/dsum of a hidden layer), one row a wire.
        values, expectation_gradients: <Z> of every wire (or a unit's value), and the loss's gradient for it.
        feature_gradients: The loss's gradient with respect to the pictures' angles.
        scores: Class scores, and later the loss's gradient with respect to them, one row a class.
        probabilities: Of every class. `divisor`: what they were divided by; `highest`: the highest score; one row.
    """

    net: Spread
    gradient: Spread
    state: np.ndarray
    adjoint: np.ndarray
    spare: np.ndarray
    scratch: np.ndarray
    cosines: np.ndarray
    sines: np.ndarray
    fixed_cosines: np.ndarray
    fixed_sines: np.ndarray
    angle_gradients: np.ndarray
    sums: np.ndarray
    half_cosines: np.ndarray
    half_sines: np.ndarray
    derivatives: np.ndarray
    values: np.ndarray
    expectation_gradients: np.ndarray
    feature_gradients: np.ndarray
    scores: np.ndarray
    probabilities: np.ndarray
    divisor: np.ndarray
    highest: np.ndarray


def allocate(program: Program, layout: Shapes, dtype: np.dtype) -> Workspace:
    """Returns the memory for a circuit within a head of these shapes; slots that never change are filled in already."""

    def rows(count: int) -> np.ndarray:
        return aligned(count, LANES, dtype)

    amplitudes, slots, classes = program.planes << program.wires, len(program.used), layout[4][0]
    units = first_layer(layout)
    fixed_cosines, fixed_sines = rows(slots), rows(slots)
    fixed_cosines[:] = np.cos(program.offsets / 2)[:, None]
    fixed_sines[:] = np.sin(program.offsets / 2)[:, None]
    cosines, sines = rows(slots), rows(slots)
    cosines[:], sines[:] = fixed_cosines, fixed_sines
    return Workspace(
        net=spread(layout, dtype),
        gradient=spread(layout, dtype),
        state=rows(amplitudes),
        adjoint=rows(amplitudes),
        spare=rows(amplitudes),
        scratch=rows(amplitudes),
        cosines=cosines,
        sines=sines,
        fixed_cosines=fixed_cosines,
        fixed_sines=fixed_sines,
        angle_gradients=rows(slots),
        sums=rows(units),
        half_cosines=rows(program.wires),
        half_sines=rows(program.wires),
        derivatives=rows(units),
        values=rows(units),
        expectation_gradients=rows(units),
        feature_gradients=rows(units),
        scores=rows(classes),
        probabilities=rows(classes),
        divisor=rows(1),
        highest=rows(1),
    )


def lanes_of_a_run(batch_size: int) -> int:
    """Returns how many lanes a run takes while it learns: a power of two with room for a batch, if there is one.

    By the batch alone, whoever trains beside it: the pictures' gradients are added up in this order.
    """
    return min(LANES, 1 << (batch_size - 1).bit_length())


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
    """The results for every picture of a split, in the order seen, a row a run.

    Attributes:
        losses: Cross-entropy, shape (runs, pictures).
        correct: Whether the highest score is that of the true class, shape (runs, pictures).
        probabilities: Shape (runs, pictures, classes).
    """

    losses: np.ndarray
    correct: np.ndarray
    probabilities: np.ndarray


def split_result(runs: int, pictures: int, classes: int, dtype: np.dtype) -> SplitResult:
    """Returns room for the results of `pictures` pictures."""
    shape = runs, pictures
    return SplitResult(np.zeros(shape), np.zeros(shape, np.bool_), np.zeros((*shape, classes), dtype))
