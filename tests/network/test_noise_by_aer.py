"""Noisy circuits against Qiskit Aer's density matrix, with a noise model built here: a second independent reference."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.network.ansatz import ENTANGLERS
from qtl_core.network.binding import bind, gate_matrix
from qtl_core.network.noise.noisy_circuit import NoisyCircuit
from qtl_core.network.simulators import wide_pauli_states
from qtl_core.network.simulators.density_matrix import noisy_expectations, outcome_probabilities, z_signs
from qtl_core.settings import CircuitSettings
from tests.helpers.noisy_circuits import numbers_for, random_noisy

pytest.importorskip("qiskit_aer")


def by_aer(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The probabilities of what one picture's circuit reads, the first output the highest bit.

    Every gate has a label of its own, to which the noise model ties its channels. Wrong readings are one more channel
    before the end, which forgets the qubit's state but for its bit: Aer's own apply to sampled shots alone.
    """
    from qiskit import QuantumCircuit
    from qiskit.circuit.library import UnitaryGate
    from qiskit.quantum_info import Kraus
    from qiskit_aer import AerSimulator
    from qiskit_aer.noise import NoiseModel

    wires = noisy.circuit.wires
    circuit, model = QuantumCircuit(wires), NoiseModel(basis_gates=["unitary"])
    numbers = bind(noisy.circuit, angles, weights)
    for number, (gate, channels) in enumerate(zip(numbers, noisy.channels, strict=True)):
        # Qiskit's first qubit is the lowest bit, so the wires of a gate and of a channel come the other way round
        circuit.append(UnitaryGate(gate_matrix(gate.kind, gate.angles)), list(gate.wires[::-1]))
        for place, channel in enumerate(channels):
            label = f"{number}.{place}"
            stand_in = UnitaryGate(np.eye(2 ** len(channel.wires)), label=label)
            circuit.append(stand_in, list(channel.wires[::-1]))
            model.add_all_qubit_quantum_error(_error(Kraus(list(channel.kraus))), label)
    for output, wire in enumerate(noisy.measured):
        operators = []
        for true in (0, 1):
            for read in (0, 1):
                operators.append(np.sqrt(noisy.confusion[output, true, read]) * _from_to(true, read))
        circuit.append(UnitaryGate(np.eye(2), label=f"read {wire}"), [wire])
        model.add_all_qubit_quantum_error(_error(Kraus(operators)), f"read {wire}")
    circuit.save_probabilities(list(noisy.measured[::-1]))
    simulator = AerSimulator(method="density_matrix", noise_model=model)
    return np.array(simulator.run(circuit, shots=1).result().data()["probabilities"])


def _error(channel):
    from qiskit_aer.noise import QuantumError

    return QuantumError(channel)


def _from_to(true: int, read: int) -> np.ndarray:
    found = np.zeros((2, 2))
    found[read, true] = 1
    return found


@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("entangler", list(ENTANGLERS))
@pytest.mark.parametrize("reuploading", [False, True])
def test_any_channel_after_any_gate_gives_what_aer_does(rotation, entangler, reuploading):
    settings = CircuitSettings(qubits=3, depth=2, rotation=rotation, entangler=entangler, reuploading=reuploading)
    noisy = random_noisy(len(entangler) + 10 * reuploading, settings)
    angles, weights = numbers_for(noisy, 2)
    wanted = [by_aer(noisy, row, weights) for row in angles]
    np.testing.assert_allclose(outcome_probabilities(noisy, angles, weights), wanted, atol=1e-9)


@pytest.mark.parametrize("qubits", [7, 8])
def test_wide_circuits_that_take_pictures_in_again_give_what_aer_does(qubits):
    """So wide that wires go two by two (`wide_pauli_states`): once with one over."""
    noisy = random_noisy(qubits, CircuitSettings(qubits=qubits, depth=1, rotation="rot", reuploading=True))
    angles, weights = numbers_for(noisy, 2)
    assert qubits >= wide_pauli_states.WIRES
    found = outcome_probabilities(noisy, angles, weights)
    np.testing.assert_allclose(found[1], by_aer(noisy, angles[1], weights), atol=1e-9)
    signs = z_signs(noisy.outputs)
    np.testing.assert_allclose(noisy_expectations(noisy, angles, weights), found @ signs, atol=1e-12)
