"""The figures of a cross-validation: each fold's, and their mean and spread in words.

The work is done in `training.cross_validation`; no torch or numba here, because pages read these records.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qtl_core.evaluation.metrics import percent
from qtl_core.runs.events import Prepared


@dataclass(frozen=True)
class Fold:
    """One fold: held out from a training on all the others.

    Attributes:
        number: From 1.
        train_size, size: Pictures learnt from, and held out.
        best_epoch: The epoch with its best figure, from 1.
        right: Of the held-out pictures, those that were right after that epoch.
        last_right: Those that were right after the last epoch, which nothing chose.
        balanced_accuracy: Mean recall of the classes, after the best epoch.
    """

    number: int
    train_size: int
    size: int
    best_epoch: int
    right: int
    last_right: int
    balanced_accuracy: float

    @property
    def accuracy(self) -> float:
        """The share that was right after the best epoch."""
        return self.right / self.size

    @property
    def last_accuracy(self) -> float:
        """The share that was right after the last epoch."""
        return self.last_right / self.size


@dataclass(frozen=True)
class CrossValidation:
    """The folds of one setting.

    Attributes:
        prepared: What was trained, as a run says it, with the sizes of its own parts.
        asked: How many folds there were to be.
        folds: Those whose numbers stayed finite.
        together: Pictures that belong together with others, such as copies or a burst, and so stayed in one fold.
        seconds: What all the training took.
    """

    prepared: Prepared
    asked: int
    folds: tuple[Fold, ...]
    together: int
    seconds: float

    @property
    def total(self) -> int:
        """The pictures of all folds: each was held out once."""
        return sum(fold.size for fold in self.folds)

    def spread(self, figure: str = "accuracy") -> tuple[float, float]:
        """Returns the mean over the folds and their standard deviation, of a property of `Fold`."""
        values = [getattr(fold, figure) for fold in self.folds]
        return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0

    def interval(self) -> tuple[float, float] | None:
        """Returns between what the mean accuracy lies likely (95%), as Nadeau and Bengio (2003) correct it.

        Folds learn from the same pictures, so the variance of their mean is not theirs over their number alone: the
        share held out to the share learnt from is added. None of fewer than three folds.
        """
        folds = len(self.folds)
        if folds < 3:
            return None
        from scipy.special import stdtrit

        mean, deviation = self.spread()
        shared = float(np.mean([fold.size / fold.train_size for fold in self.folds]))
        half = float(stdtrit(folds - 1, 0.975)) * deviation * math.sqrt(1 / folds + shared)
        return max(0.0, mean - half), min(1.0, mean + half)

    def headline(self, noun: str = "pictures") -> str:
        """Returns for example "380 of 397 photos right, each judged by a head that had not learnt from it"."""
        right = sum(fold.right for fold in self.folds)
        return f"{right:,} of {self.total:,} {noun} right, each judged by a head that had not learnt from it"

    def in_words(self, noun: str = "pictures") -> tuple[str, ...]:
        """Returns the sentences on it: mean and spread, what flatters, what stayed together, what broke down."""
        mean, deviation = self.spread()
        last, last_deviation = self.spread("last_accuracy")
        low, high = (percent(end(fold.accuracy for fold in self.folds)) for end in (min, max))
        sentences = [
            f"Over {len(self.folds)} folds the accuracy is {percent(mean)} at the mean, from {low} to {high}, with a "
            f"standard deviation of {percent(deviation)} from fold to fold.",
            f"Each fold chose its own best epoch, which flatters; after the last epoch, which nothing chose, it is "
            f"{percent(last)} (standard deviation {percent(last_deviation)}).",
            self._interval_in_words(),
        ]
        if self.prepared.test_size:
            sentences.append(f"The {self.prepared.test_size:,} test {noun} are in no fold.")
        if self.together:
            sentences.append(
                f"{self.together:,} {noun} belong together with others, as copies or a burst: those are in one fold."
            )
        if broken := self.asked - len(self.folds):
            folds = "1 fold" if broken == 1 else f"{broken} folds"
            sentences.append(f"In {folds} training broke down; it is in no figure here. Lower the learning rate.")
        return tuple(sentences)

    def _interval_in_words(self) -> str:
        shared = "Folds share most of what they learn from, so their spread says less than that of as many independent"
        interval = self.interval()
        if interval is None:
            return f"{shared} sets would."
        low, high = map(percent, interval)
        return f"{shared} sets would: corrected for that, the mean lies likely between {low} and {high}."


def fold_rows(found: CrossValidation) -> list[dict[str, float]]:
    """Returns a row for every fold, for a table or a file."""
    return [
        {
            "fold": fold.number,
            "train_size": fold.train_size,
            "held_out": fold.size,
            "best_epoch": fold.best_epoch,
            "right": fold.right,
            "accuracy": fold.accuracy,
            "balanced_accuracy": fold.balanced_accuracy,
            "accuracy_after_last_epoch": fold.last_accuracy,
        }
        for fold in found.folds
    ]
