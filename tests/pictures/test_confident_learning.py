"""Suspected labels: as cleanlab finds them, by hand in small cases, and none where there is nothing wrong."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.pictures.findings.confident_learning import (
    by_suspicion,
    class_thresholds,
    surely_another,
    suspected_labels,
)


def made(classes: int, seed: int, count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Labels of which one in eight is wrong, and probabilities of a probe that is right about most."""
    draw = np.random.default_rng(seed)
    truth = np.arange(count) % classes
    labels = np.where(draw.random(count) < 0.125, draw.integers(0, classes, count), truth)
    scores = draw.normal(0, 1, (count, classes)) + 3 * np.eye(classes)[truth]
    powers = np.exp(scores)
    return labels, powers / powers.sum(axis=1, keepdims=True)


# cleanlab 2.9.0: sorted(find_label_issues(labels, probabilities, filter_by="confident_learning",
#                                          return_indices_ranked_by="self_confidence")); equal in 600 such sets
BY_CLEANLAB: dict[tuple[int, int], list[int]] = {
    (2, 0): [2, 3, 20],
    (2, 1): [31, 36, 55],
    (2, 2): [3, 7, 49],
    (3, 0): [13, 21],
    (3, 1): [9, 31, 36],
    (3, 2): [7, 29],
    (5, 0): [2, 3, 11, 13, 20, 59],
    (5, 1): [],
    (5, 2): [28, 29, 49],
}


@pytest.mark.parametrize(("classes", "seed"), BY_CLEANLAB)
def test_the_suspected_are_cleanlab_s(classes, seed):
    assert np.flatnonzero(suspected_labels(*made(classes, seed)) >= 0).tolist() == BY_CLEANLAB[classes, seed]


def test_a_confident_other_class_is_suspected_and_a_doubtful_one_is_not():
    labels = np.array([0, 0, 0, 1, 1, 1])
    first = np.array([0.9, 0.8, 0.05, 0.1, 0.2, 0.45])  # thresholds 0.583 and 0.75
    probabilities = np.stack([first, 1 - first], axis=1)
    np.testing.assert_allclose(class_thresholds(labels, probabilities), [1.75 / 3, 2.25 / 3])
    assert suspected_labels(labels, probabilities).tolist() == [-1, -1, 1, -1, -1, -1]


def test_the_surest_comes_first():
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    first = np.array([0.9, 0.9, 0.1, 0.02, 0.1, 0.1, 0.2, 0.1])
    probabilities = np.stack([first, 1 - first], axis=1)
    suspected = suspected_labels(labels, probabilities)
    assert by_suspicion(labels, probabilities, suspected).tolist() == [3, 2]


def test_nothing_is_suspected_of_a_probe_that_agrees():
    labels = np.arange(40) % 4
    assert (suspected_labels(labels, 0.6 * np.eye(4)[labels] + 0.1) == -1).all()


def test_nothing_is_suspected_of_a_probe_that_knows_nothing():
    labels = np.arange(40) % 4
    assert (suspected_labels(labels, np.full((40, 4), 0.25)) == -1).all()


def test_a_class_without_pictures_takes_none():
    labels = np.array([0, 0, 1, 1])
    probabilities = np.array([[0.5, 0.1, 0.4], [0.6, 0.2, 0.2], [0.1, 0.8, 0.1], [0.1, 0.3, 0.6]])
    assert suspected_labels(labels, probabilities).tolist() == [-1, -1, -1, -1]


def test_surely_another_takes_a_likely_class_that_leads_by_far():
    labels = np.array([0, 0, 0, 1])
    probabilities = np.array([[0.29, 0.71, 0.0], [0.31, 0.69, 0.0], [0.05, 0.45, 0.5], [0.1, 0.2, 0.7]])
    assert surely_another(labels, probabilities).tolist() == [1, -1, 2, 2]
    assert surely_another(np.array([0]), np.array([[0.1, 0.45, 0.45]])).tolist() == [-1]  # none of them is likely
