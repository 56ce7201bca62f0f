"""The outcome of an experiment against numbers worked out by hand, and against SciPy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from qtl_core.common.errors import StoppedByUser
from qtl_core.evaluation.holm import holm
from qtl_core.learn.experiments.experiment import Curves, Likeness, Quality
from qtl_core.learn.experiments.job import outcomes
from qtl_core.learn.experiments.kept import kept
from qtl_core.learn.experiments.outcome import Outcome, corrected, learnt, outcome_of
from tests.helpers.toy_experiment import TOY

STEPS = np.array([0, 10, 20, 30])
ERROR = Quality("error", "", 0.5, "lower", "the error is at most a half")
STOP = Likeness(0.5, "half the task")


def curves_of(scratch: list[list[float]], transferred: list[list[float]]) -> Curves:
    both = np.array(scratch, float), np.array(transferred, float)
    return Curves(STEPS, np.zeros((len(scratch), 2)), np.array([0, 7]), *both)


def test_effort_is_the_first_point_that_is_good_enough_and_a_seed_that_never_gets_there_counts_as_all():
    found = outcome_of(
        STOP,
        curves_of(
            [[1, 1, 0.5, 0.9], [1, 0.4, 1, 1], [1, 1, 1, 0.6]],  # 20, 10, never: 30
            [[0.5, 1, 1, 1], [1, 0.1, 0.1, 0.1], [1, 1, 0.2, 1]],  # 0, 10, 20
        ),
        ERROR,
    )
    assert found.scratch.each.tolist() == [20, 10, 30] and found.transferred.each.tolist() == [0, 10, 20]
    assert (found.scratch.missed, found.transferred.missed) == (1, 0)
    assert (found.scratch.median, found.transferred.median, found.saved, found.difference) == (20, 10, 10, 10)
    assert found.scratch.low == pytest.approx(11) and found.scratch.high == pytest.approx(29)  # 5% and 95% of the way


def test_larger_values_may_be_the_better_ones():
    share = replace(ERROR, better="higher", target=0.9)
    found = outcome_of(STOP, curves_of([[0, 0.8, 0.9, 1]] * 2, [[0.95, 0, 0, 0]] * 2), share)
    assert found.scratch.each.tolist() == [20, 20] and found.transferred.each.tolist() == [0, 0]


def test_the_test_is_scipys_and_the_interval_holds_the_mean():
    dice = np.random.default_rng(3)
    steps = np.arange(0, 400.0)
    apart = dice.permutation(np.arange(1, 21)) * dice.choice([-1, 1, 1, 1], 20)  # no two alike: SciPy is exact then
    ends = np.array([200 + 5 * apart, np.full(20, 200)])
    reached = [(steps >= end[:, None]).astype(float) for end in ends]
    share = replace(ERROR, better="higher", target=1.0)
    found = outcome_of(STOP, Curves(steps, np.zeros((20, 1)), np.zeros(1), *reached), share)
    gaps = ends[0] - ends[1]
    assert found.p == pytest.approx(stats.wilcoxon(gaps, zero_method="pratt", method="exact").pvalue, abs=1e-9)
    assert found.difference == pytest.approx(gaps.mean()) and found.saved == np.median(gaps)
    student = stats.t.interval(0.95, 19, gaps.mean(), stats.sem(gaps))
    assert (found.low, found.high) == pytest.approx(student, abs=0.25 * np.ptp(student))


def made(difference: float, low: float, high: float, p: float, ranks: float) -> Outcome:
    found = outcome_of(STOP, curves_of([[1, 1, 1, 1]] * 2, [[1, 1, 1, 1]] * 2), ERROR)
    return replace(found, difference=difference, low=low, high=high, p=p, p_corrected=p, ranks=ranks)


@pytest.mark.parametrize(
    ("difference", "low", "high", "p", "ranks", "verdict"),
    [
        (5, 1, 9, 0.01, 0.8, "saved"),
        (-5, -9, -1, 0.01, -0.8, "lost"),
        (5, 1, 9, 0.06, 0.8, "uncertain"),
        (5, -1, 9, 0.01, 0.8, "uncertain"),
        (5, 1, 9, 0.01, -0.8, "uncertain"),
        (0, 0, 0, 1.0, 0.0, "uncertain"),
    ],
)
def test_a_verdict_needs_luck_out_of_the_way_and_ranks_and_mean_agreeing(difference, low, high, p, ranks, verdict):
    assert made(difference, low, high, p, ranks).verdict == verdict


def test_stops_are_corrected_for_one_another_in_their_order():
    stops = [replace(made(1, 1, 1, p, 1), likeness=Likeness(value, "")) for value, p in ((0.9, 0.03), (0, 0.01))]
    assert [each.likeness.value for each in corrected(stops)] == [0, 0.9]
    assert [each.p_corrected for each in corrected(stops)] == holm([0.01, 0.03]) == [0.02, 0.03]


def test_stops_come_with_the_wanted_one_first_and_are_kept(monkeypatch):
    found = list(outcomes(TOY, 2))
    assert [each.likeness.value for each in found] == [0.9, 0, 0.5]
    monkeypatch.setattr("qtl_core.learn.experiments.job.learnt", None)  # nothing is learnt twice
    again = list(outcomes(TOY))
    assert [each.likeness.value for each in again] == [0.5, 0, 0.9]
    for before, now in zip(corrected(found), corrected(again), strict=True):
        assert (before.low, before.high, before.p_corrected, before.verdict) == (
            *(now.low, now.high, now.p_corrected, now.verdict),
        )
        assert np.array_equal(before.curves.transferred, now.curves.transferred)
        assert np.array_equal(before.scratch.each, now.scratch.each)


def test_what_is_kept_by_other_code_or_is_damaged_is_not_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("QTL_HOME", str(tmp_path))
    (*_,) = outcomes(TOY)
    usual = TOY.likenesses[TOY.usual]
    (file,) = tmp_path.glob("experiments/toy-*-0.5000.npz")
    assert kept(TOY, usual) is not None
    file.write_bytes(file.read_bytes()[:100])
    assert kept(TOY, usual) is None
    (*_,) = outcomes(TOY)
    monkeypatch.setattr("qtl_core.learn.experiments.kept.fingerprint", lambda: "other")
    assert kept(TOY, usual) is None
    (*_,) = outcomes(TOY)
    assert [path.name for path in sorted(tmp_path.glob("experiments/*"))] == [
        f"toy-other-{stop}.npz" for stop in ("0.0000", "0.5000", "0.9000")
    ], "what other code kept has gone"


def test_where_nothing_can_be_kept_it_is_learnt_all_the_same(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "file"))
    assert len(list(outcomes(TOY))) == 3


def test_stop_is_asked_before_each_stop():
    with pytest.raises(StoppedByUser):
        learnt(TOY, TOY.likenesses[0], should_stop=lambda: True)
