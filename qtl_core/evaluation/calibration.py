"""Calibration, a check that probabilities mean what they say: of pictures called 80% sure, are 80% right?

Reliability diagram and expected calibration error as in C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On
Calibration of Modern Neural Networks" (ICML 2017), and their remedy, temperature scaling: class scores are divided by
one number T before the softmax, which makes all answers less sure (T > 1) or surer (T < 1) and changes none of them.
Numpy alone: pages compute it themselves, in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qtl_core.common.checks import class_labels, real_array
from qtl_core.common.errors import InputError
from qtl_core.evaluation.metrics import evaluation_of
from qtl_core.runs.view import RunView

BINS = 10  # of equal width from 0 to 1; a validation set of 153 pictures would leave finer ones empty
FOLDS = 5  # a temperature is measured on pictures that it was not fitted on: four fifths fit, one fifth measures
SURENESS = (0.05, 20.0)  # 1 / T: beyond, two classes that are 5 apart in score look like a coin, or like certainty
HALVINGS = 60  # of that interval: to the last digit of a double
TRIALS = 1_000  # imagined validation sets: enough for the 95% point to stand still at two digits


@dataclass(frozen=True, eq=False)
class Reliability:
    """Confidence against accuracy, in bins of confidence (the probability of the predicted class).

    Attributes:
        counts: Pictures in each bin, shape (BINS,).
        confidence: Their mean confidence, shape (BINS,); NaN where there are none.
        accuracy: The share of them that are right, shape (BINS,); NaN where there are none.
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error: the mean gap between confidence and accuracy, bins weighted by pictures."""
        there = self.counts > 0
        gaps = np.abs(self.accuracy[there] - self.confidence[there])
        return float((gaps * self.counts[there]).sum() / self.counts.sum())

    @property
    def mean_confidence(self) -> float:
        """Of all pictures."""
        return _mean(self.confidence, self.counts)

    @property
    def mean_accuracy(self) -> float:
        """The share of all pictures that are right."""
        return _mean(self.accuracy, self.counts)


@dataclass(frozen=True, eq=False)
class Calibration:
    """The calibration of a run's probabilities, measured on its validation pictures.

    Attributes:
        plain: As the run gives them.
        by_chance: The error that probabilities which mean exactly what they say stay below in 95% of validation
            sets of this size.
        temperature: The one that fits all validation pictures best, or None where no number does.
        scaled: With temperatures fitted on other pictures than those measured; None where some of those have none.
    """

    plain: Reliability
    by_chance: float
    temperature: float | None
    scaled: Reliability | None

    @property
    def pictures(self) -> int:
        """The number of pictures."""
        return int(self.plain.counts.sum())


def calibration_of_run(view: RunView) -> Calibration:
    """Measures a run's calibration on its validation pictures, at the epoch whose weights are kept."""
    evaluation = evaluation_of(view)
    return calibration_of(evaluation.probabilities, evaluation.labels)


def why_not_measured(view: RunView) -> str:
    """Returns the sentence that says why a run's calibration cannot be measured, or ""."""
    if view.prepared is None or not view.prepared.is_measured:
        return (
            "this head was trained elsewhere, and when it came in there were no validation pictures of its classes, "
            "or no weights of its image network, to measure it with"
        )
    if not np.isfinite(evaluation_of(view).probabilities).all():
        return "its training broke down, and its probabilities are not finite numbers"
    return ""


