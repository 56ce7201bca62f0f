"""A machine's noise, against Qiskit Aer's `NoiseModel` built from the same figures."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.machines.catalogue import machine_named
from qtl_core.machines.gate_errors import fitting_seconds, gate_channels, relaxation_error
from qtl_core.network.noise.noisy_circuit import AppliedChannel

MACHINE = machine_named("ibmqx4")
GATES = [
    *(
        ((qubit,), MACHINE.qubits[qubit].gate_errors[name], MACHINE.gate_seconds[name])
        for qubit in range(5)
        for name in ("u2", "u3")
    ),
    *((pair, error, MACHINE.cnot_seconds[pair]) for pair, error in MACHINE.cnot_errors.items()),
]


def transfer(channels: tuple[AppliedChannel, ...], wires: int) -> np.ndarray:
    """What channels make of a density matrix as one matrix, row-major, on all `wires`."""
    whole = np.eye(4**wires, dtype=complex)
    for channel in channels:
        kraus = [on_all(each, channel.wires, wires) for each in channel.kraus]
        whole = sum(np.kron(each, each.conj()) for each in kraus) @ whole
    return whole


def on_all(matrix: np.ndarray, on: tuple[int, ...], wires: int) -> np.ndarray:
    if len(on) == wires:
        return matrix
    return np.kron(matrix, np.eye(2)) if on == (0,) else np.kron(np.eye(2), matrix)


def average_error(channels: tuple[AppliedChannel, ...], wires: int) -> float:
    """One minus the average fidelity, from the trace of the transfer matrix."""
    size = 2**wires
    kept = np.trace(transfer(channels, wires)).real / size**2
    return 1 - (size * kept + 1) / (size + 1)


@pytest.mark.parametrize(("qubits", "error", "seconds"), GATES)
def test_a_gate_errs_on_average_as_was_measured(qubits, error, seconds):
    figures = [MACHINE.qubits[qubit] for qubit in qubits]
    channels = gate_channels(error, seconds, figures, tuple(range(len(qubits))))
    assert average_error(channels, len(qubits)) == pytest.approx(error, abs=1e-12)


@pytest.mark.parametrize(("qubits", "error", "seconds"), GATES)
def test_channels_are_aer_s(qubits, error, seconds):
    noise = pytest.importorskip("qiskit_aer.noise")
    models = pytest.importorskip("qiskit_aer.noise.device.models")
    quantum_info = pytest.importorskip("qiskit.quantum_info")
    figures = [MACHINE.qubits[qubit] for qubit in qubits]
    taken = fitting_seconds(error, seconds, figures)
    relaxation = None
    for each in figures:  # the first is the highest bit, as with us
        one = noise.thermal_relaxation_error(each.t1, min(each.t2, 2 * each.t1), taken)
        relaxation = one if relaxation is None else relaxation.tensor(one)
    depolarising = models._device_depolarizing_error(range(len(qubits)), error, relaxation)
    theirs = relaxation if depolarising is None else depolarising.compose(relaxation)
    wanted = quantum_info.SuperOp(theirs).data
    ours = transfer(gate_channels(error, seconds, figures, tuple(range(len(qubits)))), len(qubits))
    size = 2 ** len(qubits)  # Qiskit stacks columns, we rows
    ours = ours.reshape(size, size, size, size).transpose(1, 0, 3, 2).reshape(size**2, size**2)
    np.testing.assert_allclose(ours, wanted, atol=1e-9)


def test_a_gate_whose_time_alone_would_cost_more_is_taken_to_be_shorter():
    figures = [MACHINE.qubits[4], MACHINE.qubits[2]]
    error, seconds = MACHINE.cnot_errors[4, 2], MACHINE.cnot_seconds[4, 2]
    assert relaxation_error(seconds, figures) > error
    taken = fitting_seconds(error, seconds, figures)
    assert taken < seconds
    assert relaxation_error(taken, figures) == pytest.approx(error, abs=1e-12)


def test_without_time_all_of_it_is_depolarising():
    (only,) = gate_channels(0.03, 0.0, [MACHINE.qubits[0]], (0,))
    assert only.kraus.shape == (4, 2, 2)
