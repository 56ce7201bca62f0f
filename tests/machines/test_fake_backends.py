"""Qiskit Runtime's fake backends: what Aer gives, against our own simulators and Aer's own shots."""

from __future__ import annotations

import importlib.util

import numpy as np
import pennylane as qml
import pytest

from qtl_core.common.errors import UserError
from qtl_core.machines import fake_backends
from qtl_core.machines.catalogue import machine_named, machine_names
from qtl_core.machines.fake_backends import AerCircuit, outcome_probabilities, transpiled, true_probabilities
from qtl_core.machines.placing import noisy_circuit_of
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.noise.noisy_circuit import without_noise
from qtl_core.network.simulators import density_matrix
from qtl_core.readout.reading import read_circuit
from qtl_core.settings import CircuitSettings, ReadoutSettings

needs_hardware = pytest.mark.skipif(bool(fake_backends.missing_packages()), reason="the extra `hardware` is not here")
RNG = np.random.default_rng(0)
SMALL = CircuitSettings(qubits=3, depth=2, rotation="rot", reuploading=True)
ANGLES, WEIGHTS = RNG.uniform(-1.5, 1.5, (2, 3)), RNG.normal(size=SMALL.weight_count)


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "qiskit_aer" else found(name))
    with pytest.raises(UserError, match=r"qiskit-aer.*pip install '\.\[hardware\]'"):
        read_circuit(SMALL, ANGLES, WEIGHTS, ReadoutSettings(machine="fake_lima"))


@needs_hardware
def test_the_machines_are_those_of_qiskit_runtime():
    named = [each.name for each in fake_backends._provider().backends()]
    assert sorted(named) == list(fake_backends.fake_names())
    assert machine_names() == ("ibmqx4", *sorted(named))
    lima = machine_named("fake_lima")
    assert len(lima.qubits) == 5
    assert (0, 1) in lima.cnot_errors
    assert (0, 4) not in lima.cnot_errors


@needs_hardware
@pytest.mark.parametrize("layout", ["", "4,3,1"])
def test_without_noise_a_transpiled_circuit_is_the_one_that_was_written(layout, monkeypatch):
    from qiskit_aer import AerSimulator

    monkeypatch.setattr(fake_backends, "_simulator", lambda _: AerSimulator(method="density_matrix"))
    wanted = density_matrix.outcome_probabilities(without_noise(build_circuit(SMALL)), ANGLES, WEIGHTS)
    on = AerCircuit(SMALL, "fake_lima", layout)
    np.testing.assert_allclose(true_probabilities(on, ANGLES, WEIGHTS), wanted, atol=1e-9)
    laid = transpiled(on)
    assert layout in ("", ",".join(map(str, laid.measured)))
    assert (laid.before.two_qubit, laid.before.gates) == (4, 3 + 2 * 3 + 2 * 2 + 2 * 3 * 3)
    assert laid.after.gates > laid.before.gates
    assert laid.after.depth > laid.before.depth


@needs_hardware
def test_wrong_readings_are_there():
    """Aer's own shots, whose measurements err, agree with our averages, and not with those before measurement."""
    from qiskit import ClassicalRegister

    on, shots = AerCircuit(SMALL, "fake_yorktown"), 200_000
    laid = transpiled(on)
    assert max(on.confusion[:, 0, 1]) > 0.02
    circuit = laid.circuit.copy()
    if not circuit.clbits:
        circuit.add_register(ClassicalRegister(3))
    given = {each: (ANGLES[0] if each.name[0] == "a" else WEIGHTS)[int(each.name[1:])] for each in circuit.parameters}
    circuit.assign_parameters(given, inplace=True)
    circuit.measure(laid.measured, [2, 1, 0])
    counts = fake_backends._simulator(on.machine).run(circuit, shots=shots, seed_simulator=1).result().get_counts()
    drawn = np.array([counts.get(f"{which:03b}", 0) for which in range(8)]) / shots
    read, true = outcome_probabilities(on, ANGLES, WEIGHTS)[0], true_probabilities(on, ANGLES, WEIGHTS)[0]
    assert np.abs(drawn - read).max() < 5 * 0.5 / np.sqrt(shots)
    assert np.abs(drawn - true).max() > 10 * 0.5 / np.sqrt(shots)


@needs_hardware
def test_pennylane_s_noise_model_leaves_wrong_readings_out():
    """What `qml.from_qiskit_noise` makes of the same model has none, so a circuit of no gates is read without error."""
    model = fake_backends._noise_model("fake_yorktown")
    assert model._local_readout_errors
    found = qml.from_qiskit_noise(model)
    noisy = qml.add_noise(qml.QNode(lambda: qml.probs(wires=0), qml.device("default.mixed", wires=1)), found)
    assert noisy() == pytest.approx([1, 0], abs=1e-9)
    assert AerCircuit(SMALL, "fake_yorktown").confusion[:, 0, 0].max() < 0.99


@needs_hardware
def test_the_oldest_backends_measure_too_and_err():
    """Burlington's gates name no measurement; its calibration has the errors all the same."""
    properties = fake_backends._backend("fake_burlington").properties()
    wanted = [properties.readout_error(qubit) for qubit in range(5)]
    assert min(wanted) > 0.02
    assert [each.read_error for each in machine_named("fake_burlington").qubits] == pytest.approx(wanted)
    on = AerCircuit(SMALL, "fake_burlington")
    given = [wanted[qubit] for qubit in transpiled(on).measured]
    np.testing.assert_allclose((on.confusion[:, 0, 1] + on.confusion[:, 1, 0]) / 2, given)
    assert outcome_probabilities(on, ANGLES, WEIGHTS).sum(axis=1) == pytest.approx(1)


@needs_hardware
def test_read_circuit_reads_a_fake_backend():
    average = read_circuit(SMALL, ANGLES, WEIGHTS, ReadoutSettings(machine="fake_lima"))
    exact = read_circuit(SMALL, ANGLES, WEIGHTS, ReadoutSettings())
    drawn = read_circuit(SMALL, ANGLES, WEIGHTS, ReadoutSettings(machine="fake_lima", shots=1000), seed=3)
    assert (average.kind, drawn.kind) == ("average", "draw")
    assert 1e-3 < np.abs(average.expectations - exact.expectations).max() < 0.5
    assert np.abs(drawn.expectations - average.expectations).max() < 6 * drawn.errors.max()


@needs_hardware
def test_what_aer_cannot_give_is_refused():
    with pytest.raises(UserError, match="not trained on"):
        noisy_circuit_of(SMALL, ReadoutSettings(machine="fake_lima"))
    with pytest.raises(UserError, match="no machine"):
        read_circuit(SMALL, ANGLES, WEIGHTS, ReadoutSettings(machine="fake_nowhere"))
    with pytest.raises(UserError, match="5 qubits"):
        read_circuit(CircuitSettings(qubits=6), np.zeros((1, 6)), np.zeros(36), ReadoutSettings(machine="fake_lima"))
