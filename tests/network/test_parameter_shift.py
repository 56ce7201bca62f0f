"""The parameter-shift rule against PennyLane's own, and against the automatic derivative of exact averages."""

from __future__ import annotations

import numpy as np
import pennylane as qml
import pytest
from pennylane import numpy as pnp

from qtl_core.common.errors import InputError
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import AngleSource, Circuit, Gate
from qtl_core.network.noise.noisy_circuit import NoisyCircuit, with_rates, without_noise
from qtl_core.network.simulators.density_matrix import noisy_expectations, outcome_probabilities, z_signs
from qtl_core.network.simulators.parameter_shift import gathered, probabilities_of_each, shiftable
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from qtl_core.settings import CircuitSettings, ReadoutSettings

NOISY = ReadoutSettings(
    depolarizing_one=0.02, depolarizing_two=0.05, amplitude_damping=0.03, phase_damping=0.04, readout_flip=0.1
)
every_circuit = pytest.mark.parametrize(
    "settings",
    [
        CircuitSettings(qubits=2, depth=1),
        CircuitSettings(qubits=3, depth=2, reuploading=True, entangler="ring"),
        CircuitSettings(qubits=2, depth=2, rotation="rot", entangler="all"),
    ],
    ids=["ry", "reuploading", "rot"],
)


def numbers(settings: CircuitSettings, pictures: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    return rng.uniform(-1.5, 1.5, (pictures, settings.qubits)), rng.normal(size=settings.weight_count)


def shifted_gradients(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray, output: int):
    """The slopes of the sum over pictures of one output, by the rule alone."""
    circuit = shiftable(noisy)
    which = np.arange(len(circuit.sources))
    rows = circuit.shifted(weights, which).reshape(2 * len(which), -1)
    read = probabilities_of_each(circuit.noisy, angles, rows) @ z_signs(noisy.outputs)
    forth, back = np.split(read[..., output], 2)
    return gathered(circuit, which, (forth - back) / 2, *angles.shape)


def by_pennylane(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray, output: int, method: str):
    """The same by PennyLane, picture by picture, wrong readings included."""

    @qml.qnode(qml.device("default.mixed", wires=noisy.circuit.wires), diff_method=method)
    def run(features, trained):
        for gate, channels in zip(noisy.circuit.gates, noisy.channels, strict=True):
            values = {"feature": features, "weight": trained}
            OPERATIONS[gate.kind](*(values[each.kind][each.index] for each in gate.angles), wires=gate.wires)
            for channel in channels:
                qml.QubitChannel(list(channel.kraus), wires=channel.wires)
        return qml.expval(qml.PauliZ(noisy.measured[output]))

    confusion = noisy.confusion[output]
    scale = 1 - confusion[0, 1] - confusion[1, 0]
    found = [
        qml.grad(run)(pnp.array(row, requires_grad=True), pnp.array(weights, requires_grad=True)) for row in angles
    ]
    return scale * np.array([each[0] for each in found]), scale * np.sum([each[1] for each in found], axis=0)


@pytest.mark.parametrize("method", ["parameter-shift", "backprop"])
@every_circuit
def test_slopes_are_pennylane_s(settings, method):
    noisy = with_rates(build_circuit(settings), NOISY)
    angles, weights = numbers(settings)
    wanted = by_pennylane(noisy, angles, weights, 1, method)
    assert len(wanted) == 2
    for ours, theirs in zip(shifted_gradients(noisy, angles, weights, 1), wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


@every_circuit
def test_the_shiftable_circuit_reads_what_the_circuit_does(settings):
    noisy = with_rates(build_circuit(settings), NOISY)
    angles, weights = numbers(settings)
    circuit = shiftable(noisy)
    assert len(circuit.sources) == sum(len(gate.angles) for gate in noisy.circuit.gates)
    np.testing.assert_allclose(
        noisy_expectations(circuit.noisy, angles, circuit.values(weights)),
        noisy_expectations(noisy, angles, weights),
        atol=1e-12,
    )


@every_circuit
def test_without_channels_the_state_vector_gives_the_same(settings):
    """Wrong readings included, which are no channel of a gate."""
    noisy = with_rates(build_circuit(settings), ReadoutSettings(readout_flip=0.2))
    angles, weights = numbers(settings)
    rows = np.stack([weights, weights + 0.3])
    assert not noisy.has_channels
    wanted = [outcome_probabilities(noisy, angles, row) for row in rows]
    np.testing.assert_allclose(probabilities_of_each(noisy, angles, rows), wanted, atol=1e-12)


def test_measured_wires_come_in_their_order():
    plain = without_noise(build_circuit(CircuitSettings(qubits=3, depth=1)))
    turned = NoisyCircuit(plain.circuit, plain.channels, (2, 0, 1), plain.confusion)
    angles, weights = numbers(CircuitSettings(qubits=3, depth=1))
    found = probabilities_of_each(turned, angles, weights[None])[0]
    np.testing.assert_allclose(found, outcome_probabilities(turned, angles, weights), atol=1e-12)


def test_a_picture_s_angle_must_turn_by_ry():
    gate = Gate("Rot", (0,), (AngleSource("feature", 0), AngleSource("weight", 0), AngleSource("weight", 1)))
    with pytest.raises(InputError, match="Rot"):
        shiftable(without_noise(Circuit(1, (gate,), 2)))
