"""Trajectories against the density matrix, within what chance allows at a fixed seed."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.noise.channels import CHANNELS, kraus
from qtl_core.network.noise.noisy_circuit import with_rates
from qtl_core.network.noise.pauli_transfer import transfer_matrix
from qtl_core.network.simulators.density_matrix import noisy_expectations, outcome_probabilities, z_signs
from qtl_core.network.simulators.trajectories import (
    drawn_shots,
    estimated_expectations,
    estimated_outcomes,
    fewest_kraus,
)
from qtl_core.settings import CircuitSettings, ReadoutSettings
from tests.helpers.noisy_circuits import numbers_for, random_kraus, random_noisy, with_every_rate


@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("entangler", ["brick", "none"])
@pytest.mark.parametrize("reuploading", [False, True])
def test_averages_are_the_density_matrix_within_five_errors(rotation, entangler, reuploading):
    settings = CircuitSettings(qubits=3, depth=2, rotation=rotation, entangler=entangler, reuploading=reuploading)
    noisy = random_noisy(11, settings)
    angles, weights = numbers_for(noisy, 3)
    found = estimated_expectations(noisy, angles, weights, trajectories=4000, seed=1)
    apart = np.abs(found.expectations - noisy_expectations(noisy, angles, weights))
    assert (found.errors > 0).all()
    assert (found.errors < 1 / np.sqrt(3999)).all()
    assert (apart < 5 * found.errors).all()


def test_errors_are_those_of_repetitions():
    noisy = with_every_rate(CircuitSettings(qubits=3, depth=2))
    angles, weights = numbers_for(noisy, 2)
    again = [estimated_expectations(noisy, angles, weights, trajectories=200, seed=seed) for seed in range(200)]
    spread = np.std([each.expectations for each in again], axis=0)
    said = np.mean([each.errors for each in again], axis=0)
    np.testing.assert_allclose(spread, said, rtol=0.25)


def test_noise_that_never_struck_leaves_no_error_of_nothing():
    """One qubit in |+> turned to |0>, and a channel that strikes once in a million: all trajectories are alike."""
    noisy = with_rates(build_circuit(CircuitSettings(qubits=1, depth=1)), ReadoutSettings(depolarizing_one=1e-6))
    angles, weights = np.full((1, 1), -np.pi / 2), np.zeros(1)  # H, RY, RY: <Z> = 1
    found = estimated_expectations(noisy, angles, weights, trajectories=100, seed=0)
    assert found.expectations[0, 0] == pytest.approx(1, abs=1e-12)
    wanted = np.sqrt((1 - (100 / 104) ** 2) / 100)
    assert found.errors[0, 0] == pytest.approx(wanted, abs=1e-12)
    assert abs(noisy_expectations(noisy, angles, weights)[0, 0] - 1) < wanted


@pytest.mark.parametrize("rate", [0.002, 0.005, 0.01, 0.02, 0.05])
def test_noise_is_within_two_errors_nearly_always_however_rare(rate):
    """Of 3,000 pictures of 100 trajectories, in which the noise strikes 0.4 to 10 times on average."""
    noisy = with_rates(build_circuit(CircuitSettings(qubits=1, depth=1)), ReadoutSettings(depolarizing_one=rate))
    angles, weights = np.full((3000, 1), -np.pi / 2), np.zeros(1)
    true = noisy_expectations(noisy, angles[:1], weights)[0, 0]
    found = estimated_expectations(noisy, angles, weights, trajectories=100, seed=0)
    assert np.mean(np.abs(found.expectations - true) < 2 * found.errors) > 0.93


def test_estimated_outcomes_are_those_of_the_density_matrix_within_chance():
    noisy = random_noisy(12, CircuitSettings(qubits=3, depth=2))
    angles, weights = numbers_for(noisy, 2)
    found = estimated_outcomes(noisy, angles, weights, trajectories=4000, seed=5)
    wanted = outcome_probabilities(noisy, angles, weights)
    assert (np.abs(found - wanted) < 5 * np.sqrt(wanted * (1 - wanted) / 4000)).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)
    means = estimated_expectations(noisy, angles, weights, trajectories=4000, seed=5).expectations
    np.testing.assert_allclose(found @ z_signs(noisy.outputs), means, atol=1e-12)  # of the same trajectories


def test_shots_follow_the_probabilities_of_the_density_matrix():
    noisy = random_noisy(12, CircuitSettings(qubits=3, depth=2))
    angles, weights = numbers_for(noisy, 2)
    shots = 4000
    found = drawn_shots(noisy, angles, weights, shots=shots, seed=2)
    wanted = shots * outcome_probabilities(noisy, angles, weights)
    assert (found.counts.sum(axis=1) == shots).all()
    chi_square = np.sum((found.counts - wanted) ** 2 / wanted, axis=1)
    assert (chi_square < 24.3).all()  # of 7 degrees of freedom, one in a thousand exceeds it


def test_a_seed_repeats_and_another_one_does_not():
    noisy = with_every_rate(CircuitSettings(qubits=4, depth=1))
    angles, weights = numbers_for(noisy, 2)
    first, again, other = (drawn_shots(noisy, angles, weights, shots=100, seed=seed).counts for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    values = [estimated_expectations(noisy, angles, weights, trajectories=5, seed=seed) for seed in (3, 3)]
    np.testing.assert_array_equal(values[0].expectations, values[1].expectations)


def test_a_circuit_too_wide_for_a_density_matrix_is_estimated():
    noisy = with_every_rate(CircuitSettings(qubits=9, depth=1, entangler="none"))
    angles, weights = numbers_for(noisy, 2)
    found = estimated_expectations(noisy, angles, weights, trajectories=200, seed=0)
    alone = with_every_rate(CircuitSettings(qubits=1, depth=1, entangler="none"))  # wires that never meet
    wanted = [
        [noisy_expectations(alone, [[a]], [w])[0, 0] for a, w in zip(row, weights, strict=True)] for row in angles
    ]
    assert (np.abs(found.expectations - wanted) < 5 * found.errors).all()


@pytest.mark.parametrize("name", list(CHANNELS))
def test_as_few_kraus_operators_as_there_can_be_are_the_same_channel(name):
    both = np.einsum("aij,bjk->abik", kraus(name, 0.2), kraus("depolarizing", 0.1)).reshape(-1, 2, 2)
    fewest = fewest_kraus(both)
    assert len(fewest) <= 4
    np.testing.assert_allclose(transfer_matrix(fewest), transfer_matrix(both), atol=1e-12)


def test_a_random_channel_of_two_wires_keeps_its_number_of_operators():
    channel = random_kraus(np.random.default_rng(0), 2)
    assert len(fewest_kraus(channel)) == 3
    np.testing.assert_allclose(transfer_matrix(fewest_kraus(channel)), transfer_matrix(channel), atol=1e-12)
