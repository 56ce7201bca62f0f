"""Gates done by degrees: each column arrives where the walk says, and every part of the way is a true state."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import fractional_matrix_power

from qtl_core.network.binding import BoundGate, gate_matrix
from qtl_core.network.entanglement import bloch_vectors
from qtl_core.network.simulators.interpolation import fractional_gate, interpolated_bloch_vectors
from qtl_core.network.simulators.trace import state_after, steps_of
from tests.helpers.made_circuits import CIRCUITS, name, numbers

GATES = [
    BoundGate("H", (0,), ()),
    BoundGate("CNOT", (0, 1), ()),
    BoundGate("RY", (0,), (1.1,)),
    BoundGate("RY", (0,), (-2.4,)),
    BoundGate("Rot", (0,), (0.3, -1.2, 0.8)),
]


def same_up_to_a_phase(one: np.ndarray, other: np.ndarray) -> bool:
    return abs(np.vdot(one, other)) == pytest.approx(len(one), abs=1e-9)


@pytest.mark.parametrize("settings", CIRCUITS, ids=name)
def test_after_every_column_it_is_where_the_walk_is(settings):
    circuit, angles, weights = numbers(settings)
    rows = interpolated_bloch_vectors(circuit, angles, weights, parts=3)
    assert rows.shape == (3 * len(steps_of(circuit)) + 1, circuit.wires, 3)
    for steps in range(len(steps_of(circuit)) + 1):
        wanted = bloch_vectors(state_after(circuit, angles, weights, steps))
        np.testing.assert_allclose(rows[3 * steps], wanted, atol=1e-9)
    assert (np.linalg.norm(rows, axis=2) <= 1 + 1e-9).all()


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: f"{gate.kind}{gate.angles}")
@pytest.mark.parametrize("share", [0.25, 0.5, 0.8])
def test_a_part_of_a_gate_is_its_power(gate: BoundGate, share: float):
    special = gate_matrix(gate.kind, gate.angles)
    assert same_up_to_a_phase(fractional_gate(gate, share), fractional_matrix_power(special, share))


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: f"{gate.kind}{gate.angles}")
def test_none_of_a_gate_does_nothing_and_all_of_it_is_the_gate(gate: BoundGate):
    whole = gate_matrix(gate.kind, gate.angles)
    assert same_up_to_a_phase(fractional_gate(gate, 0.0), np.eye(len(whole)))
    assert same_up_to_a_phase(fractional_gate(gate, 1.0), whole)


def test_half_a_hadamard_is_on_the_way_along_a_circle():
    circuit, angles, weights = numbers(CIRCUITS[0])
    rows = interpolated_bloch_vectors(circuit, angles, weights, parts=2)
    np.testing.assert_allclose(rows[1, 0], [0.5, -(0.5**0.5), 0.5], atol=1e-9)  # a turn by pi about x + z
    np.testing.assert_allclose(rows[2, 0], [1, 0, 0], atol=1e-9)
