"""Counts and light cones of circuits, against PennyLane's specs and by changing every angle."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pennylane as qml
import pytest

from qtl_core.network.analysis.resources import count, light_cone
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.binding import bind
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from qtl_core.settings import CircuitSettings
from tests.helpers.made_circuits import OPTIONS, name

SIZES = [
    CircuitSettings(qubits=qubits, depth=depth, entangler=entangler, rotation=rotation, reuploading=again)
    for qubits, depth, entangler, rotation, again in product(range(1, 7), (0, 3), *OPTIONS)
]


def by_pennylane(circuit: Circuit) -> qml.resource.SpecsResources:
    @qml.qnode(qml.device("default.qubit", wires=circuit.wires))
    def measured():
        for gate in bind(circuit, np.zeros(circuit.wires), np.ones(circuit.weight_count)):
            OPERATIONS[gate.kind](*gate.angles, wires=gate.wires)
        return [qml.expval(qml.PauliZ(wire)) for wire in range(circuit.wires)]

    return qml.specs(measured, level=0)()["resources"]


@pytest.mark.parametrize("settings", SIZES, ids=name)
def test_the_counts_are_those_of_pennylanes_specs(settings):
    circuit = build_circuit(settings)
    found, wanted = count(circuit), by_pennylane(circuit)
    names = {"H": "Hadamard"}
    assert {names.get(kind, kind): gates for kind, gates in found.kinds} == dict(wanted.gate_types)
    assert found.gates == wanted.num_gates
    assert found.two_qubit == wanted.gate_sizes.get(2, 0)
    assert found.depth == wanted.depth
    assert found.trained == settings.weight_count


def test_the_papers_gradient_takes_56_circuits_and_pennylane_counts_them_too():
    """24 trained angles and the 4 of the picture, through which the layer before the circuit learns, two each."""
    circuit = build_circuit(CircuitSettings())

    @qml.qnode(qml.device("default.qubit", wires=circuit.wires))
    def measured(angles, weights):
        for gate in circuit.gates:
            numbers = [(angles if source.kind == "feature" else weights)[source.index] for source in gate.angles]
            OPERATIONS[gate.kind](*numbers, wires=gate.wires)
        return [qml.expval(qml.PauliZ(wire)) for wire in range(circuit.wires)]

    numbers = [qml.numpy.array(np.ones(size), requires_grad=True) for size in (circuit.wires, circuit.weight_count)]
    tapes, _ = qml.gradients.param_shift(qml.workflow.construct_tape(measured)(*numbers))
    assert count(circuit).shifted == len(tapes) == 56
    twice = CircuitSettings(qubits=2, depth=2, reuploading=True, rotation="rot")
    assert count(build_circuit(twice)).shifted == 2 * (2 * 2 + 2 * 2 * 3)  # a picture's angle counts at every entry


def moved_by(circuit: Circuit, many: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Whether <Z> of a wire ever moves with a picture's angle (wires, wires) or a trained one (weight_count, wires)."""
    generator = np.random.default_rng(0)
    numbers = [generator.uniform(-3, 3, (many, size)) for size in (circuit.wires, circuit.weight_count)]
    still, moved = expectations(final_states(circuit, *numbers)), []
    for values in numbers:
        ways = []
        for index in range(values.shape[1]):
            step = values + 0.7 * np.eye(values.shape[1])[index]
            ways.append(expectations(final_states(circuit, *(step if each is values else each for each in numbers))))
        moved.append(np.array([(np.abs(way - still) > 1e-9).any(axis=0) for way in ways]).reshape(-1, circuit.wires))
    return tuple(moved)


@pytest.mark.parametrize("settings", [each for each in SIZES if each.qubits in (3, 6)], ids=name)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_nothing_outside_a_light_cone_moves_its_output(settings, depth):
    circuit = build_circuit(replace(settings, depth=depth))
    pictures, trained = moved_by(circuit)
    for cone in count(circuit).cones:
        assert set(np.flatnonzero(pictures[:, cone.wire])) <= set(cone.pictures)
        assert trained[:, cone.wire].sum() <= cone.trained


def test_the_papers_cones_grow_layer_by_layer():
    shallow = build_circuit(CircuitSettings(qubits=8, depth=1))
    assert [cone.pictures for cone in count(shallow).cones[:3]] == [(0, 1), (0, 1, 2, 3), (0, 1, 2, 3)]
    deep = build_circuit(CircuitSettings(qubits=8, depth=4))
    assert all(cone.pictures == tuple(range(8)) for cone in count(deep).cones)


def test_qubits_that_never_meet_have_cones_of_their_own():
    cone = light_cone(build_circuit(CircuitSettings(qubits=3, depth=2, entangler="none", rotation="rot")), 1)
    assert (cone.pictures, cone.gates, cone.trained) == ((1,), 4, 6)  # H, RY and two Rot of three angles


def test_a_gate_after_which_nothing_meets_the_output_is_outside():
    # The last layer's rotations of the other wires cannot matter to wire 0.
    settings = CircuitSettings(qubits=4, depth=1, entangler="all")
    assert light_cone(build_circuit(settings), 0).trained == 1
