"""Curves and scores of probabilities: what they mean, by counting pairs and pictures one by one."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import log_loss

from qtl_core.evaluation.metrics import Evaluation
from qtl_core.evaluation.probability_figures import probability_figures
from tests.evaluation.test_class_figures import CASES, evaluation


@given(CASES)
def test_the_roc_area_is_the_share_of_pairs_in_the_right_order(case):
    found = evaluation(*case)
    figures = probability_figures(found)
    assert len(figures.curves) == len(found.classes)
    for label, curves in enumerate(figures.curves):
        is_class, shares = found.labels == label, found.probabilities[:, label]
        of_class, others = shares[is_class], shares[~is_class]
        if curves is None:
            assert not (len(of_class) and len(others))
            continue
        pairs = [(one > other) + 0.5 * (one == other) for one, other in product(of_class, others)]
        assert curves.roc_area == pytest.approx(np.mean(pairs))
        assert curves.share == pytest.approx(len(of_class) / found.total)
        assert curves.false_positive_rate[0] == 0 and curves.true_positive_rate[-1] == 1


def test_pictures_of_one_probability_are_tied_however_their_sums_round():
    """Sums of single precision lie a hair from 1: dividing by them would put one of the two before the other."""
    shares = np.array([[0.3, 0.2, 0.5], [0.3, 0.1, 0.6]], np.float32)
    shares[1, 2] += np.float32(1e-7)
    found = Evaluation(("a", "b", "c"), np.array([0, 1]), shares, ("x", "y"))
    assert len(set(shares.astype(float).sum(axis=1))) == 2, "the case must have sums that differ"
    assert probability_figures(found).curves[0].roc_area == 0.5


@given(CASES)
def test_scores_are_means_over_the_pictures(case):
    found = evaluation(*case)
    figures, shares = probability_figures(found), found.probabilities.astype(float)
    truth = np.eye(len(found.classes))[found.labels]
    halved = 2 if len(found.classes) == 2 else 1
    assert figures.brier == pytest.approx(((shares - truth) ** 2).sum(axis=1).mean() / halved, abs=1e-6)
    assert figures.log_loss == pytest.approx(log_loss(found.labels, shares, labels=range(len(truth[0]))), abs=1e-5)


def test_average_precision_counts_the_steps_of_recall():
    found = evaluation([1, 0, 1, 0], [[0.1, 0.9], [0.2, 0.8], [0.3, 0.7], [0.9, 0.1]])
    assert probability_figures(found).curves[1].average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_a_probability_that_rounds_to_0_leaves_a_finite_loss():
    found = Evaluation(("a", "b"), np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]], np.float32), ("x", "y"))
    figures = probability_figures(found)
    assert 20 < figures.log_loss < 90 and figures.brier == pytest.approx(0.5)


def test_a_broken_run_has_no_figures_and_no_curves():
    broken = Evaluation(("a", "b"), np.array([0, 1]), np.full((2, 2), np.nan, np.float32), ("x", "y"))
    figures = probability_figures(broken)
    assert figures.curves == (None, None)
    assert all(map(math.isnan, (figures.brier, figures.log_loss, figures.macro_roc_area)))


def test_a_part_of_one_class_has_scores_and_no_curves():
    figures = probability_figures(evaluation([0, 0], [[0.9, 0.1], [0.6, 0.4]]))
    assert figures.curves == (None, None) and figures.brier == pytest.approx((0.01 + 0.16) / 2)
    assert math.isnan(figures.macro_average_precision)
