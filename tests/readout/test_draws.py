"""Draws, flicker, sweeps and the shots that are needed, against laws computed another way."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from scipy import stats

from qtl_core.common.errors import InputError, StoppedByUser
from qtl_core.network.simulators.density_matrix import z_signs
from qtl_core.readout.dial import DialRequest, dial_reading, run_dial_job, signed_margins
from qtl_core.readout.draws import ShotSource, figures_of
from qtl_core.readout.flicker import flicker_of
from qtl_core.readout.mitigation import read_mitigated
from qtl_core.readout.run_readout import readout_of
from qtl_core.readout.shots_needed import shots_needed
from qtl_core.readout.sweeps import SweepRequest, run_sweep_job, sweep_of
from qtl_core.settings import ReadoutSettings
from tests.readout.conftest import made_inputs

NOISY = ReadoutSettings(depolarizing_two=0.05, readout_flip=0.04)


def one_qubit(z: float, pictures: int = 1):
    """A head of one qubit with no layers' turns, whose class 0 is named where <Z> is above 0."""
    inputs = made_inputs(pictures, qubits=1, depth=1)
    # H, then RY(a): <Z> = -sin(a)
    angles = np.full((pictures, 1), -np.arcsin(z))
    weights, bias = np.array([[3.0, -3.0]]), np.zeros(2)
    return dataclasses.replace(
        inputs, angles=angles, trained=np.zeros(1), weights=weights, bias=bias, labels=np.zeros(pictures, int)
    )


