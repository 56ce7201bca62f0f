"""Figures of probabilities, by scikit-learn: ROC and precision-recall curves with areas, Brier score, log loss.

Each class is set against the rest: the curve of a class shows what every threshold on its probability would find.
Imported when somebody looks: scikit-learn takes a second.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field

import numpy as np

from qtl_core.evaluation.metrics import Evaluation


@dataclass(frozen=True, eq=False)
class ClassCurves:
    """One class against the rest, over all thresholds on its probability.

    Attributes:
        false_positive_rate, true_positive_rate: The ROC curve, both shape (thresholds,), ascending.
        recall, precision: The precision-recall curve, both shape (thresholds + 1,), recall descending to 0.
        roc_area: Area below the ROC curve: how likely one of the class gets a higher probability than one that is not.
        average_precision: Mean precision weighted by the steps of recall: the area below the second curve.
        share: Pictures of the class among all: the average precision of chance.
    """

    false_positive_rate: np.ndarray = field(repr=False)
    true_positive_rate: np.ndarray = field(repr=False)
    recall: np.ndarray = field(repr=False)
    precision: np.ndarray = field(repr=False)
    roc_area: float
    average_precision: float
    share: float


@dataclass(frozen=True, eq=False)
class ProbabilityFigures:
    """All figures of a set of probabilities.

    Attributes:
        curves: Of every class, in order; None for a class of which there is no picture, or nothing else.
        brier: The mean squared distance from what is so; of two classes that of either, else summed over the classes.
        log_loss: The mean of -log(probability of the true class): the loss of training, without weights or smoothing.
    """

    curves: tuple[ClassCurves | None, ...]
    brier: float
    log_loss: float

    @property
    def macro_roc_area(self) -> float:
        """The mean over the classes that have one; NaN where none has."""
        return _mean([each.roc_area for each in self.curves if each])

    @property
    def macro_average_precision(self) -> float:
        """The mean over the classes that have one; NaN where none has."""
        return _mean([each.average_precision for each in self.curves if each])


def probability_figures(evaluation: Evaluation) -> ProbabilityFigures:
    """Returns the figures of a set of answers; NaN and no curves where some probability is no finite number."""
    classes, shares = len(evaluation.classes), np.asarray(evaluation.probabilities, dtype=np.float64)
    if not evaluation.total or not np.isfinite(shares).all():
        return ProbabilityFigures((None,) * classes, math.nan, math.nan)
    from sklearn.metrics import brier_score_loss

    labels = list(range(classes))
    sums = shares.sum(
        axis=1, keepdims=True
    )  # a hair from 1 in single precision, which ties in the curves must not feel
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a part of one class: said on the page in our words
        brier = brier_score_loss(evaluation.labels, shares / sums, labels=labels)
    curves = tuple(_curves(evaluation.labels == each, shares[:, each]) for each in labels)
    return ProbabilityFigures(curves, float(brier), evaluation.cross_entropy)


def _curves(is_class: np.ndarray, shares: np.ndarray) -> ClassCurves | None:
    from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve

    if is_class.all() or not is_class.any():
        return None
    false_rate, true_rate, _ = roc_curve(is_class, shares)
    precision, recall, _ = precision_recall_curve(is_class, shares, drop_intermediate=True)
    area, average = float(auc(false_rate, true_rate)), float(average_precision_score(is_class, shares))
    return ClassCurves(false_rate, true_rate, recall, precision, area, average, float(is_class.mean()))


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else math.nan
