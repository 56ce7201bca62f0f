"""Sweeps: what is best in closed form is best among all that are tried, and no sweep makes it worse."""

from __future__ import annotations

import math

import numpy as np
import pennylane as qml
import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.learn.register import CNOT
from qtl_core.learn.sweeps import MOST_POINTS, best_angle, best_turn, points
from qtl_core.learn.whole_turns import ENOUGH, TURNS, circuit, drawn, searched

DICE = np.random.default_rng(0)


def test_the_best_angle_is_the_best_of_all():
    still, turned = DICE.normal(size=(2, 5, 3, 2))
    every = np.linspace(-math.pi, math.pi, 2001)[:, None, None, None] / 2
    values = np.square(still * np.cos(every) + turned * np.sin(every)).sum(axis=(2, 3))
    best = best_angle(still, turned)[:, None, None] / 2
    reached = np.square(still * np.cos(best) + turned * np.sin(best)).sum(axis=(1, 2))
    assert np.all(reached >= values.max(axis=0)) and reached == pytest.approx(values.max(axis=0), rel=1e-5)


def test_the_best_turn_is_the_best_of_all():
    parts = DICE.normal(size=(6, 4)) + 1j * DICE.normal(size=(6, 4))
    tried = DICE.normal(size=(20_000, 4))
    tried /= np.linalg.norm(tried, axis=1, keepdims=True)
    turn, value = best_turn(parts)
    assert np.abs((turn * parts).sum(axis=1)) ** 2 == pytest.approx(value)
    highest = (np.abs(tried @ parts.T) ** 2).max(axis=0)
    assert np.all(value >= highest) and highest == pytest.approx(value, rel=0.02)


def test_the_circuit_is_pennylanes():
    turns = drawn(np.random.default_rng(1))

    def ops():
        for index in range(TURNS):
            if index and index % 2 == 0:
                qml.CNOT([0, 1])
            one, x, y, z = turns[index]
            qml.QubitUnitary(np.array([[one - 1j * z, -1j * x - y], [-1j * x + y, one + 1j * z]]), index % 2)

    assert np.allclose(circuit(turns[None])[0], qml.matrix(ops, wire_order=[0, 1])())


def test_a_sweep_never_makes_it_worse_and_three_cnots_are_enough():
    targets = np.array([CNOT, np.eye(4)[[0, 2, 1, 3]], circuit(drawn(DICE)[None])[0]])
    starts = np.array([drawn(DICE) for _ in targets])
    found = searched(targets, starts, 60)
    assert found.errors.shape == (3, 60 * TURNS + 1)
    assert np.all(np.diff(found.errors) <= 1e-12) and np.all(found.errors > 0)
    assert found.errors[:, -1].max() < 1e-3
    overlap = np.abs(np.einsum("rij,rij->r", targets.conj(), circuit(found.turns))) ** 2 / 16
    assert 1 - overlap == pytest.approx(found.errors[:, -1], abs=1e-9)
    still = found.errors[:, -1] < ENOUGH
    assert np.array_equal(searched(targets, found.turns, 1).turns[still], found.turns[still])


def test_a_search_stops_when_asked():
    with pytest.raises(StoppedByUser):
        searched(CNOT[None], drawn(DICE)[None], 2, lambda: True)


def test_points_begin_at_nothing_and_end_with_all():
    for updates in (240, 2100):
        shown = points(updates)
        assert shown[0] == 0 and shown[-1] == updates and len(shown) <= MOST_POINTS and np.all(np.diff(shown) > 0)
