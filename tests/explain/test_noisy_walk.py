"""One picture's state under noise against PennyLane's default.mixed, closed forms, and circuits without one noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pennylane as qml
import pytest

from qtl_core.common.errors import UserError
from qtl_core.explain.noisy_walk import noisy_walk
from qtl_core.machines.placing import noisy_circuit_of, places_of
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.binding import bind, gate_matrix
from qtl_core.network.entanglement import bloch_vectors
from qtl_core.network.noise.noisy_circuit import NoisyCircuit
from qtl_core.network.simulators.trace import state_after, steps_of
from qtl_core.settings import CircuitSettings, ReadoutSettings
from tests.helpers.noisy_circuits import EVERY_RATE

SMALL = CircuitSettings(qubits=3, depth=2, entangler="ring", rotation="rot", reuploading=True)
ON_MACHINE = ReadoutSettings(machine="ibmqx4", layout="0,3,1")  # 0 and 3 are no neighbours: qubits are carried
PAULIS = {"X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1])}


def numbers(settings: CircuitSettings) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.uniform(-1.5, 1.5, settings.qubits), rng.normal(size=settings.weight_count)


def by_pennylane(noisy: NoisyCircuit, gates: int, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The density matrix after so many gates, shape (d, d)."""
    device = qml.device("default.mixed", wires=noisy.circuit.wires)
    padded = np.pad(angles, (0, noisy.circuit.wires - len(angles)))  # wires that take no feature
    bound = bind(noisy.circuit, padded, weights)

    @qml.qnode(device)
    def circuit():
        for gate, channels in list(zip(bound, noisy.channels, strict=True))[:gates]:
            qml.QubitUnitary(gate_matrix(gate.kind, gate.angles), wires=gate.wires)
            for channel in channels:
                qml.QubitChannel(list(channel.kraus), wires=channel.wires)
        return qml.state()

    return np.asarray(circuit())


def without_noise_of(noisy: NoisyCircuit, gates: range) -> NoisyCircuit:
    return replace(noisy, channels=tuple(() if i in gates else each for i, each in enumerate(noisy.channels)))


@pytest.mark.parametrize("readout", [EVERY_RATE, ON_MACHINE], ids=["rates", "machine"])
def test_states_are_those_of_default_mixed(readout):
    angles, weights = numbers(SMALL)
    found, noisy = noisy_walk(SMALL, angles, weights, readout), noisy_circuit_of(SMALL, readout)
    exact, places = without_noise_of(noisy, range(len(noisy.channels))), places_of(SMALL, readout)
    assert len(places) == len(build_circuit(SMALL).gates) + 1 == len(found.vectors)
    for number in (0, 4, 11, len(places) - 1):
        place = places[number]
        state = by_pennylane(noisy, place.gates, angles, weights)
        pure = by_pennylane(exact, place.gates, angles, weights)
        assert found.purities[number] == pytest.approx(np.trace(state @ state).real, abs=1e-10)
        assert found.fidelities[number] == pytest.approx(np.trace(state @ pure).real, abs=1e-10)
        for qubit, wire in enumerate(place.wires):
            own = qml.math.reduce_dm(state, [wire])
            wanted = [np.trace(own @ pauli).real for pauli in PAULIS.values()]
            np.testing.assert_allclose(found.vectors[number, qubit], wanted, atol=1e-10)


@pytest.mark.parametrize("readout", [EVERY_RATE, ON_MACHINE], ids=["rates", "machine"])
def test_a_gate_gains_what_the_circuit_without_its_noise_does(readout):
    angles, weights = numbers(SMALL)
    found, noisy = noisy_walk(SMALL, angles, weights, readout), noisy_circuit_of(SMALL, readout)
    places, all_gates = places_of(SMALL, readout), len(noisy.channels)
    pure = by_pennylane(without_noise_of(noisy, range(all_gates)), all_gates, angles, weights)
    for gate in (0, 5, 12, len(places) - 2):
        without = without_noise_of(noisy, range(places[gate].gates, places[gate + 1].gates))
        fidelity = np.trace(by_pennylane(without, all_gates, angles, weights) @ pure).real
        assert found.gains[gate] == pytest.approx(fidelity - found.fidelities[-1], abs=1e-10)


def test_exact_readouts_leave_a_pure_state_and_its_own_vectors():
    angles, weights = numbers(SMALL)
    found, circuit = noisy_walk(SMALL, angles, weights, ReadoutSettings(shots=10)), build_circuit(SMALL)
    np.testing.assert_allclose(found.purities, 1, atol=1e-12)
    np.testing.assert_allclose(found.fidelities, 1, atol=1e-12)
    np.testing.assert_allclose(found.gains, 0, atol=1e-12)
    acted = np.cumsum([0, *(len(step.gates) for step in steps_of(circuit))])
    for steps, gates in enumerate(acted):
        wanted = bloch_vectors(state_after(circuit, angles, weights, steps))
        np.testing.assert_allclose(found.vectors[gates], wanted, atol=1e-12)


def test_one_depolarised_qubit_is_as_its_closed_form():
    settings, rate = CircuitSettings(qubits=1, depth=1), 0.3
    found = noisy_walk(settings, np.zeros(1), np.zeros(1), ReadoutSettings(depolarizing_one=rate, readout_flip=0.1))
    lengths = (1 - 4 * rate / 3) ** np.arange(4)  # H, RY and RY, each followed by the channel
    np.testing.assert_allclose(np.linalg.norm(found.vectors[:, 0], axis=1), lengths, atol=1e-12)
    np.testing.assert_allclose(found.purities, (1 + lengths**2) / 2, atol=1e-12)
    np.testing.assert_allclose(found.fidelities, (1 + lengths) / 2, atol=1e-12)
    np.testing.assert_allclose(found.gains, (lengths[2] - lengths[3]) / 2, atol=1e-12)
    assert found.lowest_purity == 0.5


def test_a_wrong_reading_shortens_what_is_read_and_not_the_state():
    settings = CircuitSettings(qubits=2, depth=1)
    angles, weights = numbers(settings)
    right, wrong = (noisy_walk(settings, angles, weights, ReadoutSettings(readout_flip=flip)) for flip in (0.0, 0.2))
    np.testing.assert_array_equal(right.vectors, wrong.vectors)
    np.testing.assert_allclose(wrong.read, 0.6 * right.read, atol=1e-12)


def test_too_many_wires_are_said_in_words():
    settings = CircuitSettings(qubits=9, depth=1)
    with pytest.raises(UserError, match="state of 9 qubits under noise cannot be shown"):
        noisy_walk(settings, *numbers(settings), EVERY_RATE)
