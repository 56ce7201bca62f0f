"""Quantum to classical: a trained network of light makes features, and a classical layer learns to read them.

Mari et al. publish one run, 0.807 of the test states right. Everything is as there: seven pairs of laser beams, each
shifted at random, go through the first 15 of 25 layers that were trained for another task (`two_modes`); a linear layer
learns from the photons counted which pair it was, from 1,000 batches of all seven, by Adam with rate 0.01.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop
from qtl_core.learn.adam import tensorflow_adam
from qtl_core.learn.optics.two_modes import AMPLITUDE, FIRST, PIXELS, SECOND, counts

PUBLISHED = 0.8067
CLASSES = len(FIRST)
RATE = 0.01
SEEDS = 20
POINTS = 20  # of a curve
TESTED, TESTED_LAST = 100, 1000  # batches of seven a seed: on the way, and at the end, as published
LEARN, TEST, START = 1, 2, 3  # purposes of random numbers
PLACES = np.linspace(-3, 3, 37)  # of both axes of a map
BESIDE = np.array([1, -1, 1j, -1j])  # the second beam of each map, in units of the amplitude


@dataclass(frozen=True)
class Settings:
    """The choices of one training; the defaults are the published ones.

    Attributes:
        layers: Of the quantum network, of 25; with 0 the photons of the beams themselves are counted.
        noise: The standard deviation of the random shifts, of real and imaginary part of both beams.
        batches: How many are learnt from.
    """

    layers: int = 15
    noise: float = 0.6
    batches: int = 1000


@dataclass(frozen=True)
class Point:
    """One point of the curves.

    Attributes:
        batches: Learnt so far.
        right: Share of test states that are right, of each seed.
        maps: Of the first seed: which class is answered for every first beam, beside each of `BESIDE`, shape (4,
            imaginary part, real part).
    """

    batches: int
    right: np.ndarray
    maps: np.ndarray


@dataclass(frozen=True)
class Finding:
    """The outcome of one training.

    Attributes:
        settings: Its choices.
        right: Share of test states that are right at the end, of each seed.
        uncounted: The same without the network: the layer reads both beams' amplitudes, each seed.
        pictures: Chances to count photons, of the seven beams that nothing shifted, shape (7, 4, 4).
        seen: How often as few photons as the pictures have are counted, of the seven.
    """

    settings: Settings
    right: np.ndarray
    uncounted: np.ndarray
    pictures: np.ndarray
    seen: np.ndarray


def learn(settings: Settings, seeds: np.ndarray, should_stop: ShouldStop) -> Iterator[Point | Finding]:
    """Yields the curves point by point, then the outcome. Equal arguments, equal curves.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    beams, tests = _beams(settings, seeds, LEARN, settings.batches), _beams(settings, seeds, TEST, TESTED_LAST)
    features, tested = (np.stack(list(_by_seed(each, settings.layers, should_stop))) for each in (beams, tests))
    charted = _with_one(_flat(counts(*_map_beams(), settings.layers)[0]))
    start = _start(seeds, features.shape[-1])
    for batches, weights in _learn(features, start, settings.batches, should_stop):
        right = _right(tested[:, :TESTED], weights)
        yield Point(batches, right, (charted @ weights[0]).argmax(axis=-1).astype(np.int8))
    pictures, seen = counts(AMPLITUDE * FIRST, AMPLITUDE * SECOND, settings.layers)
    uncounted = _uncounted(beams, tests, seeds, should_stop)
    yield Finding(settings, _right(tested, weights), uncounted, pictures**2, seen)


def _learn(
    features: np.ndarray, weights: np.ndarray, batches: int, should_stop: ShouldStop
) -> Iterator[tuple[int, np.ndarray]]:
    """Yields the weights of all seeds at every point of the curve, shape (seeds, features, classes)."""
    adam, every, wanted = tensorflow_adam(RATE), max(1, batches // POINTS), np.eye(CLASSES)
    for batch in range(batches):
        if batch % every == 0:
            _look(should_stop)
            yield batch, weights
        shown = features[:, batch]
        slopes = shown.swapaxes(1, 2) @ (_chances(shown @ weights) - wanted) / CLASSES
        weights = adam.stepped(weights, slopes)
    yield batches, weights


def _uncounted(beams: np.ndarray, tests: np.ndarray, seeds: np.ndarray, should_stop: ShouldStop) -> np.ndarray:
    features, tested = (_with_one(np.concatenate([each.real, each.imag], axis=-1)) for each in (beams, tests))
    start = _start(seeds, features.shape[-1])
    *_, (_, weights) = _learn(features, start, features.shape[1], should_stop)
    return _right(tested, weights)


def _look(should_stop: ShouldStop) -> None:
    if should_stop():
        raise StoppedByUser


def _beams(settings: Settings, seeds: np.ndarray, purpose: int, batches: int) -> np.ndarray:
    """Returns both beams' amplitudes of every shifted pair, shape (seeds, batches, classes, 2)."""
    shifts = np.stack(
        [
            np.random.default_rng([int(seed), purpose]).normal(0, settings.noise, (batches, CLASSES, 2, 2))
            for seed in seeds
        ]
    )
    still = AMPLITUDE * np.stack([FIRST, SECOND], axis=-1)
    shifted: np.ndarray = still + shifts[..., 0] + 1j * shifts[..., 1]
    return shifted


def _by_seed(beams: np.ndarray, layers: int, should_stop: ShouldStop) -> Iterator[np.ndarray]:
    for each in beams:
        _look(should_stop)
        yield _with_one(_flat(counts(each[..., 0], each[..., 1], layers)[0]))


def _map_beams() -> tuple[np.ndarray, np.ndarray]:
    first = PLACES + 1j * PLACES[:, None]
    return np.broadcast_to(first, (len(BESIDE), *first.shape)), np.broadcast_to(
        AMPLITUDE * BESIDE[:, None, None], (len(BESIDE), *first.shape)
    )


def _flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(*pictures.shape[:-2], PIXELS**2)


def _with_one(features: np.ndarray) -> np.ndarray:
    """Returns features with a constant beside them, for the offset of a linear layer."""
    return np.concatenate([features, np.ones((*features.shape[:-1], 1))], axis=-1)


def _start(seeds: np.ndarray, features: int) -> np.ndarray:
    """Returns the start of a linear layer as the published one's: even within Glorot's limit, offsets 0."""
    limit = np.sqrt(6 / (features - 1 + CLASSES))
    weights = np.zeros((len(seeds), features, CLASSES))
    for row, seed in enumerate(seeds):
        weights[row, :-1] = np.random.default_rng([int(seed), START]).uniform(-limit, limit, (features - 1, CLASSES))
    return weights


def _chances(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: np.ndarray = raised / raised.sum(axis=-1, keepdims=True)
    return chances


def _right(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the share of each seed's states whose class is answered; features (seeds, batches, classes, features)."""
    answers = (features @ weights[:, None]).argmax(axis=-1)
    share: np.ndarray = (answers == np.arange(CLASSES)).mean(axis=(1, 2))
    return share
