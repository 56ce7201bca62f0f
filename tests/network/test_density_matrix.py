"""Noisy circuits against PennyLane's `default.mixed`, for every option of the circuit and every channel."""

from __future__ import annotations

import numpy as np
import pennylane as qml
import pytest

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.noise.noisy_circuit import NoisyCircuit, with_rates
from qtl_core.network.simulators.density_matrix import noisy_expectations
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from qtl_core.settings import CircuitSettings, ReadoutSettings


def by_pennylane(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """<Z> of one picture by `default.mixed`, shape (outputs,), before wrong readings."""

    @qml.qnode(qml.device("default.mixed", wires=noisy.circuit.wires))
    def run():
        for gate, channels in zip(noisy.circuit.gates, noisy.channels, strict=True):
            values = {"feature": angles, "weight": weights}
            OPERATIONS[gate.kind](*(values[each.kind][each.index] for each in gate.angles), wires=gate.wires)
            for channel in channels:
                qml.QubitChannel(list(channel.kraus), wires=channel.wires)
        return [qml.expval(qml.PauliZ(wire)) for wire in noisy.measured]

    return np.array(run())


@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("reuploading", [False, True])
def test_it_agrees_with_default_mixed(rotation, reuploading):
    rng = np.random.default_rng(0)
    settings = CircuitSettings(qubits=3, depth=2, rotation=rotation, reuploading=reuploading)
    readout = ReadoutSettings(
        depolarizing_one=0.02, depolarizing_two=0.05, amplitude_damping=0.03, phase_damping=0.04, readout_flip=0.1
    )
    noisy = with_rates(build_circuit(settings), readout)
    angles, weights = rng.uniform(-1.5, 1.5, (2, 3)), rng.normal(size=settings.weight_count)
    wanted = noisy.read_expectations(np.array([by_pennylane(noisy, row, weights) for row in angles]))
    np.testing.assert_allclose(noisy_expectations(noisy, angles, weights), wanted, atol=1e-10)
