"""The boundary carried from one system to another: its readings, its figures, and what the stops show."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.spatial import cKDTree
from sklearn.metrics import roc_auc_score

from qtl_core.common.errors import StoppedByUser
from qtl_core.learn.experiments import anomaly
from qtl_core.learn.experiments.experiment import SEEDS
from qtl_core.learn.experiments.outcome import outcome_of

SEVERAL = np.arange(SEEDS)


def _verdict(at):
    likeness = anomaly.EXPERIMENT.likenesses[at]
    curves = anomaly.learn(likeness, SEVERAL, lambda: False)
    return outcome_of(likeness, curves, anomaly.EXPERIMENT.quality)


def test_usual_readings_lie_in_the_patch_and_strange_ones_outside_in_the_square():
    system, dice = anomaly.System(math.radians(30), np.array([1.0, -0.5])), np.random.default_rng(0)
    usual, strange = system.usual(20_000, dice), system.strange(500, dice)
    assert usual.mean(axis=0) == pytest.approx(system.middle, abs=0.03)
    spreads, axes = np.linalg.eigh(np.cov(usual.T))
    assert np.sqrt(spreads) == pytest.approx([anomaly.SHORT, anomaly.LONG], rel=0.03)
    assert abs(axes[:, 1] @ [math.cos(math.radians(30)), math.sin(math.radians(30))]) == pytest.approx(1, abs=1e-3)
    assert len(strange) == 500
    assert np.abs(strange).max() <= anomaly.EDGE
    inverse = np.linalg.inv(axes @ np.diag(np.array([anomaly.SHORT, anomaly.LONG]) ** 2) @ axes.T)
    off = strange - system.middle
    assert np.sqrt(np.einsum("nk,kl,nl->n", off, inverse, off)).min() > 0.95 * anomaly.STRANGE


def test_likeness_says_how_far_a_is_turned_and_shifted_and_keeps_it_in_the_square():
    for seed in range(10):
        system = anomaly.system_b(seed)
        moved = system.moved(1, np.random.default_rng(seed))
        assert abs(moved.tilt - system.tilt) == pytest.approx(math.pi / 2)
        assert np.linalg.norm(moved.middle - system.middle) == pytest.approx(anomaly.SHIFT)
        assert np.linalg.norm(moved.middle) < anomaly.EDGE
        assert system.moved(0, np.random.default_rng(seed)).middle == pytest.approx(system.middle)


def test_figures_are_scikit_learns_and_scipys():
    readings = anomaly.readings_of_b((0, 1, 2))
    wanted = []
    for known, usual, strange in zip(readings.known, readings.usual, readings.strange, strict=True):
        far = cKDTree(known).query(np.concatenate([usual, strange]))[0]
        wanted.append(roc_auc_score([1] * len(usual) + [0] * len(strange), -far))
    assert anomaly.nearest_told_apart(readings) == pytest.approx(wanted)
    assert anomaly.told_apart(np.array([[1.0, 2.0]]), np.array([[1.0, 0.0]])) == pytest.approx([0.875])


def test_equal_arguments_give_equal_curves_both_ways_start_as_said_and_one_can_stop():
    likeness, seeds = anomaly.EXPERIMENT.likenesses[1], np.arange(3)
    once, again = (anomaly.learn(likeness, seeds, lambda: False) for _ in "ab")
    for name in ("evaluations", "first", "first_evaluations", "scratch", "transferred"):
        assert np.array_equal(getattr(once, name), getattr(again, name)), name
    other = anomaly.learn(anomaly.EXPERIMENT.likenesses[0], seeds, lambda: False)
    assert np.array_equal(once.scratch, other.scratch)
    assert not np.array_equal(once.transferred, other.transferred)
    one = anomaly.learn(likeness, np.array([2]), lambda: False)
    assert one.transferred[0] == pytest.approx(once.transferred[2])
    with pytest.raises(StoppedByUser):
        anomaly.learn(likeness, seeds, lambda: True)


def test_nothing_in_common_saves_nothing_and_a_near_system_saves_runs():
    far, near = _verdict(0), _verdict(anomaly.EXPERIMENT.usual)
    assert far.verdict != "saved"
    assert np.median(far.curves.transferred[:, 0]) < np.median(far.curves.scratch[:, 0])
    assert near.verdict == "saved"
    assert near.scratch.missed <= SEEDS // 4
    assert np.median(near.curves.first[:, -1]) > 0.9


def test_what_is_said_of_the_nearest_reading_is_what_comes_out():
    figure = 100 * anomaly.nearest_told_apart(anomaly.readings_of_b(tuple(range(SEEDS)))).mean()
    assert f"in {figure:.0f} of 100 pairs" in anomaly.EXPERIMENT.without
