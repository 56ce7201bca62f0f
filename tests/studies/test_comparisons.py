"""Comparisons within a study: against SciPy's own tests, values by hand, and what luck gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from qtl_core.evaluation.holm import holm
from qtl_core.settings import RunSettings
from qtl_core.studies.comparisons import (
    EXACT_PAIRS,
    FEWEST_PAIRS,
    bootstrap_interval,
    bootstrap_level,
    cliffs_delta,
    compared,
    least_p,
    pairs_needed,
    pairs_of,
    planned_comparisons,
    signed_rank_p,
    usual_measure,
)
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.rows import Row

DICE = np.random.default_rng(7)


def plan(*axes: str, seeds: int = 20) -> StudyPlan:
    return StudyPlan("a question", RunSettings(), tuple(axis_from(axis) for axis in axes), seeds)


def rows_of(asked: StudyPlan, accuracy) -> dict[str, Row]:
    """Rows whose last accuracy is what `accuracy(cell.at, seed)` says."""
    return {
        run.key: Row(run.key, run.seed, epochs=1, best_epoch=1, last_val_accuracy=float(accuracy(cell.at, run.seed)))
        for cell in asked.cells()
        for run in asked.runs_of(cell)
    }


@pytest.mark.parametrize("pairs", [6, 9])
def test_few_pairs_are_judged_by_all_ways_to_give_signs(pairs):
    gaps = DICE.integers(-3, 5, size=pairs) / 153  # with ties and zeros
    by_scipy = stats.wilcoxon(gaps, zero_method="pratt", method=stats.PermutationMethod(n_resamples=np.inf))
    assert signed_rank_p(gaps) == pytest.approx(by_scipy.pvalue, abs=1e-12)


def test_without_ties_few_pairs_give_the_exact_test():
    gaps = DICE.normal(0.4, 1, size=12)
    assert signed_rank_p(gaps) == pytest.approx(stats.wilcoxon(gaps, method="exact").pvalue, abs=1e-12)


@pytest.mark.parametrize("pairs", [20, 40, 120])
def test_more_pairs_are_judged_exactly_too(pairs):
    gaps = DICE.normal(0.2, 1, size=pairs)
    assert signed_rank_p(gaps) == pytest.approx(stats.wilcoxon(gaps, method="exact").pvalue, rel=1e-9)
    assert signed_rank_p(np.zeros(pairs)) == 1.0
    assert signed_rank_p(np.ones(pairs)) == pytest.approx(2.0 ** (1 - pairs)), "better in every pair, with ties"


def test_of_very_many_pairs_the_normal_approximation_is_as_good():
    gaps = DICE.normal(0.05, 1, size=EXACT_PAIRS + 1)
    assert signed_rank_p(gaps) == pytest.approx(signed_rank_p(gaps[:-1]), abs=0.1)
    assert signed_rank_p(gaps) == pytest.approx(stats.wilcoxon(gaps, method="approx").pvalue)


def test_what_can_count_depends_on_pairs_and_comparisons():
    assert [pairs_needed(number) for number in (1, 6, 10, 564)] == [6, 8, 9, 15]
    assert least_p(6, 1) == pytest.approx(1 / 32) and least_p(3, 100) == 1.0
    assert planned_comparisons(plan("head=linear,dressed", "depth=1,2")) == 2
    assert planned_comparisons(plan("momentum=0.1,0.5")) == 0, "the same runs"


def test_where_ranks_and_mean_disagree_no_side_is_named():
    asked = plan("head=dressed,linear")
    rows = rows_of(asked, lambda at, seed: 0.9 + (at["head"] == "dressed") * (0.013 if seed else -0.287))
    (found,) = compared(asked, rows, "last_val_accuracy")
    assert (found.above, found.below) == (19, 1) and found.difference < 0 < found.ranks
    assert found.p_corrected < 0.001 and found.is_torn and not found.counts and not found.is_luck


def test_runs_that_broke_down_are_counted_on_their_side():
    asked = plan("head=dressed,linear")
    rows = rows_of(asked, lambda at, seed: 0.9 + seed / 1000)
    for run in asked.runs_of(asked.cells()[1])[:13]:
        rows[run.key] = Row(run.key, run.seed, broke_down=2)
    (found,) = compared(asked, rows, "last_val_accuracy")
    assert (found.pairs, found.broken_a, found.broken_b) == (7, 0, 13)


def test_equal_accuracies_tie_whatever_their_last_bit():
    assert signed_rank_p(np.array([0.1 + 0.2 - 0.3] * 8)) == 1.0


@pytest.mark.parametrize("pairs", [10, 20])
def test_two_equal_heads_differ_as_often_as_the_level_says(pairs):
    trials = 1500
    rights = DICE.binomial(153, 0.95, size=(2, trials, pairs)) / 153
    found = np.mean([signed_rank_p(first - second) < 0.05 for first, second in zip(*rights, strict=True)])
    assert 0.02 <= found <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)


def test_holm_by_hand():
    """Values of statsmodels' `multipletests(method="holm")` and R's `p.adjust`."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0] and holm([]) == []


