"""The outcome of an experiment: evaluations until task B is learnt, from both starts, in pairs of seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.evaluation.holm import holm
from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.learn.experiments.experiment import Curves, Experiment, Likeness, Quality
from qtl_core.studies.comparisons import bootstrap_interval, rank_share, signed_rank_p

BAND = (5, 95)  # percentiles: nine of ten seeds lie within

Verdict = Literal["saved", "lost", "uncertain"]


@dataclass(frozen=True)
class Effort:
    """The evaluations until task B is learnt, over seeds.

    Attributes:
        each: Of every seed; one that never got there counts as all that it used.
        median, low, high: The middle, and between what nine of ten seeds lie.
        missed: How many seeds never got there.
    """

    each: np.ndarray
    median: float
    low: float
    high: float
    missed: int


@dataclass(frozen=True)
class Outcome:
    """The outcome at one stop.

    Attributes:
        likeness: The stop.
        curves: What was learnt.
        scratch, transferred: Evaluations until task B is learnt.
        saved: The median over seeds of how many fewer it took from what task A left; below 0 if it took more.
        difference: The mean of the same.
        low, high: A 95% interval of that mean, by bootstrap.
        p: Two-sided, Wilcoxon's signed-rank test over seeds.
        p_corrected: The same after Holm's correction over all stops.
        ranks: Ranks of seeds that saved less those of seeds that lost, -1 to 1.
    """

    likeness: Likeness
    curves: Curves
    scratch: Effort
    transferred: Effort
    saved: float
    difference: float
    low: float
    high: float
    p: float
    p_corrected: float
    ranks: float

    @property
    def verdict(self) -> Verdict:
        """The claim that holds: ranks and mean have to agree, and luck hardly give as much over all stops."""
        if self.p_corrected > ALPHA or self.low * self.high <= 0 or self.ranks * self.difference <= 0:
            return "uncertain"
        return "saved" if self.difference > 0 else "lost"

    def saves_more_than(self, other: Outcome) -> bool:
        """True if more is saved than at another stop, seed by seed, and neither ranks nor mean give that to luck."""
        more = self._saved_each - other._saved_each
        low, _ = bootstrap_interval(more)
        return low > 0 and rank_share(more) > 0 and signed_rank_p(more) <= ALPHA

    @property
    def _saved_each(self) -> np.ndarray:
        saved: np.ndarray = self.scratch.each - self.transferred.each
        return saved


def learnt(
    experiment: Experiment, likeness: Likeness, seeds: np.ndarray | None = None, should_stop: ShouldStop = never_stop
) -> Outcome:
    """Returns the outcome at one stop, not yet corrected for the others, by learning all of it.

    Args:
        experiment: Which.
        likeness: Its stop.
        seeds: By default all that the experiment has.
        should_stop: Asked often.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    if should_stop():
        raise StoppedByUser
    seeds = np.arange(experiment.seeds) if seeds is None else seeds
    curves = experiment.learn(likeness, seeds, should_stop)
    return outcome_of(likeness, curves, experiment.quality)


def corrected(found: list[Outcome]) -> list[Outcome]:
    """Returns the outcomes from the least alike to the most, their p-values corrected together."""
    ordered = sorted(found, key=lambda each: each.likeness.value)
    return [replace(each, p_corrected=p) for each, p in zip(ordered, holm([each.p for each in ordered]), strict=True)]


def outcome_of(likeness: Likeness, curves: Curves, quality: Quality) -> Outcome:
    """Returns what curves show, not yet corrected for other stops."""
    scratch, transferred = (
        _effort(values, curves.evaluations, quality) for values in (curves.scratch, curves.transferred)
    )
    gaps = scratch.each - transferred.each
    low, high = bootstrap_interval(gaps)
    p = signed_rank_p(gaps)
    mean, middle = float(gaps.mean()), float(np.median(gaps))
    return Outcome(likeness, curves, scratch, transferred, middle, mean, low, high, p, p, rank_share(gaps))


def first_effort(curves: Curves, quality: Quality) -> Effort:
    """Returns the evaluations until task A is done as well as is asked of task B."""
    return _effort(curves.first, curves.first_evaluations, quality)


def _effort(values: np.ndarray, evaluations: np.ndarray, quality: Quality) -> Effort:
    reached = quality.reached(values)
    there = reached.any(axis=1)
    each = np.where(there, evaluations[reached.argmax(axis=1)], evaluations[-1]).astype(float)
    low, high = np.percentile(each, BAND)
    return Effort(each, float(np.median(each)), float(low), float(high), int((~there).sum()))
