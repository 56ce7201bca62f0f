"""Trajectories against the density matrix, within what chance allows at a fixed seed."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.network.noise.channels import CHANNELS, kraus
from qtl_core.network.noise.pauli_transfer import transfer_matrix
from qtl_core.network.simulators.density_matrix import noisy_expectations, outcome_probabilities
from qtl_core.network.simulators.trajectories import drawn_shots, estimated_expectations, fewest_kraus
from qtl_core.settings import CircuitSettings
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
    again = [estimated_expectations(noisy, angles, weights, trajectories=50, seed=seed) for seed in range(200)]
    spread = np.std([each.expectations for each in again], axis=0)
    said = np.mean([each.errors for each in again], axis=0)
    np.testing.assert_allclose(spread, said, rtol=0.25)


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
