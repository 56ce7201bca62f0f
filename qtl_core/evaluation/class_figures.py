"""Figures of every class: precision, recall and F1 with their intervals, and their means over the classes.

All of them are counts of the confusion matrix, so that a table of thousands of pictures takes no time; a test holds
them equal to scikit-learn's. What needs probabilities is in `probability_figures`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qtl_core.evaluation.metrics import Evaluation, Interval, evaluation_of, wilson_interval
from qtl_core.runs.view import RunView

UNKNOWN = math.nan, math.nan  # the interval of a share of nothing
VALIDATION, TEST = "validation", "test"


@dataclass(frozen=True)
class ClassFigures:
    """One class against the rest.

    Attributes:
        name: The class.
        support: Pictures that are of it.
        said: Pictures that were taken for it.
        right: Pictures that are of it and were taken for it.
    """

    name: str
    support: int
    said: int
    right: int

    @property
    def precision(self) -> float:
        """Of those taken for it, the share that are; NaN where nothing was taken for it."""
        return self.right / self.said if self.said else math.nan

    @property
    def recall(self) -> float:
        """Of those that are of it, the share that was recognised; NaN where there are none."""
        return self.right / self.support if self.support else math.nan

    @property
    def f1(self) -> float:
        """The harmonic mean of the two, 2 TP / (2 TP + FP + FN); NaN where neither exists."""
        return 2 * self.right / (self.support + self.said) if self.support + self.said else math.nan

    @property
    def precision_interval(self) -> Interval:
        """The 95% interval (Wilson's)."""
        return wilson_interval(self.right, self.said) if self.said else UNKNOWN

    @property
    def recall_interval(self) -> Interval:
        """The 95% interval (Wilson's)."""
        return wilson_interval(self.right, self.support) if self.support else UNKNOWN

    @property
    def f1_interval(self) -> Interval:
        """The 95% interval.

        F1 is 2 J / (1 + J) with J = TP / (TP + FP + FN), a share of the pictures that have to do with the class, of
        which Wilson's interval is known; F1 grows with J, so its ends are those of J, turned into F1.
        """
        concerned = self.support + self.said - self.right
        if not concerned:
            return UNKNOWN
        low, high = wilson_interval(self.right, concerned)
        return 2 * low / (1 + low), 2 * high / (1 + high)


@dataclass(frozen=True, eq=False)
class PartFigures:
    """The figures of one part of the pictures: validation or test.

    Attributes:
        part: Which.
        epoch: Whose weights answered.
        evaluation: The answers.
        classes: Figures of every class, in order.
    """

    part: str
    epoch: int
    evaluation: Evaluation
    classes: tuple[ClassFigures, ...]

    @property
    def balanced_accuracy(self) -> float:
        """The mean recall of the classes that are there."""
        return self.evaluation.balanced_accuracy

    @property
    def balanced_interval(self) -> Interval:
        """The 95% interval of the balanced accuracy.

        Recalls of several classes are independent shares. Their mean's interval is recovered from theirs (MOVER, G. Zou
        and A. Donner, Stat. Med. 27, 1693, 2008), so that it does not shrink to nothing where all are right.
        """
        there = [each for each in self.classes if each.support]
        ends = [(each.recall, *each.recall_interval) for each in there]
        down = math.sqrt(sum((share - low) ** 2 for share, low, _ in ends)) / len(ends)
        up = math.sqrt(sum((high - share) ** 2 for share, _, high in ends)) / len(ends)
        return max(0.0, self.balanced_accuracy - down), min(1.0, self.balanced_accuracy + up)

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the classes that are there, each counting the same however rare it is."""
        return float(np.mean([each.f1 for each in self.classes if each.support]))


def class_figures(evaluation: Evaluation) -> tuple[ClassFigures, ...]:
    """Returns the figures of every class, in order."""
    matrix = evaluation.confusion
    counts = zip(matrix.sum(axis=1), matrix.sum(axis=0), matrix.diagonal(), strict=True)
    return tuple(
        ClassFigures(name, int(support), int(said), int(right))
        for name, (support, said, right) in zip(evaluation.classes, counts, strict=True)
    )


def part_figures(view: RunView) -> dict[str, PartFigures]:
    """Returns the figures of a run's parts: by "validation" and, where test pictures were looked at, by "test".

    Before the first epoch, and of a head that was never measured, there are none.
    """
    found: dict[str, PartFigures] = {}
    if view.prepared is None or view.best is None:
        return found
    if view.prepared.is_measured:
        evaluation = evaluation_of(view)
        found[VALIDATION] = PartFigures(VALIDATION, view.best.epoch, evaluation, class_figures(evaluation))
    if (tested := tested_evaluation(view)) and view.tested:
        found[TEST] = PartFigures(TEST, view.tested.epoch, tested, class_figures(tested))
    return found


def tested_evaluation(view: RunView) -> Evaluation | None:
    """Returns the evaluation of a run's test pictures; None where they were not looked at."""
    if view.prepared is None or view.tested is None:
        return None
    labels = np.asarray(view.prepared.test_labels, dtype=np.int64)
    return Evaluation(view.prepared.classes, labels, view.tested.probabilities, view.prepared.test_files)


FLATTERS = "The best epoch was chosen by its validation accuracy, so that figure flatters; the test chose nothing."


def tested_in_words(view: RunView, noun: str = "pictures") -> str:
    """Returns what the test part says, which figure is which, and how often it was looked at; "" without one."""
    prepared = view.prepared
    if prepared is None or not prepared.test_size:
        return ""
    tested = tested_evaluation(view)
    if tested is None or view.tested is None:
        return f"The {prepared.test_size:,} test {noun} are looked at once, when training is over."
    said = f"Test: {tested.in_words(noun)}, with the weights of epoch {view.tested.epoch}. {FLATTERS}"
    if view.looks > 1:
        said += f" They have been looked at {view.looks} times, as it was trained further: that is no longer once."
    return said