# Of few pairs some resamples are all of them, in another order: their means are the mean itself, but for rounding.
@pytest.mark.parametrize(("pairs", "apart"), [(6, 0.002), (20, 1e-9), (440, 1e-9)])
def test_the_interval_is_scipy_s_of_the_same_resamples(pairs, apart):
    gaps = np.random.default_rng(pairs).gamma(1.5, size=pairs)  # skewed
    level, dice = bootstrap_level(pairs), np.random.default_rng(0)
    found = stats.bootstrap((gaps,), np.mean, n_resamples=2_000, confidence_level=level, method="BCa", rng=dice)
    assert bootstrap_interval(gaps) == pytest.approx(tuple(found.confidence_interval), abs=apart)


def test_cliffs_delta_is_the_sign_of_every_difference():
    first, second = DICE.integers(0, 9, 50) / 153, DICE.integers(2, 9, 40) / 153
    assert cliffs_delta(first, second) == pytest.approx(
        np.sign(np.round(first[:, None] - second, 12)).mean(), abs=1e-12
    )


def test_cliffs_delta_by_hand():
    assert cliffs_delta(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1.0
    assert cliffs_delta(np.array([1.0, 3.0]), np.array([2.0, 3.0])) == -0.25  # one above, two below, one tie of four


def test_the_interval_is_of_the_mean_and_holds_its_share():
    assert bootstrap_interval(np.full(8, 0.25)) == (0.25, 0.25)
    hits = 0
    for _ in range(200):
        low, high = bootstrap_interval(DICE.normal(0.5, 1, size=20))
        hits += low <= 0.5 <= high
    assert 0.85 <= hits / 200 <= 0.99


def test_a_difference_is_found_where_it_is_and_corrected_for_all_that_was_compared():
    asked = plan("head=dressed,linear", "depth=1,2")
    luck = np.random.default_rng(1)
    rows = rows_of(
        asked, lambda at, seed: 0.9 + 0.05 * (at["head"] == "dressed" and at["depth"] == 2) + luck.normal() / 50
    )
    first, second = compared(asked, rows, "last_val_accuracy")
    assert (dict(first.at), first.a, first.b) == ({"depth": 1}, "dressed", "linear")
    assert not second.is_luck and second.difference == pytest.approx(0.05, abs=0.02) and second.low > 0
    assert first.is_luck and first.p_corrected == pytest.approx(max(first.p, 2 * second.p))
    assert second.p_corrected == pytest.approx(2 * second.p) and second.pairs == 20


def test_what_cannot_be_compared_is_not():
    asked = plan("head=dressed,linear", seeds=FEWEST_PAIRS)
    rows = rows_of(asked, lambda at, seed: seed)
    assert len(compared(asked, rows, "last_val_accuracy")) == 1
    rows.popitem()
    assert compared(asked, rows, "last_val_accuracy") == []
    same = plan("momentum=0.1,0.5")  # which Adam does not read: the very same runs
    assert compared(same, rows_of(same, lambda at, seed: 0.5), "last_val_accuracy") == []
    assert compared(plan(), {}, "last_val_accuracy") == []
    with pytest.raises(KeyError):
        compared(asked, rows, "beauty")


def test_of_many_values_each_is_compared_with_the_first():
    assert len(pairs_of(plan("depth=0:5"))) == 15
    many = pairs_of(plan("depth=0:7"))
    assert len(many) == 7 and all(first.at["depth"] == 0 for first, _ in many)


def test_what_is_compared_chose_nothing():
    assert usual_measure([Row("a", 0)]) == "last_val_accuracy"
    assert usual_measure([Row("a", 0), Row("b", 1, test_accuracy=0.5)]) == "test_accuracy"
