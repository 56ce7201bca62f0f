"""The state inside the circuit, against PennyLane step by step, and where it is known by hand."""

from __future__ import annotations

import math

import numpy as np
import pennylane as qml
import pytest

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.binding import bind
from qtl_core.network.entanglement import bloch_vectors, cut_entropies, purities, qubit_entropies
from qtl_core.network.gates import Circuit, Gate
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from qtl_core.network.simulators.trace import milestones, state_after, steps_of
from qtl_core.settings import CircuitSettings
from tests.helpers.made_circuits import CIRCUITS, name, numbers

BELL = Circuit(2, (Gate("H", (0,), section="superposition"), Gate("CNOT", (0, 1))), 0)


def by_pennylane(circuit: Circuit, angles: np.ndarray, weights: np.ndarray, gates: set[int]) -> dict[str, np.ndarray]:
    """The same figures from PennyLane's own measurements after these gates."""
    wires = range(circuit.wires)

    @qml.qnode(qml.device("default.qubit", wires=circuit.wires))
    def measured():
        for index, gate in enumerate(bind(circuit, angles, weights)):
            if index in gates:
                OPERATIONS[gate.kind](*gate.angles, wires=gate.wires)
        state = qml.state()
        paulis = [qml.expval(axis(wire)) for wire in wires for axis in (qml.PauliX, qml.PauliY, qml.PauliZ)]
        purity = [qml.purity([wire]) for wire in wires]
        entropy = [qml.vn_entropy([wire], log_base=2) for wire in wires]
        cuts = [qml.vn_entropy(list(range(first)), log_base=2) for first in range(1, circuit.wires)]
        return state, *paulis, *purity, *entropy, *cuts

    state, *rest = measured()
    sizes = 3 * circuit.wires, circuit.wires, circuit.wires
    vectors, purity, entropy, cuts = np.split(np.array(rest, dtype=float), np.cumsum(sizes))
    return {"state": state, "vectors": vectors.reshape(-1, 3), "purity": purity, "entropy": entropy, "cuts": cuts}


@pytest.mark.parametrize("settings", CIRCUITS, ids=name)
def test_every_step_is_what_pennylane_says(settings):
    circuit, angles, weights = numbers(settings)
    walk = steps_of(circuit)
    assert len(walk) > 0
    for steps in {0, 1, 2, len(walk) // 2, len(walk)} & set(range(len(walk) + 1)):
        state = state_after(circuit, angles, weights, steps)
        wanted = by_pennylane(circuit, angles, weights, {gate for step in walk[:steps] for gate in step.gates})
        np.testing.assert_allclose(state, wanted["state"], atol=1e-6)
        np.testing.assert_allclose(bloch_vectors(state), wanted["vectors"], atol=1e-6)
        np.testing.assert_allclose(purities(bloch_vectors(state)), wanted["purity"], atol=1e-6)
        np.testing.assert_allclose(qubit_entropies(bloch_vectors(state)), wanted["entropy"], atol=1e-6)
        np.testing.assert_allclose(cut_entropies(state), wanted["cuts"], atol=1e-6)


@pytest.mark.parametrize("settings", CIRCUITS, ids=name)
def test_the_steps_hold_every_gate_once_and_in_an_order_that_is_the_circuits(settings):
    circuit = build_circuit(settings)
    walked = [index for step in steps_of(circuit) for index in step.gates]
    assert sorted(walked) == list(range(len(circuit.gates)))
    for wire in range(circuit.wires):
        on_wire = [index for index in walked if wire in circuit.gates[index].wires]
        assert on_wire == sorted(on_wire)


def test_the_papers_steps_by_their_titles():
    titles = [step.section for step in steps_of(build_circuit(CircuitSettings(depth=2)))]
    assert titles == ["superposition", "embedding", *["layer 1"] * 3, *["layer 2"] * 3]


def test_a_bell_pair_has_spheres_of_no_length_and_one_bit():
    state = state_after(BELL, [0, 0], [], 2)
    np.testing.assert_allclose(state, [math.sqrt(0.5), 0, 0, math.sqrt(0.5)], atol=1e-12)
    np.testing.assert_allclose(bloch_vectors(state), np.zeros((2, 3)), atol=1e-12)
    np.testing.assert_allclose(purities(bloch_vectors(state)), [0.5, 0.5], atol=1e-12)
    np.testing.assert_allclose(qubit_entropies(bloch_vectors(state)), [1, 1], atol=1e-12)
    np.testing.assert_allclose(cut_entropies(state), [1], atol=1e-12)


def test_before_entanglement_every_sphere_is_whole():
    state = state_after(BELL, [0, 0], [], 1)
    np.testing.assert_allclose(bloch_vectors(state), [[1, 0, 0], [0, 0, 1]], atol=1e-12)
    assert qubit_entropies(bloch_vectors(state)).tolist() == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize("steps", [-1, 3])
def test_there_is_no_state_before_the_first_or_after_the_last_step(steps):
    with pytest.raises(ValueError, match="the circuit has 2 steps"):
        state_after(BELL, [0, 0], [], steps)


@pytest.mark.parametrize("settings", CIRCUITS, ids=name)
def test_milestones_are_where_the_embedding_and_every_layer_end(settings):
    circuit, walk = build_circuit(settings), steps_of(build_circuit(settings))
    found = milestones(circuit)
    assert [each.title for each in found] == ["embedding", *(f"layer {number + 1}" for number in range(settings.depth))]
    assert [each.layer for each in found] == [None, *range(settings.depth)]
    assert found[-1].steps == len(walk)
    for each in found:
        assert walk[each.steps - 1].section == each.title
        assert each.steps == len(walk) or walk[each.steps].section != each.title
