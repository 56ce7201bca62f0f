"""One bell curve taught after another: the chances are right, and far curves do harm."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from qtl_core.common.progress import never_stop
from qtl_core.learn.experiments import generative
from qtl_core.learn.experiments.outcome import outcome_of

SEEDS = np.arange(6)


def curves(stop: int):
    return generative.learn(generative.LIKENESSES[stop], SEEDS, never_stop)


def test_a_bell_curve_is_the_normal_distribution_over_whole_numbers():
    found = generative.bell(np.array([9.3]))[0]
    heights = norm.pdf(np.arange(32), 9.3, generative.WIDTH)
    assert found == pytest.approx(heights / heights.sum(), abs=1e-12)


@pytest.mark.parametrize("shift", generative.SHIFTS)
def test_the_stops_say_how_much_two_curves_share(shift):
    both = generative.bell(np.array([10.2, 10.2 + shift]))
    assert generative.shared(shift) == pytest.approx(both.min(axis=0).sum(), abs=0.02)


@pytest.mark.parametrize("middle", [8, 9.3, 10.5, 12])
def test_two_numbers_say_as_much_as_the_whole_circuit(middle):
    numbers, chances = np.arange(32), generative.bell(np.array([middle]))[0]
    mean = chances @ numbers
    heights = norm.pdf(numbers, mean, np.sqrt(chances @ (numbers - mean) ** 2))
    assert 0.5 * np.abs(heights / heights.sum() - chances).sum() < 2e-3


def test_what_is_learnt_is_the_total_variation_of_the_circuits_chances():
    draw = np.random.default_rng(0)
    start, wanted = draw.normal(size=(2, generative.CIRCUIT.angles)), generative.bell(np.array([9.0, 11.0]))
    end, seen = generative.taught(start, wanted, never_stop)
    amplitudes = generative.CIRCUIT.run(end, np.full((32, 1, 1), 32**-0.5))[:, :, 0]
    assert seen[:, -1] == pytest.approx(0.5 * np.abs(amplitudes.T**2 - wanted).sum(axis=1))
    assert (seen[:, -1] < seen[:, 0]).all()


def test_equal_arguments_give_equal_curves_and_the_same_task_b():
    usual, again, other = curves(3), curves(3), curves(0)
    assert np.array_equal(usual.transferred, again.transferred)
    assert np.array_equal(usual.scratch, other.scratch)
    assert usual.evaluations[1] == 2 * 25 + 1  # two an angle, and the chances as they are, by which the loss is divided


def test_a_near_curve_saves_and_one_far_away_does_harm():
    quality = generative.EXPERIMENT.quality
    near, far = (outcome_of(generative.LIKENESSES[stop], curves(stop), quality) for stop in (4, 0))
    assert near.difference > 0 > far.difference
    assert near.scratch.missed == 0
