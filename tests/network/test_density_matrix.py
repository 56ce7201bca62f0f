"""Noisy circuits against closed forms and PennyLane's `default.mixed`, for every option of the circuit and channel."""

from __future__ import annotations

import math

import numpy as np
import pennylane as qml
import pytest

from qtl_core.common.errors import InputError
from qtl_core.network.ansatz import ENTANGLERS, build_circuit
from qtl_core.network.gates import AngleSource, Circuit, Gate
from qtl_core.network.noise.channels import kraus
from qtl_core.network.noise.noisy_circuit import AppliedChannel, NoisyCircuit, flips, with_rates, without_noise
from qtl_core.network.simulators import numpy_batch, wide_pauli_states
from qtl_core.network.simulators.density_matrix import (
    density_matrices,
    noisy_expectations,
    outcome_probabilities,
    pauli_vectors,
)
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from qtl_core.settings import CircuitSettings, ReadoutSettings
from tests.helpers.noisy_circuits import numbers_for, random_noisy, with_every_rate


def by_pennylane(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The final density matrix of one picture by `default.mixed`."""

    @qml.qnode(qml.device("default.mixed", wires=noisy.circuit.wires))
    def run():
        for gate, channels in zip(noisy.circuit.gates, noisy.channels, strict=True):
            values = {"feature": angles, "weight": weights}
            OPERATIONS[gate.kind](*(values[each.kind][each.index] for each in gate.angles), wires=gate.wires)
            for channel in channels:
                qml.QubitChannel(list(channel.kraus), wires=channel.wires)
        return qml.state()

    return np.asarray(run())


def read_from(noisy: NoisyCircuit, state: np.ndarray) -> np.ndarray:
    """The probabilities of what is read, of a density matrix: by the rules, bit string by bit string."""
    wires, found = noisy.circuit.wires, np.zeros(2**noisy.outputs)
    for basis, true in enumerate(np.diag(state).real):
        bits = [(basis >> (wires - 1 - wire)) & 1 for wire in noisy.measured]
        for read in range(2**noisy.outputs):
            as_read = [(read >> (noisy.outputs - 1 - output)) & 1 for output in range(noisy.outputs)]
            chances = [noisy.confusion[k, b, r] for k, (b, r) in enumerate(zip(bits, as_read, strict=True))]
            found[read] += true * math.prod(chances)
    return found


@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("entangler", list(ENTANGLERS))
@pytest.mark.parametrize("reuploading", [False, True])
def test_any_channel_after_any_gate_gives_what_default_mixed_does(rotation, entangler, reuploading, monkeypatch):
    settings = CircuitSettings(qubits=3, depth=2, rotation=rotation, entangler=entangler, reuploading=reuploading)
    noisy = random_noisy(hash_of(rotation, entangler, reuploading), settings)
    angles, weights = numbers_for(noisy, 2)
    states = np.array([by_pennylane(noisy, row, weights) for row in angles])
    wanted = np.array([read_from(noisy, state) for state in states])
    np.testing.assert_allclose(density_matrices(noisy, angles, weights)[-1], states, atol=1e-10)
    np.testing.assert_allclose(outcome_probabilities(noisy, angles, weights), wanted, atol=1e-10)
    many = np.repeat(angles, 8, axis=0)  # more pictures than bit strings: another way to the same numbers
    np.testing.assert_allclose(outcome_probabilities(noisy, many, weights)[::8], wanted, atol=1e-10)
    monkeypatch.setattr(wide_pauli_states, "WIRES", 1)  # and a third one, which serves wide circuits
    np.testing.assert_allclose(outcome_probabilities(noisy, angles, weights), wanted, atol=1e-10)
    each_its_own = np.tile(weights, (2, 1))
    np.testing.assert_allclose(outcome_probabilities(noisy, angles, each_its_own), wanted, atol=1e-10)


def hash_of(*options: object) -> int:
    """A seed for each case, the same in every process."""
    return sum(map(ord, repr(options)))


@pytest.mark.parametrize("qubits", [1, 4])
def test_expectations_are_those_of_the_bit_strings(qubits):
    noisy = random_noisy(5, CircuitSettings(qubits=qubits, depth=2))
    angles, weights = numbers_for(noisy, 9)
    signs = 1 - 2 * ((np.arange(2**qubits)[:, None] >> np.arange(qubits)[::-1]) & 1)
    wanted = outcome_probabilities(noisy, angles, weights) @ signs
    np.testing.assert_allclose(noisy_expectations(noisy, angles, weights), wanted, atol=1e-12)
    np.testing.assert_allclose(noisy_expectations(noisy, angles[:2], weights), wanted[:2], atol=1e-12)


def test_each_picture_may_bring_its_own_trained_angles():
    noisy = with_every_rate(CircuitSettings(qubits=3, depth=2, rotation="rot"))
    angles, _ = numbers_for(noisy, 5)
    weights = np.random.default_rng(1).normal(size=(5, noisy.circuit.weight_count))
    wanted = [noisy_expectations(noisy, angles[k : k + 1], weights[k])[0] for k in range(5)]
    np.testing.assert_allclose(noisy_expectations(noisy, angles, weights), wanted, atol=1e-12)


def test_without_channels_it_is_the_state_vector_whatever_the_number_of_wires():
    settings = CircuitSettings(qubits=10, depth=1)
    noisy = without_noise(build_circuit(settings))
    angles, weights = numbers_for(noisy, 2)
    found = noisy_expectations(noisy, angles, weights)
    states = numpy_batch.final_states(noisy.circuit, angles, weights)
    np.testing.assert_allclose(found, numpy_batch.expectations(states), atol=1e-12)


def bell(rate: float) -> NoisyCircuit:
    """A Bell pair whose CNOT is followed by depolarising on each of its wires."""
    circuit = Circuit(2, (Gate("H", (0,)), Gate("CNOT", (0, 1))), 0)
    return with_rates(circuit, ReadoutSettings(depolarizing_two=rate))


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.75])
def test_a_depolarised_bell_pair_keeps_its_correlations_by_the_square_of_what_a_wire_keeps(rate):
    noisy = bell(rate)
    angles = np.zeros((1, 2))
    kept = (1 - 4 * rate / 3) ** 2  # each wire's X, Y, Z shrink by 1 - 4p/3
    equal, apart = (1 + kept) / 4, (1 - kept) / 4
    found = outcome_probabilities(noisy, angles, np.zeros(0))[0]
    np.testing.assert_allclose(found, [equal, apart, apart, equal], atol=1e-12)
    state = density_matrices(noisy, angles, np.zeros(0))[-1, 0]
    phi = np.array([1, 0, 0, 1]) / math.sqrt(2)
    assert phi @ state @ phi == pytest.approx((1 + 3 * kept) / 4)
    assert np.trace(state @ state).real == pytest.approx((1 + 3 * kept**2) / 4)


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5])
def test_flips_at_measurement_shrink_z(rate):
    angles, weights = np.array([[0.7]]), np.array([0.4])
    noisy = with_rates(build_circuit(CircuitSettings(qubits=1, depth=1)), ReadoutSettings(readout_flip=rate))
    z = -math.sin(0.7 + 0.4)  # H, then RY of both angles
    np.testing.assert_allclose(noisy_expectations(noisy, angles, weights), [[(1 - 2 * rate) * z]], atol=1e-12)


@pytest.mark.parametrize("gates", [1, 5, 20])
def test_amplitude_damping_again_and_again_is_the_decay_of_t1(gates):
    """A qubit in 1 that waits through gates of 50 ns with a T1 of 400 ns is left there with exp(-t/T1)."""
    rate = 1 - math.exp(-50 / 400)
    turns = (Gate("RY", (0,), (AngleSource("weight", 0),)), *[Gate("RY", (0,), (AngleSource("weight", 1),))] * gates)
    decays = ((), *((AppliedChannel(kraus("amplitude_damping", rate), (0,)),),) * gates)
    noisy = NoisyCircuit(Circuit(1, turns, 2), decays, (0,), flips(1, 0.0))
    left = outcome_probabilities(noisy, np.zeros((1, 1)), np.array([math.pi, 0.0]))[0, 1]
    assert left == pytest.approx(math.exp(-gates * 50 / 400), abs=1e-12)


def test_purity_and_bloch_vectors_are_read_from_the_pauli_vectors():
    noisy = random_noisy(7, CircuitSettings(qubits=2, depth=1))
    angles, weights = numbers_for(noisy, 3)
    vectors, states = pauli_vectors(noisy, angles, weights), density_matrices(noisy, angles, weights)
    assert vectors.shape == (len(noisy.circuit.gates) + 1, 3, 16)
    purity = np.einsum("gpij,gpji->gp", states, states).real
    np.testing.assert_allclose(np.sum(vectors**2, axis=2) / 4, purity, atol=1e-12)
    x_of_first = 2 * (states[:, :, 0, 2] + states[:, :, 1, 3]).real
    np.testing.assert_allclose(vectors[:, :, 4], x_of_first, atol=1e-12)


def test_too_many_wires_for_a_density_matrix_are_refused():
    noisy = with_every_rate(CircuitSettings(qubits=9, depth=1))
    with pytest.raises(InputError, match="at most 8"):
        noisy_expectations(noisy, *numbers_for(noisy, 1))
