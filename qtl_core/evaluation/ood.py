"""Out-of-distribution detection: the distance of a picture to the training pictures in the space of features.

A head must name one of its classes whatever it is shown. The distance to the nearest training pictures is a second
voice that the head has no part in (Y. Sun, Y. Ming, X. Zhu and Y. Li, "Out-of-Distribution Detection with Deep Nearest
Neighbors", ICML 2022; there as here, features of length 1, and a limit that 95% of known pictures stay within). What
is usual is read from held-out pictures, which the head never learnt from. Tables and JSON call the outcome "doubt".
Numpy alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from qtl_core.common.checks import real_array

NEIGHBOURS = 5  # nearest training pictures that a distance is the mean over: one alone may be an odd one
QUANTILE = 0.95  # of held-out pictures stay within the limit, so that about one in twenty known pictures is flagged
MIN_PICTURES = 19  # known pictures: of fewer, not even the farthest is one in twenty
BATCH_SIZE = 256  # pictures whose distances are worked out together: 5 MB at 5,000 training pictures
BLANK_STEP = 0.5  # mean step between neighbouring pixels, of 255: real and drawn ants and bees have from 1.2 to 25

HELD_OUT = "validation pictures, none of which it learnt from"
ALL_KNOWN = "pictures it was trained and checked with, each compared with the other training pictures"

OodFlag = Literal["", "unlike", "blank"]


@dataclass(frozen=True)
class OodReport:
    """The evidence against an answer, whatever the head says.

    Attributes:
        is_blank: Whether the picture is hardly more than one plain colour.
        distance: Mean distance to the nearest training pictures: 0 is the same direction in the space of features, 1 a
            right angle. None where there is nothing to compare with.
        limit: What 95% of the known pictures stay within.
        farther: How many of the known pictures are as far away or farther.
        held_out: How many of those there are.
        kind: What they are, in words.
        unknown: Why there is no distance, as a sentence, else "".
        beyond: How many of the known pictures exceed the limit themselves.
        trained_on: What the training pictures are, in words ("drawings of ants and bees").
    """

    is_blank: bool
    distance: float | None = None
    limit: float = math.inf
    farther: int = 0
    held_out: int = 0
    kind: str = ""
    unknown: str = ""
    beyond: int = 0
    trained_on: str = "pictures"

    @property
    def flag(self) -> OodFlag:
        """The flag of the picture; "" where nothing is known against the answer."""
        if self.is_blank:
            return "blank"
        return "unlike" if self.distance is not None and self.distance > self.limit else ""


@dataclass(frozen=True, eq=False)
class OodReference:
    """The features that pictures are compared with.

    Attributes:
        training: `directions` of the training pictures, float32 (pictures, features).
        held_out: Distances of known pictures that were not compared with themselves, ascending, at least
            `MIN_PICTURES`.
        kind: What those pictures are, in words.
        trained_on: What the training pictures are, in words.
    """

    training: np.ndarray = field(repr=False)
    held_out: np.ndarray = field(repr=False)
    kind: str
    trained_on: str = "pictures"

    @property
    def beyond(self) -> int:
        """The number of held-out pictures that exceed the limit read from them."""
        return int((self.held_out > self.limit).sum())

    @cached_property
    def limit(self) -> float:
        """The smallest distance that a new picture of the same kind exceeds with a probability of 5% at most.

        Among n held-out pictures and a new one every order is as probable, so it is the ceil(0.95 (n + 1))-th smallest
        (split conformal prediction: V. Vovk, A. Gammerman and G. Shafer, 2005), not the plain 95% point.
        """
        return float(self.held_out[math.ceil(round(QUANTILE * (len(self.held_out) + 1), 9)) - 1])

    def report(self, features: np.ndarray, seen: np.ndarray) -> OodReport:
        """Returns what there is against an answer for one picture.

        Args:
            features: As the image network gives them, shape (features,).
            seen: The pixels it was given, uint8 (side, side, 3).
        """
        features = real_array("features", features, (self.training.shape[1],), says="(features,)")
        distance = float(distances(features[None], self.training)[0])
        farther = len(self.held_out) - int(np.searchsorted(self.held_out, distance))
        of = len(self.held_out)
        return OodReport(
            is_blank(seen), distance, self.limit, farther, of, self.kind, beyond=self.beyond, trained_on=self.trained_on
        )


def fit_ood_reference(training: np.ndarray, validation: np.ndarray, trained_on: str = "pictures") -> OodReference:
    """Makes a reference from features as the image network gives them, shapes (pictures, features).

    Where there are few validation pictures, each training picture is compared with the others as well: the image
    network learnt from neither, so it tells them apart no better.

    Raises:
        ValueError: There are fewer than `MIN_PICTURES` pictures in all.
        InputError: Features have another shape, or are not finite.
    """
    training = real_array("training", training, (None, None), says="(pictures, features)")
    width = training.shape[1]
    validation = real_array("validation", validation, (None, width), (0, width), says="(pictures, features)")
    compared = directions(training)
    if len(validation) >= MIN_PICTURES:
        return OodReference(compared, np.sort(distances(validation, compared)), HELD_OUT, trained_on)
    if len(training) + len(validation) < MIN_PICTURES:
        raise ValueError(f"{len(training) + len(validation)} pictures; at least {MIN_PICTURES} are needed")
    everyone = [distances_to_others(compared), distances(validation, compared)]
    return OodReference(compared, np.sort(np.concatenate(everyone)), ALL_KNOWN, trained_on)


def distances_to_others(training: np.ndarray) -> np.ndarray:
    """Returns the same of every training picture, compared with all the others, shape (training pictures,).

    Args:
        training: `directions` of at least two training pictures, shape (training pictures, features).
    """
    cosines = training @ training.T
    np.fill_diagonal(cosines, -np.inf)
    return _mean_of_nearest(cosines, len(training) - 1)


def distances(features: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Returns the mean cosine distance of pictures to their nearest training pictures, shape (pictures,).

    Args:
        features: As the image network gives them, shape (pictures, features).
        training: `directions` of the training pictures, shape (training pictures, features).
    """
    parts = [directions(features[start : start + BATCH_SIZE]) for start in range(0, max(1, len(features)), BATCH_SIZE)]
    return np.concatenate([_mean_of_nearest(part @ training.T, len(training)) for part in parts])


def _mean_of_nearest(cosines: np.ndarray, there: int) -> np.ndarray:
    nearest = min(NEIGHBOURS, there)
    return 1 - np.partition(cosines, -nearest, axis=1)[:, -nearest:].mean(axis=1)


def directions(features: np.ndarray) -> np.ndarray:
    """Returns the signed square roots of features, every row at length 1; zeros, which have no direction, stay.

    The roots keep a few large features from speaking for all (F. Perronnin, J. Sánchez and T. Mensink, ECCV 2010).
    """
    roots = np.sign(features) * np.sqrt(np.abs(features))
    lengths = np.linalg.norm(roots, axis=-1, keepdims=True)
    return roots / np.where(lengths > 0, lengths, 1)


def is_blank(seen: np.ndarray) -> bool:
    """Returns whether pixels, uint8 (side, side, 3), are hardly more than one plain or slowly changing colour."""
    pixels = seen.astype(np.float32)
    steps = [np.abs(np.diff(pixels, axis=axis)).mean() for axis in (0, 1)]
    return bool(np.mean(steps) < BLANK_STEP)
