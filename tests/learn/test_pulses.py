"""Pulses: their gates and slopes agree with scipy's matrix exponential, and the search keeps within its bounds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from qtl_core.common.errors import StoppedByUser
from qtl_core.learn.pulses import ENOUGH, Driven, searched, with_slopes
from qtl_core.learn.register import CNOT, X, Y, Z

DICE = np.random.default_rng(0)
SYSTEMS = Driven(
    np.array([np.kron(Z, Z), np.kron(X, X) + np.kron(Y, Y), np.zeros((4, 4))]) * 2.0,
    np.array([np.kron(X, np.eye(2)), np.kron(np.eye(2), Y)]) * 3.0,
    np.array([CNOT] * 3),
    0.1,
)
DRIVE = DICE.uniform(-1, 1, (3, 4, 2))


def lacking(row: int, drive: np.ndarray) -> float:
    gate = np.eye(4)
    for strengths in drive:
        gate = expm(-1j * 0.1 * (SYSTEMS.drift[row] + np.tensordot(strengths, SYSTEMS.controls, 1))) @ gate
    return 1 - abs(np.trace(SYSTEMS.wanted[row].conj().T @ gate)) ** 2 / 16


def test_errors_are_those_of_scipys_exponential():
    errors, _ = with_slopes(SYSTEMS, DRIVE)
    assert errors == pytest.approx([lacking(row, DRIVE[row]) for row in range(3)], abs=1e-12)


@pytest.mark.parametrize("drive", [DRIVE, np.zeros_like(DRIVE)])  # without drive or drift all energies are equal
def test_slopes_are_those_of_small_steps(drive):
    _, slopes = with_slopes(SYSTEMS, drive)
    assert slopes.shape == drive.shape == (3, 4, 2)
    for row, piece, knob in np.ndindex(drive.shape):
        step = np.zeros_like(drive[0])
        step[piece, knob] = 1e-5
        small = (lacking(row, drive[row] + step) - lacking(row, drive[row] - step)) / 2e-5
        assert slopes[row, piece, knob] == pytest.approx(small, abs=1e-8)


def test_a_search_goes_on_until_it_is_good_enough_within_the_bounds():
    qubit = Driven(np.array([3 * Z]), np.array([4 * X]), np.array([X]), 0.2)
    found = searched(qubit, DICE.uniform(-1, 1, (1, 8, 1)), 60)
    assert found.errors.shape == (1, 61) and found.errors[0, -1] < ENOUGH
    assert np.abs(found.drive).max() <= 1
    assert found.errors[0, -1] == with_slopes(qubit, found.drive)[0][0] > 0  # a picture with powers of ten can show it
    again = searched(qubit, found.drive, 5)
    assert np.array_equal(again.drive, found.drive)  # it stands still


def test_a_search_stops_when_asked():
    with pytest.raises(StoppedByUser):
        searched(SYSTEMS, DRIVE, 5, lambda: True)
