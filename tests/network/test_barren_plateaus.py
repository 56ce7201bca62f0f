"""The gradient's variance: single derivatives against PennyLane, the rest where theory knows it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.network.analysis import barren_plateaus as plateau_module
from qtl_core.network.analysis.barren_plateaus import (
    derivatives,
    first_turn,
    plateau,
    plateau_seconds,
    plateau_sizes,
    point,
)
from qtl_core.network.analysis.jobs import plateau_job
from qtl_core.network.analysis.resources import count
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.settings import CircuitSettings
from tests.helpers.made_circuits import CIRCUITS, name

TRAINED = [settings for settings in CIRCUITS if settings.depth]
GREATEST = CircuitSettings(qubits=12, depth=20, rotation="rot", reuploading=True)


@pytest.mark.parametrize("settings", TRAINED, ids=name)
def test_a_derivative_is_pennylanes(settings):
    circuit, generator = build_circuit(settings), np.random.default_rng(4)
    angles, weights = (generator.uniform(-3, 3, (3, size)) for size in (settings.qubits, settings.weight_count))
    simulator, wanted = PennyLaneSimulator(circuit, batched=False), []
    for row, trained in zip(angles, weights, strict=True):
        leaf = torch.tensor(trained, requires_grad=True)
        simulator(torch.tensor(row[None]), leaf)[0, 0].backward()
        wanted.append(leaf.grad[first_turn(settings)])
    np.testing.assert_allclose(derivatives(circuit, first_turn(settings), angles, weights), wanted, atol=1e-10)


@pytest.mark.parametrize("settings", TRAINED, ids=name)
def test_the_angle_is_a_turn_about_y_of_the_first_layer_on_the_measured_wire(settings):
    gate = next(gate for gate in build_circuit(settings).gates if gate.section == "layer" and len(gate.wires) == 1)
    assert (gate.wires, gate.layer) == ((0,), 0)
    assert gate.angles[len(gate.angles) // 2].index == first_turn(settings)
    assert count(build_circuit(settings)).cones[0].trained > 0


@pytest.mark.parametrize("again", [False, True])
def test_qubits_that_never_meet_do_not_fade(monkeypatch, again):
    # <Z> is then the cosine of a sum with an even angle in it, and the square of a sine is a half on average.
    monkeypatch.setattr(plateau_module, "USUAL_LARGEST", 5)
    points = list(plateau(CircuitSettings(depth=3, entangler="none", reuploading=again)))
    assert [each.qubits for each in points] == [2, 3, 4, 5]
    assert all(abs(each.variance - 0.5) < 4 * each.error for each in points)


def test_the_gradient_of_a_deep_circuit_fades_as_of_random_ones():
    # A deep Rot circuit is close to a 2-design, for which the variance falls by about a half with every qubit.
    settings = CircuitSettings(depth=20, entangler="all", rotation="rot")
    found = []
    for qubits in (2, 4, 6):
        circuit = build_circuit(replace(settings, qubits=qubits))
        found.append(point(circuit, first_turn(settings), 600, np.random.default_rng(qubits)))
    assert len(found) == 3
    falls = [before.variance / after.variance for before, after in pairwise(found)]
    assert all(2.5 < fall < 6.5 for fall in falls)


def test_the_error_is_as_wide_as_the_variance_moves_from_sample_to_sample():
    circuit = build_circuit(CircuitSettings(qubits=3, depth=2))
    found = [point(circuit, 0, 300, np.random.default_rng(seed)) for seed in range(40)]
    spread = np.std([each.variance for each in found], ddof=1)
    assert 0.6 < np.mean([each.error for each in found]) / spread < 1.6


def test_a_larger_circuits_own_number_of_qubits_is_measured_too():
    assert list(plateau_sizes(CircuitSettings())) == list(range(2, 11))
    assert list(plateau_sizes(CircuitSettings(qubits=12)))[-1] == 12


@pytest.mark.parametrize("settings", [*TRAINED, GREATEST], ids=name)
def test_what_is_asked_for_is_affordable(settings):
    assert plateau_seconds(settings) < 60


def test_it_stops_when_told_to():
    calls = iter([False, True])
    found = plateau(CircuitSettings(), lambda: next(calls))
    assert next(found).qubits == 2
    with pytest.raises(StoppedByUser):
        next(found)


def test_without_a_layer_there_is_nothing_to_measure():
    with pytest.raises(ValueError, match="no trained angle"):
        next(plateau(CircuitSettings(depth=0)))
    with pytest.raises(UserError, match="no trained layer"):
        plateau_job(CircuitSettings(depth=0))
