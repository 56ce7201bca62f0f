"""The two sets of states of the paper's example: A, whose first layer is carried, and B, which is to be told apart.

A: random squeezed vacua, label 1, against the same with a gate that makes them non-Gaussian, label 0.
B: random squeezed coherent states of amplitude 1, label 0, against random squeezed single photons, label 1.
Label 1 is always the class for which the detector should stay dark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtl_core.learn.optics.gates import Bend, bender, displacement, rotation, squeezing
from qtl_core.learn.optics.states import squeezed_coherent, squeezed_photon

SQUEEZED, TURNED = 0.5, 2 * np.pi  # drawn evenly from minus to plus as much
BENT = 0.5  # in data set A
# The Kerr gate hardly changes a squeezed vacuum: its data set A is shifted first, or there would be nothing to learn.
SHIFTED = {"cubic": 0.0, "kerr": 1.0}


@dataclass(frozen=True)
class Draws:
    """Random numbers that make states, whatever the cutoff; all of one shape.

    Attributes:
        labels: 0 or 1.
        squeezed: Amounts of squeezing.
        turns: Angles, one more axis of three in front.
    """

    labels: np.ndarray
    squeezed: np.ndarray
    turns: np.ndarray


def draw(seeds: np.ndarray, purpose: int, *shape: int) -> Draws:
    """Returns random numbers of each seed for one purpose, arrays of shape (seeds, *shape)."""
    made = [_draw(np.random.default_rng([int(seed), purpose]), shape) for seed in seeds]
    return Draws(
        np.stack([each.labels for each in made]),
        np.stack([each.squeezed for each in made]),
        np.stack([each.turns for each in made], axis=1),
    )


def _draw(generator: np.random.Generator, shape: tuple[int, ...]) -> Draws:
    return Draws(
        generator.integers(2, size=shape),
        generator.uniform(-SQUEEZED, SQUEEZED, shape),
        generator.uniform(-TURNED, TURNED, (3, *shape)),
    )


def states_a(draws: Draws, bend: Bend, cutoff: int) -> np.ndarray:
    """Returns states of data set A, shape (..., cutoff)."""
    gaussian = squeezing(draws.squeezed, cutoff, 1)[..., 0] * rotation(draws.turns[0], cutoff)
    gaussian = gaussian @ displacement(np.array(SHIFTED[bend]), cutoff, cutoff).T
    bent = gaussian * rotation(draws.turns[1], cutoff) @ bender(bend, cutoff).gate(np.array(BENT)).T
    return np.where(draws.labels[..., None] == 1, gaussian, bent)


def states_b(draws: Draws, cutoff: int) -> np.ndarray:
    """Returns states of data set B, shape (..., cutoff)."""
    first, second = draws.turns[0], rotation(draws.turns[1], cutoff)
    photon = squeezed_photon(draws.squeezed, cutoff) * np.exp(1j * first)[..., None]
    laser = squeezed_coherent(np.exp(1j * first), draws.squeezed, cutoff)
    return np.where(draws.labels[..., None] == 1, photon, laser) * second
