"""Many states at once, against PennyLane and the torch simulator."""

from __future__ import annotations

import numpy as np
import pennylane as qml
import pytest
import torch

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.binding import bind
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators import numpy_batch
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from qtl_core.network.simulators.torch_statevector import StateVectorSimulator
from qtl_core.settings import CircuitSettings
from tests.helpers.made_circuits import CIRCUITS, name

MANY = 5


def drawn(settings: CircuitSettings, many: int = MANY) -> tuple[Circuit, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(11)
    angles, weights = (generator.uniform(-7, 7, (many, size)) for size in (settings.qubits, settings.weight_count))
    return build_circuit(settings), angles, weights


def by_pennylane(circuit: Circuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """One state and its <Z>, in one vector, as PennyLane has them."""

    @qml.qnode(qml.device("default.qubit", wires=circuit.wires))
    def measured():
        for gate in bind(circuit, angles, weights):
            OPERATIONS[gate.kind](*gate.angles, wires=gate.wires)
        return qml.state(), *(qml.expval(qml.PauliZ(wire)) for wire in range(circuit.wires))

    return np.hstack(measured())


@pytest.mark.parametrize("settings", CIRCUITS, ids=name)
def test_every_state_is_pennylanes(settings):
    circuit, angles, weights = drawn(settings)
    states = final_states(circuit, angles, weights)
    assert np.iscomplexobj(states) == (not circuit.is_real)
    got = np.hstack([states, expectations(states)])
    wanted = [by_pennylane(circuit, *numbers) for numbers in zip(angles, weights, strict=True)]
    np.testing.assert_allclose(got, wanted, atol=1e-10)


@pytest.mark.parametrize("settings", CIRCUITS, ids=name)
def test_pictures_that_share_their_trained_angles_are_the_torch_simulators(settings):
    circuit, angles, weights = drawn(settings)
    simulator, numbers = StateVectorSimulator(circuit), (torch.tensor(angles), torch.tensor(weights[0]))
    states = final_states(circuit, angles, weights[0])
    np.testing.assert_allclose(states, simulator.final_state(*numbers), atol=1e-10)
    np.testing.assert_allclose(expectations(states), simulator(*numbers), atol=1e-10)


def test_a_picture_that_all_states_share_is_as_if_it_were_repeated():
    circuit, angles, weights = drawn(CircuitSettings(qubits=3, depth=2, rotation="rot"))
    repeated = np.tile(angles[0], (MANY, 1))
    np.testing.assert_array_equal(final_states(circuit, angles[0], weights), final_states(circuit, repeated, weights))


def test_one_picture_and_one_vector_of_trained_angles_make_one_state():
    circuit, angles, weights = drawn(CircuitSettings(qubits=3, depth=1))
    np.testing.assert_array_equal(
        final_states(circuit, angles[0], weights[0]), final_states(circuit, angles[:1], weights[:1])
    )


def test_states_do_not_depend_on_the_chunks_they_were_made_in(monkeypatch):
    circuit, angles, weights = drawn(CircuitSettings(qubits=4, depth=3, entangler="ring"), many=13)
    whole = final_states(circuit, angles, weights)
    monkeypatch.setattr(numpy_batch, "CHUNK", 5 * 2**4)  # two full chunks and a rest
    np.testing.assert_array_equal(final_states(circuit, angles, weights), whole)


@pytest.mark.parametrize(
    ("angles", "weights"), [((2, 4), (2, 6)), ((2, 3), (2, 5)), ((2, 3), (3, 6)), ((1, 2, 3), (2, 6)), ((), (6,))]
)
def test_shapes_that_do_not_fit_are_refused(angles, weights):
    circuit = build_circuit(CircuitSettings(qubits=3, depth=2))
    with pytest.raises(ValueError, match="shape"):
        final_states(circuit, np.zeros(angles), np.zeros(weights))
