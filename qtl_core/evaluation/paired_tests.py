"""Tests whether one thing does better than others over the same seeds: Student's paired t-test with Holm's correction.

The t distribution is `scipy.special`'s: `scipy.stats`, which has the test itself, is too slow to import in a page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.evaluation.holm import holm

ALPHA = 0.05  # how often at least one of all the comparisons may find a difference where there is none
FEWEST_PAIRS = 10  # with fewer, a spread is too uncertain to judge by


@dataclass(frozen=True)
class PairedDifference:
    """The mean of paired differences, and what luck has to do with it.

    Attributes:
        mean: First minus second.
        low, high: Interval of the mean, at the level at which its p-value was judged.
        p: Two-sided; multiplied for the number of comparisons, as Holm does: to be held against `ALPHA`, no frequency.
        pairs: How many differences there are.
        wins, losses: How many are above and below 0.
        raw_p: How often luck alone gives as much in this one comparison, two-sided.
        alpha: What `raw_p` was judged at; the interval's level is 1 - alpha.
        comparisons: How many were corrected together.
    """

    mean: float
    low: float
    high: float
    p: float
    pairs: int
    wins: int
    losses: int
    raw_p: float
    alpha: float
    comparisons: int

    @property
    def is_luck(self) -> bool:
        """True if luck may well give such a difference; the interval holds 0 then."""
        return self.p > ALPHA


def paired_differences(families: Sequence[Sequence[float]]) -> list[PairedDifference]:
    """Returns one result for every comparison, all corrected together.

    Holm, Scandinavian Journal of Statistics 6, 65 (1979): of m p-values the k-th smallest (from 0) is judged at
    alpha / (m - k), until one fails. Intervals are taken at the level of the step that judged them, those after the
    first failure at its level; so an interval leaves out 0 exactly where the difference counts.

    Args:
        families: The paired differences of each comparison, at least two each.
    """
    raw = [_p_value(np.asarray(gaps, float)) for gaps in families]
    corrected, count, failed = holm(raw), len(raw), 0
    parts = [count] * count
    for step, index in enumerate(sorted(range(count), key=raw.__getitem__)):
        failed = failed or (count - step if corrected[index] > ALPHA else 0)
        parts[index] = failed or count - step
    return [
        _difference(np.asarray(gaps, float), p, single, ALPHA / part, count)
        for gaps, p, single, part in zip(families, corrected, raw, parts, strict=True)
    ]


def mean_interval(values: np.ndarray, alpha: float = ALPHA) -> tuple[float, float]:
    """Returns where the mean of what `values` are drawn from lies, at level 1 - alpha (Student's t)."""
    from scipy.special import stdtrit

    mean, reach = float(values.mean()), float(stdtrit(len(values) - 1, 1 - alpha / 2)) * _error(values)
    return mean - reach, mean + reach


def _difference(gaps: np.ndarray, p: float, raw_p: float, alpha: float, comparisons: int) -> PairedDifference:
    low, high = mean_interval(gaps, alpha)
    wins, losses = int((gaps > 0).sum()), int((gaps < 0).sum())
    return PairedDifference(float(gaps.mean()), low, high, p, len(gaps), wins, losses, raw_p, alpha, comparisons)


def _p_value(gaps: np.ndarray) -> float:
    from scipy.special import stdtr

    error, mean = _error(gaps), abs(float(gaps.mean()))
    if error == 0:
        return 0.0 if mean else 1.0
    return 2 * float(stdtr(len(gaps) - 1, -mean / error))


def _error(values: np.ndarray) -> float:
    """The standard error of the mean."""
    return float(values.std(ddof=1)) / math.sqrt(len(values))
