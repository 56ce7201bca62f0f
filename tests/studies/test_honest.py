"""Studies of equal heads, a small number of what `make honest` counts, and the statistics against others' values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import t

from benchmarks import honest
from benchmarks.honest import Honesty, honesty
from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.studies.comparisons import bootstrap_interval, bootstrap_level, signed_rank_p
from tests.conftest import PROJECT


def found(name: str, studies: int) -> Honesty:
    axes, seeds = honest.PLANS[name]
    return honesty(name, honest._plan(axes, seeds), honest.drawn(np.random.default_rng(3)), studies)


def most(studies: int, share: float = ALPHA) -> float:
    """What a true share is above in one of a thousand trials."""
    return share + 3.1 * np.sqrt(share * (1 - share) / studies)


def test_equal_heads_are_said_to_differ_as_seldom_as_the_level_says():
    two = found("two heads, 20 seeds", 300)
    assert 0.01 <= two.together == two.alone <= most(300) and two.comparisons == 1
    assert 1 - two.covered <= most(300, 0.07)


def test_several_comparisons_are_corrected_together():
    several = found("two heads at five rates, 20 seeds", 60)
    assert several.comparisons == 5 and several.together <= most(60) and several.alone <= 0.12


def test_a_figure_out_of_its_limits_is_said():
    good = Honesty("drawn: two heads, 20 seeds", 20, 1, 1000, 0.05, 0.05, 0.95)
    assert good.faults == []
    bad = Honesty("drawn: two heads, 20 seeds", 20, 1, 1000, 0.1, 0.1, 0.9)
    timid = Honesty("drawn: two heads, 20 seeds", 20, 1, 1000, 0.01, 0.01, 0.99)
    assert [len(each.faults) for each in (bad, timid)] == [2, 2]
    assert "10.0% of studies claim a difference that is none" in bad.faults[0]
    assert "| drawn: two heads, 20 seeds | 1 | 5.0% | 5.0% | 95.0% |" in honest.markdown([good])


def test_trained_runs_are_those_of_one_head():
    pool = honest.trained(12)
    assert pool.shape == (12,) and len(set(pool)) > 1 and (pool >= 0).all() and (pool <= 1).all()
    rows = honest.rows_of(honest._plan(("head=dressed,mlp",), 6), honest.dealt(pool, np.random.default_rng(0)))
    assert sorted(row.last_val_accuracy for row in rows.values()) == sorted(pool)


def test_the_table_that_was_made_is_within_its_limits():
    lines = (PROJECT / "benchmarks/HONEST.md").read_text(encoding="utf-8").splitlines()
    told = [line.split(" | ") for line in lines if line.startswith(("| drawn", "| trained"))]
    assert len(told) == 2 * len(honest.PLANS)
    for name, comparisons, *shares in told:
        figures = [float(share.strip(" |%")) / 100 for share in shares]
        pairs = 8 if "8 seeds" in name else 20
        assert Honesty(name.removeprefix("| "), pairs, int(comparisons), 1000, *figures).faults == []


def test_wilcoxon_is_what_r_says_of_hollander_and_wolfe():
    """`wilcox.test(x, y, paired = TRUE)` of R's own example, depression scores: V = 40, p = 0.03906."""
    x = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    y = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    assert signed_rank_p(x - y) == pytest.approx(0.0390625)


def test_the_interval_is_bca_by_its_definition_at_a_level_that_student_would_give():
    gaps = np.random.default_rng(5).gamma(1.0, size=20)  # skewed, so that correction and acceleration count
    means = np.random.default_rng(6).choice(gaps, (40_000, 20)).mean(axis=1)
    bias = ndtri((means < gaps.mean()).mean())
    left_out = np.array([np.delete(gaps, at).mean() for at in range(20)])
    away = left_out.mean() - left_out
    acceleration = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    ends = ndtri(np.array([(1 - bootstrap_level(20)) / 2, (1 + bootstrap_level(20)) / 2]))
    levels = ndtr(bias + (bias + ends) / (1 - acceleration * (bias + ends)))
    assert bootstrap_interval(gaps) == pytest.approx(np.quantile(means, levels), abs=0.06 * gaps.std())


@pytest.mark.parametrize("pairs", [6, 20, 200])
def test_the_level_makes_percentiles_as_wide_as_students_interval(pairs):
    """A bootstrap's spread is that of the pairs over their number, where Student's divides by one less."""
    quantile = ndtri((1 + bootstrap_level(pairs)) / 2) * np.sqrt((pairs - 1) / pairs)
    assert quantile == pytest.approx(t.ppf(0.975, pairs - 1))
