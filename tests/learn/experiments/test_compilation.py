"""Compiled gates reused for another gate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from qtl_core.common.progress import never_stop
from qtl_core.learn.experiments import compilation
from qtl_core.learn.experiments.outcome import corrected, first_effort, outcome_of
from qtl_core.learn.register import CNOT, X, Y, Z, ry, rz

EXPERIMENT = compilation.EXPERIMENT
SEEDS = np.arange(EXPERIMENT.seeds)


def test_near_gates_save_and_a_gate_with_nothing_in_common_does_not():
    found = corrected(
        [
            outcome_of(each, compilation.learn(each, SEEDS, never_stop), EXPERIMENT.quality)
            for each in EXPERIMENT.likenesses
        ]
    )
    assert found[0].verdict != "saved"
    assert [each.verdict for each in found[3:]] == ["saved"] * 2
    assert found[3].scratch.missed <= 1
    costs = [each.curves.first_evaluations[-1] for each in found]
    assert costs[3] == 16 * costs[0]  # all of a library is counted
    assert found[0].curves.evaluations[:3].tolist() == [0, 10, 19]  # nine a turn, and the start
    assert first_effort(found[3].curves, EXPERIMENT.quality).median < costs[3] / 4  # learnt on well beyond the target


def test_equal_arguments_give_equal_curves_and_task_b_is_the_same_at_every_stop():
    likeness = EXPERIMENT.likenesses[2]
    once, again = (compilation.learn(likeness, SEEDS[:3], never_stop) for _ in range(2))
    assert all(np.array_equal(getattr(once, name), getattr(again, name)) for name in vars(once))
    other = compilation.learn(EXPERIMENT.likenesses[0], SEEDS[:3], never_stop)
    assert np.array_equal(other.scratch, once.scratch)
    assert other.scratch[2] == pytest.approx(compilation.learn(likeness, SEEDS[2:3], never_stop).scratch[0])


def test_steps_of_two_spins_are_scipys_exponentials():
    numbers = np.random.default_rng(0).uniform(-2, 2, (4, 3))
    assert numbers.any()
    for (a, b, c), gate in zip(numbers, compilation.steps_of_spins(numbers), strict=True):
        assert np.allclose(gate, expm(-1j * (a * np.kron(X, X) + b * np.kron(Y, Y) + c * np.kron(Z, Z))))


def test_likeness_is_how_alike_the_gates_are():
    seeds = np.arange(300)
    numbers, targets, _ = compilation._second(seeds)
    assert len(compilation.STOPS) == 5
    for value, stop in compilation.STOPS.items():
        library, _ = compilation._first(stop, seeds, numbers)
        alike = compilation.alike(library, targets[:, None]).max(axis=1).mean()
        assert alike == pytest.approx(max(value, 1 / 16), abs=0.05)


def test_the_carried_circuit_is_that_of_the_nearest_gate_of_the_library():
    likeness = EXPERIMENT.likenesses[3]
    curves = compilation.learn(likeness, SEEDS, never_stop)
    numbers, targets, _ = compilation._second(SEEDS)
    library, _ = compilation._first(compilation.STOPS[likeness.value], SEEDS, numbers)
    nearest = compilation.alike(library, targets[:, None]).max(axis=1)
    learnt_well = curves.first[:, -1] < 1e-4
    assert learnt_well.any()
    assert 1 - curves.transferred[learnt_well, 0] == pytest.approx(nearest[learnt_well], abs=0.05)


def test_a_formula_compiles_such_a_step_without_any_search():
    """That of Vatan and Williams, Phys. Rev. A 69, 032315 (2004), figure 6."""
    upside_down, half = np.eye(4)[[0, 3, 2, 1]], np.pi / 2
    numbers = np.random.default_rng(1).uniform(-compilation.MOST, compilation.MOST, (20, 3))
    assert numbers.any()
    for a, b, c in numbers:
        gate = upside_down @ np.kron(np.eye(2), rz(half))
        gate = np.kron(rz(2 * c - half), ry(2 * a - half)) @ gate
        gate = np.kron(np.eye(2), ry(half - 2 * b)) @ CNOT @ gate
        gate = np.kron(rz(-half), np.eye(2)) @ upside_down @ gate
        assert compilation.alike(compilation.steps_of_spins(np.array([a, b, c])), gate) == pytest.approx(1)
