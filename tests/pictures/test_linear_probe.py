"""The linear probe: folds that keep classes and groups whole, the lowest of its loss, and nothing seen of its fold."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import StoppedByUser
from qtl_core.pictures.findings.linear_probe import (
    FOLDS,
    RIDGE,
    balanced_weights,
    fit,
    folds_of,
    out_of_fold,
    softmax,
)


def clouds(classes: int = 3, each: int = 20, size: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), each)
    middles = 3 * draw.standard_normal((classes, size))
    return (middles[labels] + draw.standard_normal((len(labels), size))).astype(np.float32), labels


def test_every_fold_has_as_many_of_each_class():
    labels = [0] * 40 + [1] * 15
    folds = folds_of(labels, [str(at) for at in range(55)])
    assert set(folds) == set(range(FOLDS))
    assert Counter(folds[:40].tolist()) == dict.fromkeys(range(FOLDS), 8)
    assert Counter(folds[40:].tolist()) == dict.fromkeys(range(FOLDS), 3)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=40))
def test_a_group_is_in_one_fold_and_the_same_again(entries):
    labels, groups = [label for label, _ in entries], [str(group) for _, group in entries]
    folds = folds_of(labels, groups)
    assert all(len(set(folds[[at for at, each in enumerate(groups) if each == group]])) == 1 for group in groups)
    assert folds_of(labels, groups).tolist() == folds.tolist()


def test_the_fit_is_the_lowest_of_its_loss():
    features, labels = clouds()
    weights = fit(features.astype(float), labels, 3)
    errors = softmax(features @ weights[:-1] + weights[-1]) - np.eye(3)[labels]
    slope = np.concatenate([features.T @ errors + RIDGE * weights[:-1], errors.sum(axis=0, keepdims=True)])
    assert np.abs(slope).max() < 0.01 * np.abs(features.T @ (1 / 3 - np.eye(3)[labels])).max()


def test_every_class_weighs_the_same_and_all_pictures_as_many_as_they_are():
    weights = balanced_weights(np.array([0] * 30 + [2] * 10), 3)
    assert weights[:30].sum() == pytest.approx(20)
    assert weights[30:].sum() == pytest.approx(20)
    assert balanced_weights(np.array([0, 1, 0, 1]), 2).tolist() == [1.0] * 4


def test_a_class_ten_times_smaller_is_not_doubted_for_being_small():
    """Two clouds that overlap: half the way between them, a picture is as likely of one as of the other."""
    draw = np.random.default_rng(1)
    labels = np.array([0] * 300 + [1] * 30)
    features = np.where(labels == 0, -1.0, 1.0)[:, None] + draw.standard_normal((330, 1))
    weights = fit(features, labels, 2)
    middle = softmax(np.zeros((1, 1)) @ weights[:-1] + weights[-1])[0]
    assert middle[0] == pytest.approx(0.5, abs=0.15)


def test_a_picture_is_judged_by_the_others():
    """A label that is wrong moves nothing of what is said of its picture."""
    features, labels = clouds()
    folds = folds_of(labels.tolist(), [str(at) for at in range(len(labels))])
    before = out_of_fold(features, labels, folds, 3)
    assert (before.argmax(axis=1) == labels).mean() > 0.95
    turned = labels.copy()
    turned[7] = (labels[7] + 1) % 3
    after = out_of_fold(features, turned, folds, 3)
    np.testing.assert_array_equal(after[folds == folds[7]], before[folds == folds[7]])
    assert after[7].argmax() == labels[7]


def test_more_features_than_pictures_give_the_same_as_few():
    """Turned to the directions there are, nothing of the fit changes: 2,000 columns that repeat eight."""
    features, labels = clouds()
    many = np.repeat(features, 250, axis=1)
    folds = folds_of(labels.tolist(), [str(at) for at in range(len(labels))])
    np.testing.assert_allclose(out_of_fold(many, labels, folds, 3), out_of_fold(features, labels, folds, 3), atol=1e-3)


def test_it_says_how_far_it_is_and_stops_when_told():
    features, labels = clouds()
    folds, told = np.arange(60) % 3, []
    out_of_fold(features, labels, folds, 3, lambda *progress: told.append(progress))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    with pytest.raises(StoppedByUser):
        out_of_fold(features, labels, folds, 3, should_stop=lambda: True)