def test_answers_from_shots_follow_the_binomial_law():
    """Of one qubit the answer from n shots is right where more than half of them read 0: a binomial tail."""
    inputs = one_qubit(0.2)
    found = flicker_of(inputs, ReadoutSettings(), levels=(1, 11, 101), draws=4_000, seed=3)
    assert found.levels[0].draws == 0
    assert found.levels[0].shares == pytest.approx([0.6, 0.4], abs=1e-12)
    for level in found.levels[1:]:
        wanted = stats.binom.sf(level.shots // 2, level.shots, 0.6)
        assert level.shares[0] == pytest.approx(wanted, abs=4 * np.sqrt(wanted * (1 - wanted) / 4_000))
        low, high = level.interval(0)
        assert low < level.shares[0] < high


def test_one_shots_law_is_summed_over_all_bit_strings():
    inputs = made_inputs(4, classes=3, seed=5)
    found = flicker_of(inputs, NOISY, 2)
    source = ShotSource(inputs, NOISY)
    wanted = np.zeros(3)
    for number, bits in enumerate(itertools.product((0, 1), repeat=3)):
        scores = (1 - 2 * np.array(bits)) @ inputs.weights + inputs.bias
        wanted[scores.argmax()] += source.outcomes[0][2, number]
    np.testing.assert_allclose(found.levels[0].shares, wanted, atol=1e-12)
    np.testing.assert_allclose(found.average, readout_of(inputs, NOISY).probabilities[2], atol=1e-12)


def test_a_trail_is_made_of_all_shots_so_far_and_settles_where_it_says():
    inputs = made_inputs(4, seed=2)
    found = flicker_of(inputs, NOISY, 1, seed=8)
    mean = (1 - 2 * found.bits[:37].astype(float)).mean(axis=0)
    np.testing.assert_allclose(found.trail[36], inputs.probabilities(mean), atol=1e-12)
    assert (found.answers[found.settled - 1 :] == found.answers[-1]).all()
    assert found.settled == 1 or found.answers[found.settled - 2] != found.answers[-1]
    again = flicker_of(inputs, NOISY, 1, seed=8)
    np.testing.assert_array_equal(found.trail, again.trail)


def test_draws_scatter_around_the_average_as_the_law_says():
    inputs = made_inputs(6)
    source = ShotSource(inputs, NOISY)
    average, _ = read_mitigated(inputs, NOISY)
    np.testing.assert_allclose(source.average(), average.expectations, atol=1e-12)
    read = source.expectations(50, 400, np.random.default_rng(0))
    error = np.sqrt((1 - average.expectations**2) / 50)
    assert np.abs((read.mean(axis=0) - average.expectations) / (error / np.sqrt(400))).max() < 4.5
    np.testing.assert_allclose(read.std(axis=0), error, rtol=0.2)


def test_mitigated_draws_scatter_around_the_mitigated_average():
    inputs, methods = made_inputs(6), ("readout", "zne_linear")
    source = ShotSource(inputs, NOISY, methods)
    average, _ = read_mitigated(inputs, NOISY, mitigate=methods)
    np.testing.assert_allclose(source.average(), average.expectations, atol=1e-12)
    readings = [
        read_mitigated(inputs, dataclasses.replace(NOISY, shots=100), seed=seed, mitigate=methods) for seed in range(9)
    ]
    said = np.sqrt(np.mean([reading.errors**2 for reading, _ in readings], axis=0))
    spread = source.expectations(100, 300, np.random.default_rng(1)).std(axis=0)
    np.testing.assert_allclose(spread, said, rtol=0.3)


def test_figures_are_those_counted_by_hand():
    inputs = made_inputs(10, classes=3)
    exact = inputs.exact_expectations()
    answers = inputs.scores(exact).argmax(axis=1)
    read = np.stack([exact, -exact])
    found = figures_of(inputs, read, answers)
    for at in range(2):
        shares = inputs.probabilities(read[at])
        ordered = np.sort(shares, axis=1)
        assert found.accuracy[at] == pytest.approx((shares.argmax(axis=1) == inputs.labels).mean())
        assert found.confidence[at] == pytest.approx(ordered[:, -1].mean())
        assert found.margin[at] == pytest.approx((ordered[:, -1] - ordered[:, -2]).mean())
        assert found.changed[at] == pytest.approx((shares.argmax(axis=1) != answers).mean())
    assert found.changed[0] == 0
    np.testing.assert_allclose(found.changed_by_picture, (inputs.scores(-exact).argmax(axis=1) != answers) / 2)


def test_shots_needed_are_those_of_the_binomial_law():
    """All pictures alike: of n shots at least half must read 0 (a tie names class 0), in 95% of the draws."""
    inputs = one_qubit(0.3, pictures=40)
    source = ShotSource(inputs, ReadoutSettings())
    exact = next(n for n in range(1, 500) if stats.binom.sf((n - 1) // 2, n, 0.65) >= 0.95)
    found = shots_needed(source)
    assert found.low <= found.shots <= found.high
    assert abs(found.shots - exact) <= 5
    assert found.low - 3 <= exact <= found.high + 3


def test_where_no_shots_are_enough_it_says_so():
    found = shots_needed(ShotSource(one_qubit(1e-9, pictures=20), ReadoutSettings()))
    assert found.shots is None


def test_certain_answers_need_one_shot():
    assert shots_needed(ShotSource(one_qubit(1.0, pictures=5), ReadoutSettings())).shots == 1


def test_a_sweep_over_noise_is_one_average_a_value():
    inputs = made_inputs(8)
    found = sweep_of(SweepRequest(inputs, ReadoutSettings(readout_flip=0.02), "depolarizing_two"), values=(0, 0.1))
    assert found.draws == 1
    for figures, rate in zip(found.figures, (0.0, 0.1), strict=True):
        wanted = readout_of(inputs, ReadoutSettings(depolarizing_two=rate, readout_flip=0.02))
        assert figures.accuracy[0] == pytest.approx(wanted.accuracy)
        assert figures.confidence[0] == pytest.approx(wanted.mean_confidence)
    assert found.exact.accuracy[0] == pytest.approx(readout_of(inputs, ReadoutSettings()).accuracy)


def test_a_sweep_over_shots_has_bands_that_close():
    found = sweep_of(SweepRequest(made_inputs(30), ReadoutSettings(), "shots"), values=(1, 30, 3_000))
    low, _, high = found.band("changed")
    assert found.draws > 50 and (low <= high).all()
    assert high[0] > high[1] > high[2]
    again = sweep_of(SweepRequest(made_inputs(30), ReadoutSettings(), "shots"), values=(1, 30, 3_000))
    np.testing.assert_array_equal(found.band("accuracy"), again.band("accuracy"))


def test_a_worker_reports_and_stops():
    request, said = SweepRequest(made_inputs(4), ReadoutSettings(shots=10), "readout_flip"), []
    run_sweep_job(request, said.append, lambda: False)
    assert said[-1].values[0] == 0 and said[-2].done == said[-2].total - 1
    with pytest.raises(StoppedByUser):
        run_sweep_job(request, said.append, lambda: True)
    with pytest.raises(InputError):
        sweep_of(SweepRequest(made_inputs(4), ReadoutSettings(), "layout"))


def test_those_of_small_margin_go_first():
    request = DialRequest(made_inputs(60, seed=3), ReadoutSettings(shots=20))
    found = dial_reading(request)
    share = found.spread.changed_by_picture
    assert (np.diff(share[found.order]) <= 0).all()
    among, count = found.first_by_margin()
    assert 0 < count <= 12 and among > count**2 / 60  # what luck would give
    assert found.infinite.kind == "exact" and found.unmitigated is None
    sent = []
    run_dial_job(request, sent.append, lambda: False)
    np.testing.assert_array_equal(sent[0].run.probabilities, found.run.probabilities)


def test_under_noise_alone_the_pictures_go_by_what_is_left_of_their_margin():
    request = DialRequest(made_inputs(60, seed=3), ReadoutSettings(amplitude_damping=0.15), ("zne_linear",))
    found = dial_reading(request)
    left = signed_margins(found.run.probabilities, found.run.exact_evaluation.predicted)
    assert set(np.flatnonzero(left < 0)) == set(found.run.changed)
    assert found.going == len(found.run.changed)
    assert (np.diff(left[found.order]) >= 0).all()
    assert found.spread is None and found.unmitigated.mitigate == ()


def test_the_law_is_that_of_the_bits():
    """The average of Z over the law of bit strings is <Z> as read."""
    source = ShotSource(made_inputs(3), NOISY)
    wanted, _ = read_mitigated(made_inputs(3), NOISY)
    np.testing.assert_allclose(source.outcomes[0] @ z_signs(3), wanted.expectations, atol=1e-12)


def test_one_shot_that_shows_a_bit_to_be_read_by_chance_corrects_nothing_of_it(inputs):
    source = ShotSource(inputs, ReadoutSettings(readout_flip=0.4), ("readout",))
    found = source.expectations(1, 200, np.random.default_rng(0))
    assert np.isfinite(found).all()
    assert set(np.unique(found)) == {-1.0, 1.0}, "one shot shows a bit to be read rightly, or by chance"
