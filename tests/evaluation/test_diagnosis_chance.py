"""The null cases, against scipy's distributions and by counting all that luck can give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qtl_core.evaluation.diagnosis.chance import (
    BY_LUCK,
    entropy,
    guessing_loss,
    is_missed,
    is_worse,
    tells_apart,
    training_guessing_loss,
)
from qtl_core.evaluation.metrics import Evaluation
from tests.helpers.made_histories import NAMES, answers, history

counts = st.integers(0, 40)


def judged(confusion) -> Evaluation:
    table = np.array(confusion)
    labels = np.repeat(np.arange(len(table)), table.sum(axis=1))
    files = tuple(map(str, range(len(labels))))
    return Evaluation(NAMES[: len(table)], labels, answers(confusion), files)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=5).filter(any))
def test_guessing_loses_the_entropy_of_the_mixture(mixture):
    assert entropy(mixture) == pytest.approx(stats.entropy(mixture))
    assert entropy(mixture) <= np.log(len(mixture)) + 1e-12


def test_training_is_held_against_its_own_mixture_and_against_the_highest_where_that_is_not_known():
    confusion = ((57, 0), (0, 3))
    view = history((100, 1), confusion)
    assert training_guessing_loss(view.prepared) == pytest.approx(stats.entropy([100, 1]))
    assert guessing_loss(judged(confusion)) == pytest.approx(stats.entropy([57, 3]))
    assert training_guessing_loss(history((100, 1), confusion, known=False).prepared) == pytest.approx(np.log(2))


@given(counts, counts, counts, counts)
def test_two_classes_are_told_apart_by_fishers_exact_test(a, b, c, d):
    if a + b + c + d == 0:
        return
    p = stats.fisher_exact([[a, b], [c, d]], alternative="greater").pvalue
    if abs(p - BY_LUCK) > 1e-9:
        assert tells_apart(judged([[a, b], [c, d]])) == (p < BY_LUCK)


@given(st.integers(1, 400), st.data())
def test_a_class_is_missed_where_the_binomial_says_so(total, data):
    right = data.draw(st.integers(0, total))
    p = stats.binom.cdf(right, total, 2 / 3)
    if abs(p - BY_LUCK) > 1e-9:
        assert is_missed(right, total) == (p < BY_LUCK)


def test_three_pictures_are_the_fewest_to_say_that_a_class_is_missed():
    assert not is_missed(0, 0)
    assert not is_missed(0, 2)
    assert is_missed(0, 3)
    assert not is_missed(1, 3)


@given(counts, counts, counts, counts)
def test_a_share_is_worse_by_fishers_exact_test(right, wrong, other_right, other_wrong):
    p = stats.fisher_exact([[right, wrong], [other_right, other_wrong]], alternative="less").pvalue
    if right + wrong + other_right + other_wrong and abs(p - BY_LUCK) > 1e-9:
        assert is_worse(right, right + wrong, other_right, other_right + other_wrong) == (p < BY_LUCK)


@pytest.mark.parametrize("mixture", [(20, 20), (57, 3), (3, 57), (10, 10, 10), (40, 5, 5), (12, 0, 8)])
@pytest.mark.parametrize("policy", ["even", "skewed"])
def test_whoever_does_not_look_is_called_better_than_luck_once_in_twenty_at_most(mixture, policy):
    dice, called, trials = np.random.default_rng(7), 0, 2000
    shares = np.ones(len(mixture)) if policy == "even" else np.array([8.0, *[1.0] * (len(mixture) - 1)])
    for _ in range(trials):
        called += tells_apart(judged([dice.multinomial(there, shares / shares.sum()) for there in mixture]))
    assert called <= trials * BY_LUCK + 3 * np.sqrt(trials * BY_LUCK)  # three standard errors of counting


def test_a_mean_over_the_classes_is_not_flattered_by_the_mixture():
    assert judged(((57, 0), (3, 0))).balanced_accuracy == 0.5
    assert judged(((57, 0), (0, 3))).balanced_accuracy == 1.0
    assert judged(((10, 0, 0), (0, 0, 0), (0, 0, 4))).balanced_accuracy == 1.0, "a class that is not there is left out"
