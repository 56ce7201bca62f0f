"""Evaluation of a set of predictions: counts, accuracy with its uncertainty, the confusion matrix, the mistakes.

A validation set is small (153 photos in the recipe), so a share alone says too much. Every figure can be said in
pictures, with the interval that a set of this size leaves open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qtl_core.common.checks import class_labels, instance, real_array
from qtl_core.common.errors import InputError
from qtl_core.runs.events import EpochDone
from qtl_core.runs.view import RunView

Z_95 = 1.959963984540054  # the standard normal's 97.5% point: 95% lie between minus and plus this
SMALL_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
IMBALANCE_RATIO = 3  # one class this many times as common as another: always naming it looks good
MOST_NAMED = 6  # classes that are listed one by one
Interval = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Predictions for pictures whose class is known.

    Attributes:
        classes: Class names; index = label.
        labels: True class of every picture, shape (pictures,).
        probabilities: Class probabilities of every picture, shape (pictures, classes).
        files: File of every picture, in the same order.
    """

    classes: tuple[str, ...]
    labels: np.ndarray
    probabilities: np.ndarray
    files: tuple[str, ...]

    def __post_init__(self) -> None:
        classes, files = instance("classes", self.classes, tuple), instance("files", self.files, tuple)
        labels = real_array("labels", self.labels, (None,), (0,), says="(pictures,)")
        expected = (len(labels), len(classes))
        labels = class_labels("labels", self.labels, *expected)
        if len(files) != len(labels):
            raise InputError("files", f"names {len(files)}", f"a file for each of {len(labels)} labels")
        # of a training that broke down they are NaN
        shares = real_array("probabilities", self.probabilities, expected, says="(pictures, classes)", finite=False)
        for name, values in (("labels", labels), ("probabilities", shares)):
            object.__setattr__(self, name, values)

    @cached_property
    def predicted(self) -> np.ndarray:
        """The most probable class of every picture, shape (pictures,); the first of equals."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def confidence(self) -> np.ndarray:
        """The probability of the predicted class, shape (pictures,)."""
        return self.probabilities.max(axis=1)

    @cached_property
    def mistakes(self) -> np.ndarray:
        """Indices of the pictures whose predicted class is not the true one, ascending."""
        return np.flatnonzero(self.predicted != self.labels)

    @property
    def total(self) -> int:
        """The number of pictures."""
        return len(self.labels)

    @property
    def correct(self) -> int:
        """The number of pictures that are predicted correctly."""
        return self.total - len(self.mistakes)

    @property
    def accuracy(self) -> float:
        """The share predicted correctly, 0 to 1."""
        return self.correct / self.total

    @property
    def cross_entropy(self) -> float:
        """Mean of -log(probability of the true class), in nats; finite also where single precision rounds to 0."""
        return float(self.losses.mean())

    @property
    def losses(self) -> np.ndarray:
        """The same for every picture, shape (pictures,)."""
        of_true = self.probabilities[np.arange(self.total), self.labels]
        return -np.log(np.maximum(of_true, np.finfo(np.float32).tiny), dtype=np.float64)

    @cached_property
    def confusion(self) -> np.ndarray:
        """Counts, shape (classes, classes): rows are true classes, columns predicted ones."""
        matrix = np.zeros((len(self.classes), len(self.classes)), dtype=np.int64)
        np.add.at(matrix, (self.labels, self.predicted), 1)
        return matrix

    def in_cell(self, true: int, predicted: int) -> np.ndarray:
        """Returns the indices of the pictures that one cell of the confusion matrix counts, ascending."""
        return np.flatnonzero((self.labels == true) & (self.predicted == predicted))

    def count_in_words(self, noun: str = "pictures") -> str:
        """Returns for example "148 of 153 photos right"."""
        return f"{self.correct} of {self.total} {noun} right"

    def share_in_words(self) -> str:
        """Returns the accuracy with its 95% interval: "96.7%, likely between 92.6% and 98.6%"."""
        low, high = wilson_interval(self.correct, self.total)
        return f"{percent(self.accuracy)}, likely between {percent(low)} and {percent(high)}"

    def by_class_in_words(self) -> str:
        """Returns what always naming the commonest class would get, and each class's share, where one is in the way.

        With one class `IMBALANCE_RATIO` times as common as another, a share of all pictures says little of the rare
        one. Elsewhere it is "".
        """
        there = self.confusion.sum(axis=1)
        present, top = np.flatnonzero(there), int(there.argmax())
        if len(present) < 2 or there[present].min() * IMBALANCE_RATIO > there[top]:
            return ""
        naming = f"Always naming {self.classes[top]} would get {there[top]} of {self.total} right."
        if len(present) > MOST_NAMED:
            return f"{naming} Averaged over the classes, {percent(self.balanced_accuracy)} are."
        named = [f"{self.confusion[each, each]} of {there[each]} {self.classes[each]}" for each in present]
        return f"{naming} By class: {', '.join(named)}."

    @property
    def balanced_accuracy(self) -> float:
        """The mean over the classes that are there of the share recognised; 1 / classes by luck, in any mixture."""
        there = self.confusion.sum(axis=1)
        return float((self.confusion.diagonal()[there > 0] / there[there > 0]).mean())

    def in_words(self, noun: str = "pictures") -> str:
        """Returns both, the share in brackets."""
        return f"{self.count_in_words(noun)} ({self.share_in_words()})"


def evaluation_of(view: RunView, epoch: EpochDone | None = None) -> Evaluation:
    """Returns the evaluation of a run's validation pictures after `epoch`, by default the best one so far.

    Raises:
        ValueError: No epoch is done yet.
    """
    epoch = epoch or view.best
    if view.prepared is None or epoch is None:
        raise ValueError("a run can be evaluated once its first epoch is done")
    prepared = view.prepared
    labels = np.asarray(prepared.val_labels, dtype=np.int64)
    return Evaluation(prepared.classes, labels, np.asarray(epoch.val_probabilities), prepared.val_files)


def wilson_interval(right: int, total: int) -> Interval:
    """Returns the 95% score interval of a share of `right` in `total`.

    With p = right / total and z = 1.96: (p + z^2/2n ± z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), from
    E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927). Unlike p ± z sqrt(p(1-p)/n) it never leaves 0 to 1 and does not
    shrink to nothing where all pictures are right. scipy's, which a test holds it equal to, takes a thousand times as
    long and its import 0.7 s; a table has one in every row.

    Raises:
        ValueError: Not 0 <= right <= total, or total 0.
    """
    if not 0 <= right <= total or total == 0:
        raise ValueError(f"{right} of {total} is no share")
    share, spread = right / total, Z_95**2 / total
    middle = share + spread / 2
    half = math.sqrt(spread * share * (1 - share) + spread**2 / 4)
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def difference_interval(right: int, total: int, other: int, other_total: int) -> Interval:
    """Returns the 95% interval of the difference right / total - other / other_total.

    Newcombe's hybrid of two Wilson intervals (method 10 of R. G. Newcombe, Stat. Med. 17, 873, 1998). It takes the two
    as independent; on the same pictures the true interval is narrower, but a published share does not say which
    pictures it got right.
    """
    share, other_share = right / total, other / other_total
    (low, high), (other_low, other_high) = wilson_interval(right, total), wilson_interval(other, other_total)
    down = math.hypot(share - low, other_high - other_share)
    up = math.hypot(high - share, other_share - other_low)
    return share - other_share - down, share - other_share + up


def apart_in_words(right: int, other: int, noun: str = "pictures") -> str:
    """Returns a difference of two counts in words: "two pictures apart", "one picture apart", "no picture apart"."""
    apart = abs(right - other)
    count = SMALL_NUMBERS[apart] if apart < len(SMALL_NUMBERS) else str(apart)
    return f"{count} {noun if apart > 1 else noun.removesuffix('s')} apart"


def percent(share: float) -> str:
    """Returns a share as a percentage with one decimal, the precision that a few hundred pictures allow.

    Of a training that broke down, shares are no numbers: "not known".
    """
    if not math.isfinite(share):
        return "not known"
    return f"{share:.1%}"
