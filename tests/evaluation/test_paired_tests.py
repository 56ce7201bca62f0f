"""Paired t-tests against scipy's own, and Holm's steps against the closed tests that they are short for."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from qtl_core.evaluation.paired_tests import ALPHA, mean_interval, paired_differences


def by_closed_tests(p_values: list[float]) -> list[float]:
    """Holm's p-values by their meaning: an hypothesis falls where Bonferroni rejects every set that holds it."""
    indices = range(len(p_values))
    return [
        max(
            min(1.0, size * min(p_values[k] for k in chosen))
            for size in range(1, len(p_values) + 1)
            for chosen in combinations(indices, size)
            if index in chosen
        )
        for index in indices
    ]


@pytest.mark.parametrize("seed", range(30))
def test_p_values_are_those_of_scipy_corrected_by_closed_tests(seed: int):
    generator = np.random.default_rng(seed)
    families = [generator.normal(shift, 1.5, size=20).round() for shift in generator.uniform(-1.5, 1.5, size=4)]
    raw = [float(stats.ttest_rel(gaps, np.zeros(20)).pvalue) for gaps in families]
    found = paired_differences(families)
    assert [each.p for each in found] == pytest.approx(by_closed_tests(raw), rel=1e-9)
    assert [each.raw_p for each in found] == pytest.approx(raw, rel=1e-9)
    assert {each.comparisons for each in found} == {4}
    assert all((each.raw_p > each.alpha) == each.is_luck for each in found)
    for each, gaps in zip(found, families, strict=True):
        assert (each.mean, each.pairs) == (pytest.approx(gaps.mean()), 20)
        assert (each.wins, each.losses) == ((gaps > 0).sum(), (gaps < 0).sum())
        assert each.is_luck == (each.low <= 0 <= each.high)  # words and interval never contradict each other


def test_one_comparison_alone_has_the_usual_interval():
    gaps = np.array([1.0, 3, 0, -1, 2, 2, 1, 0, 4, 1])
    (found,) = paired_differences([gaps])
    usual = stats.ttest_1samp(gaps, 0).confidence_interval(1 - ALPHA)
    assert (found.low, found.high) == pytest.approx(tuple(usual))
    assert mean_interval(gaps) == pytest.approx(tuple(usual))


def test_the_smallest_p_value_is_judged_at_a_share_of_alpha():
    strong, none = np.array([3.0, 4, 5, 4, 3, 5, 4, 3, 5, 4]), np.array([1.0, -1, 2, -2, 0, 1, -1, 0, 2, -2])
    first, second, third = paired_differences([none, strong, none])
    wide = stats.ttest_1samp(strong, 0).confidence_interval(1 - ALPHA / 3)
    assert (second.low, second.high) == pytest.approx(tuple(wide))
    after = stats.ttest_1samp(none, 0).confidence_interval(1 - ALPHA / 2)
    assert (first.low, first.high) == pytest.approx(tuple(after))
    assert first == third
    assert first.is_luck
    assert not second.is_luck


def test_differences_without_spread_need_no_division():
    same, one_more = paired_differences([[0] * 10, [1] * 10])
    assert (same.p, same.low, same.high) == (1, 0, 0)
    assert (one_more.p, one_more.low, one_more.high) == (0, 1, 1)


def test_luck_alone_finds_a_difference_in_any_of_three_about_as_rarely_as_is_said():
    generator = np.random.default_rng(1)
    tries = 400
    found = sum(
        any(not each.is_luck for each in paired_differences(generator.normal(size=(3, 50)))) for _ in range(tries)
    )
    assert stats.binomtest(found, tries, ALPHA, alternative="greater").pvalue > 0.01