def calibration_of(probabilities: np.ndarray, labels: np.ndarray) -> Calibration:
    """Measures the calibration of predictions for pictures whose class is known.

    Args:
        probabilities: Shape (pictures, classes).
        labels: True classes, shape (pictures,).

    Raises:
        InputError: There are none, a shape does not fit, or a probability or label is none.
    """
    probabilities = real_array("probabilities", probabilities, (None, None), says="(pictures, classes)")
    if probabilities.min() < 0 or probabilities.max() > 1 + 1e-6:
        held = f"holds {probabilities.min():g} to {probabilities.max():g}"
        raise InputError("probabilities", held, "probabilities, 0 to 1")
    labels = class_labels("labels", labels, *probabilities.shape)
    temperature = fitted_temperature(probabilities, labels)
    scaled = _scaled_by_others(probabilities, labels) if temperature else None
    return Calibration(
        plain=reliability(probabilities, labels),
        by_chance=error_by_chance(probabilities),
        temperature=temperature,
        scaled=None if scaled is None else reliability(scaled, labels),
    )


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> Reliability:
    """Sorts predictions into bins of confidence: bin m holds those above m / BINS, up to (m + 1) / BINS."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    bins = _bins(confidence)
    counts = np.bincount(bins, minlength=BINS)
    with np.errstate(invalid="ignore"):  # 0 / 0 is NaN: an empty bin has no mean
        sums = (np.bincount(bins, weights=values, minlength=BINS) for values in (confidence, right))
        return Reliability(counts, *(total / counts for total in sums))


def scaled(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Returns softmax(scores / T) of the scores whose softmax are `probabilities`, shape (..., classes).

    Scores are the logarithms of the probabilities up to a constant, which the softmax takes out again.
    """
    return _softmax(_scores(probabilities) / temperature)


def fitted_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float | None:
    """Returns the temperature of the lowest cross-entropy on these pictures.

    The cross-entropy is convex in b = 1 / T, with the slope mean(E[score] - score of the true class), the expectation
    taken over the classes at that b; where the slope crosses 0 is found by halving an interval.

    Returns:
        None where no temperature within `SURENESS` is best: without a mistake the surest always is, and where most are
        mistakes the least sure.
    """
    scores = _scores(probabilities)
    of_true = scores[np.arange(len(labels)), labels]

    def slope(sureness: float) -> float:
        return float(((_softmax(scores * sureness) * scores).sum(axis=1) - of_true).mean())

    low, high = SURENESS
    if not slope(low) < 0 < slope(high):
        return None
    return 1 / _crossing(slope, low, high)


def error_by_chance(probabilities: np.ndarray) -> float:
    """Returns the calibration error below which perfect calibration stays in 95% of such sets.

    Whether each picture is right is drawn with the very probability that is said (consistency resampling: J. Bröcker
    and L. A. Smith, Weather Forecast. 22, 651, 2007); always with the same dice.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    bins, dice = _bins(confidence), np.random.default_rng(0)
    errors = [
        np.abs(np.bincount(bins, weights=(dice.random(len(bins)) < confidence) - confidence)).sum() / len(bins)
        for _ in range(TRIALS)
    ]
    return float(np.quantile(errors, 0.95))


def _scaled_by_others(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """Returns every picture's probabilities at the temperature that fits the other folds' pictures.

    Every fifth picture makes a fold: pictures are sorted by class, so every fold has all classes.
    """
    fold, made = np.arange(len(labels)) % FOLDS, np.empty(probabilities.shape)
    for number in range(min(FOLDS, len(labels))):
        here = fold == number
        temperature = fitted_temperature(probabilities[~here], labels[~here])
        if temperature is None:
            return None
        made[here] = scaled(probabilities[here], temperature)
    return made


def _crossing(slope: Callable[[float], float], low: float, high: float) -> float:
    """Returns where a slope that is below 0 at `low` and above it at `high` is 0."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if slope(middle) > 0 else (middle, high)
    return (low + high) / 2


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _scores(probabilities: np.ndarray) -> np.ndarray:
    """Logarithms, finite also where single precision rounds a probability to 0."""
    return np.log(np.maximum(probabilities, np.finfo(np.float32).tiny), dtype=np.float64)


def _bins(confidence: np.ndarray) -> np.ndarray:
    return np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)


def _mean(values: np.ndarray, counts: np.ndarray) -> float:
    return float(np.nansum(values * counts) / counts.sum())
