"""Numbers in place of sources, and matrices in numpy, against PennyLane."""

from __future__ import annotations

import numpy as np
import pennylane as qml
import pytest

from qtl_core.drawing.gate_readings import read_gates
from qtl_core.network.binding import bind, gate_matrix
from qtl_core.network.gates import GATE_KINDS
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from tests.helpers.made_circuits import CIRCUITS, numbers


@pytest.mark.parametrize("kind", GATE_KINDS)
def test_matrices_are_pennylanes(kind):
    wires, angles = GATE_KINDS[kind]
    values = np.random.default_rng(1).uniform(-7, 7, angles)
    theirs = qml.matrix(OPERATIONS[kind](*values, wires=range(wires)))
    assert np.abs(gate_matrix(kind, values) - theirs).max() < 1e-12


def test_every_source_gives_its_own_number():
    circuit, angles, weights = numbers(CIRCUITS[3])
    bound = bind(circuit, angles, weights)
    for gate, numbered in zip(circuit.gates, bound, strict=True):
        expected = [(angles if source.kind == "feature" else weights)[source.index] for source in gate.angles]
        assert list(numbered.angles) == expected
    with pytest.raises(ValueError, match="angles"):
        bind(circuit, angles[:-1], weights)


def test_a_reading_says_how_far_a_gate_was_turned_and_by_what():
    circuit, angles, weights = numbers(CIRCUITS[2])  # Rot: three angles a gate
    before = weights.copy()
    before[:3] += [0.3, 0.0, -0.4]
    readings = read_gates(circuit, angles, weights, before)
    trained = [reading for reading in readings if reading.is_trained]
    assert trained[0].turned == pytest.approx(0.5)
    assert [reading.turned for reading in trained[1:]] == [0] * (len(trained) - 1)
    assert trained[0].drivers[2] == "trained angle 2 (q_params[2])"
    assert all(reading.turned == 0 for reading in readings if not reading.is_trained)
