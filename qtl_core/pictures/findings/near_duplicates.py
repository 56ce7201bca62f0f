"""Near duplicates: the same photo again after a change of size, quality, brightness or colour, or cropped a little.

`sources.duplicates` knows a photo that was only saved again, and folders are divided by that. This finder also knows
one that was edited. Two pictures are compared by the correlation of their 16 x 16 points, each colour about its own
mean, so that neither brightness nor contrast matters, for every crop of one of them that leaves up to a seventh away.

docs/decisions/22-what-would-spoil-it.md says what else was tried; `benchmarks/planted_faults.py` measures it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.pictures.sources.perceptual_hash import SIDE, PerceptualHash

# The largest correlation of two different photos among 397 (78,606 pairs) is 0.91; of a photo and what a crop of a
# tenth makes of it, 0.96 at the median, 0.94 for nine in ten.
SAME = 0.92
CROPPED = (0.05, 0.10, 0.15)  # shares of the width and the height that a crop leaves away
CROP_PLACES = (0.0, 0.5, 1.0)  # of what is left away, the share that is left away at the top or the left
# A first look at 8 x 8 points without crops leaves one pair in a hundred to be compared in full.
COARSE, MAYBE_SAME = 8, 0.55
ROWS = 256  # pictures compared with all others at a time
PAIRS = 512  # pairs compared in full at a time: 70 MB of crops


@dataclass(frozen=True)
class Likeness:
    """Two pictures that look alike.

    Attributes:
        one, other: Their places in the order given, the lower first.
        correlation: Of their points, at the best crop: 1 for the same picture.
    """

    one: int
    other: int
    correlation: float


def near_duplicates(
    looks: Sequence[PerceptualHash | None], least: float = SAME, should_stop: ShouldStop = never_stop
) -> Iterator[Likeness]:
    """Yields the pairs that look alike, of pictures that have something to be recognised by.

    Args:
        looks: How they look; None is like nothing, nor is a plain picture.
        least: The correlation from which on they do.
        should_stop: Looked at before every few hundred pictures.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    which = np.array([at for at, look in enumerate(looks) if look is not None and not look.pixels], dtype=int)
    if len(which) < 2:
        return
    points = points_of([look for look in looks if look is not None and not look.pixels])
    coarse = _standardised(_coarse(points))
    for start in range(0, len(which), ROWS):
        if should_stop():
            raise StoppedByUser
        alike = np.triu(coarse[start : start + ROWS] @ coarse[start:].T, 1) > MAYBE_SAME
        for first in range(0, int(alike.sum()), PAIRS):
            pairs = np.argwhere(alike)[first : first + PAIRS] + start
            found = correlations(points[pairs[:, 0]], points[pairs[:, 1]])
            for (one, other), correlation in zip(pairs[found > least], found[found > least], strict=True):
                yield Likeness(int(which[one]), int(which[other]), float(correlation))


def points_of(looks: Sequence[PerceptualHash]) -> np.ndarray:
    """Returns the points of pictures, float32 (N, 768)."""
    return np.array([np.frombuffer(look.points, np.uint8) for look in looks], dtype=np.float32)


def correlations(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Returns how alike pairs of pictures are at the best crop of either: points (N, 768) twice -> (N,)."""
    first, second = _standardised(one), _standardised(other)
    best = np.full(len(one), -1.0, dtype=np.float32)
    for vertical, horizontal in _crops():
        for whole, cropped in ((first, other), (second, one)):
            found = _standardised(_cropped(cropped, vertical, horizontal))
            np.maximum(best, np.einsum("np,np->n", whole, found), out=best)
    return best


def _standardised(points: np.ndarray) -> np.ndarray:
    """Each colour about its mean, and all of a picture of length 1: (N, points * 3) -> the same shape."""
    each = points.reshape(len(points), -1, 3)
    moved = (each - each.mean(axis=1, keepdims=True)).reshape(len(points), -1)
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6))


def _coarse(points: np.ndarray) -> np.ndarray:
    """The means over squares of points: (N, 768) -> (N, 192)."""
    step = SIDE // COARSE
    squares = points.reshape(len(points), COARSE, step, COARSE, step, 3)
    return np.asarray(squares.mean(axis=(2, 4)).reshape(len(points), -1))


def _cropped(points: np.ndarray, vertical: np.ndarray, horizontal: np.ndarray) -> np.ndarray:
    """The view of pictures that a crop leaves, in as many points: (N, 768) -> (N, 768)."""
    rows = vertical @ points.reshape(len(points), SIDE, SIDE * 3)
    turned = rows.reshape(len(points), SIDE, SIDE, 3).transpose(0, 1, 3, 2) @ horizontal.T
    return np.asarray(turned.transpose(0, 1, 3, 2).reshape(len(points), -1))


@cache
def _crops() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """For every crop, and for none, the matrices (16, 16) that read a picture's rows and columns."""
    none = np.eye(SIDE, dtype=np.float32)
    cut = [
        (_read(1 - share, share * top), _read(1 - share, share * left))
        for share, top, left in product(CROPPED, CROP_PLACES, CROP_PLACES)
    ]
    return ((none, none), *cut)


def _read(kept: float, start: float) -> np.ndarray:
    """The matrix that reads 16 points of the stretch of a line from `start` on, `kept` long, between its 16 points."""
    places = np.clip((start + kept * (np.arange(SIDE) + 0.5) / SIDE) * SIDE - 0.5, 0, SIDE - 1)
    below = np.minimum(places.astype(int), SIDE - 2)
    matrix = np.zeros((SIDE, SIDE), dtype=np.float32)
    matrix[np.arange(SIDE), below] = 1 - (places - below)
    matrix[np.arange(SIDE), below + 1] += places - below
    return matrix
