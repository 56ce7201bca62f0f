"""The forecaster carried from one regime to another: its returns, its figures, and what the stops show."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.signal import lfilter
from sklearn.linear_model import LinearRegression

from qtl_core.common.errors import StoppedByUser
from qtl_core.learn.experiments import finance
from qtl_core.learn.experiments.experiment import SEEDS
from qtl_core.learn.experiments.outcome import outcome_of

ALL = np.arange(SEEDS)


def _outcome(at):
    likeness = finance.EXPERIMENT.likenesses[at]
    curves = finance.learn(likeness, ALL, lambda: False)
    return outcome_of(likeness, curves, finance.EXPERIMENT.quality)


def test_returns_are_an_autoregression_as_scipy_filters_it():
    regime = finance.regime_b(3)
    shocks = np.random.default_rng(5).normal(size=400)
    shocks[:2] = 0  # the first two are chance alone, which an autoregression at rest would carry on
    drawn = finance.series(regime, 300, np.random.default_rng(5))
    filtered = lfilter([1.0], [1.0, -regime[0], -regime[1]], shocks)
    assert drawn == pytest.approx(filtered[100:], abs=1e-3)


def test_the_same_regime_has_likeness_one():
    assert finance.regime_a(0, 1.0) == pytest.approx(finance.regime_b(0))


def test_every_regime_is_stable_and_the_likeness_of_two_is_their_cosine():
    for seed in range(20):
        one = finance.regime_b(seed)
        assert np.linalg.norm(one) == pytest.approx(finance.LENGTH)
        assert np.abs(np.roots([1, -one[0], -one[1]])).max() < 1
        for likeness in (0.0, 0.4, 0.98):
            other = finance.regime_a(seed, likeness)
            assert one @ other / finance.LENGTH**2 == pytest.approx(likeness, abs=1e-12)
            assert np.abs(np.roots([1, -other[0], -other[1]])).max() < 1


def test_what_is_to_be_forecast_follows_the_last_two_and_the_best_forecast_foresees_all():
    returns = finance.returns_of_b((0, 1))
    assert returns.last[:, 1:, 1] == pytest.approx(returns.last[:, :-1, 0])
    assert returns.last[:, 1:, 0] == pytest.approx(returns.following[:, :-1])
    assert finance.foreseen(returns.foreseeable, returns) == pytest.approx([1, 1])
    assert finance.foreseen(np.zeros_like(returns.foreseeable), returns) == pytest.approx([0, 0])


def test_the_linear_forecast_is_scikit_learns_and_said_as_it_comes_out():
    returns = finance.returns_of_b(tuple(range(SEEDS)))
    wanted = [
        LinearRegression(fit_intercept=False).fit(last, following).predict(fresh)
        for last, following, fresh in zip(returns.last, returns.following, returns.fresh, strict=True)
    ]
    assert finance.linear_forecast(returns) == pytest.approx(np.array(wanted))
    figure = 100 * finance.foreseen(np.array(wanted), returns).mean()
    assert f"foresees {figure:.0f}% of what can be foreseen" in finance.EXPERIMENT.without


def test_equal_arguments_give_equal_curves_and_one_can_stop():
    likeness, seeds = finance.EXPERIMENT.likenesses[1], np.arange(3)
    once, again = (finance.learn(likeness, seeds, lambda: False) for _ in "ab")
    for name in ("evaluations", "first", "first_evaluations", "scratch", "transferred"):
        assert np.array_equal(getattr(once, name), getattr(again, name)), name
    other = finance.learn(finance.EXPERIMENT.likenesses[0], seeds, lambda: False)
    assert np.array_equal(once.scratch, other.scratch)
    assert not np.array_equal(once.transferred, other.transferred)
    with pytest.raises(StoppedByUser):
        finance.learn(likeness, seeds, lambda: True)


def test_nothing_in_common_saves_nothing_and_a_near_regime_saves_runs():
    far, near = _outcome(0), _outcome(finance.EXPERIMENT.usual)
    assert far.verdict != "saved"
    assert near.verdict == "saved"
    assert near.scratch.missed <= SEEDS // 4
    assert math.isclose(near.curves.evaluations[1], 2 * finance.KNOWN * (1 + 2 * finance.CIRCUIT.angles))
