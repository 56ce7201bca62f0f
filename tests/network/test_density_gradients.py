"""Gradients of noisy expectation values against differences, and against each other."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.common.errors import InputError
from qtl_core.network.simulators.density_gradients import expectations_with_gradient, expectations_with_jacobian
from qtl_core.network.simulators.density_matrix import noisy_expectations
from qtl_core.settings import CircuitSettings
from tests.helpers.noisy_circuits import numbers_for, random_noisy

STEP = 1e-4


def differences(function, numbers: np.ndarray) -> np.ndarray:
    """Central differences by each of `numbers` (last axis), with the error of the second order taken off."""
    found = []
    for index in range(numbers.shape[-1]):
        step = np.zeros(numbers.shape[-1])
        step[index] = STEP
        wide, narrow = ((function(numbers + k * step) - function(numbers - k * step)) / (2 * k * STEP) for k in (2, 1))
        found.append((4 * narrow - wide) / 3)
    return np.stack(found, axis=-1)


@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("reuploading", [False, True])
@pytest.mark.parametrize(("qubits", "entangler"), [(1, "none"), (3, "brick"), (3, "none"), (2, "ring")])
def test_the_jacobian_is_what_small_steps_show(rotation, reuploading, qubits, entangler):
    settings = CircuitSettings(qubits=qubits, depth=2, rotation=rotation, reuploading=reuploading, entangler=entangler)
    noisy = random_noisy(qubits, settings)
    angles, weights = numbers_for(noisy, 2)
    values, by_angle, by_weight = expectations_with_jacobian(noisy, angles, weights)
    np.testing.assert_allclose(values, noisy_expectations(noisy, angles, weights), atol=1e-12)
    by_steps = differences(lambda moved: noisy_expectations(noisy, moved, weights), angles)
    np.testing.assert_allclose(by_angle, by_steps, atol=1e-9)
    by_steps = differences(lambda moved: noisy_expectations(noisy, angles, moved), weights)
    np.testing.assert_allclose(by_weight, by_steps, atol=1e-9)


def test_the_gradient_is_the_jacobian_under_its_factors():
    noisy = random_noisy(3, CircuitSettings(qubits=3, depth=2, reuploading=True))
    angles, weights = numbers_for(noisy, 4)
    cotangents = np.random.default_rng(2).normal(size=angles.shape)
    values, by_angle, by_weight = expectations_with_jacobian(noisy, angles, weights)
    found, for_angles, for_weights = expectations_with_gradient(noisy, angles, weights, cotangents)
    np.testing.assert_allclose(found, values, atol=1e-12)
    np.testing.assert_allclose(for_angles, np.einsum("po,poa->pa", cotangents, by_angle), atol=1e-12)
    np.testing.assert_allclose(for_weights, np.einsum("po,pow->w", cotangents, by_weight), atol=1e-12)


def test_what_does_not_fit_in_memory_is_done_in_parts(monkeypatch):
    noisy = random_noisy(4, CircuitSettings(qubits=2, depth=2))
    angles, weights = numbers_for(noisy, 5)
    whole = expectations_with_jacobian(noisy, angles, weights)
    monkeypatch.setattr("qtl_core.network.simulators.density_gradients.CHUNK", 16)
    for part, wanted in zip(expectations_with_jacobian(noisy, angles, weights), whole, strict=True):
        np.testing.assert_allclose(part, wanted, atol=1e-12)


def test_factors_of_another_shape_are_refused():
    noisy = random_noisy(4, CircuitSettings(qubits=2, depth=1))
    with pytest.raises(InputError, match="cotangents"):
        expectations_with_gradient(noisy, *numbers_for(noisy, 3), np.ones((3, 1)))
