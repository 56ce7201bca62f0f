"""A circuit in real arithmetic alone gives the expectation values of the one that every simulator agrees on."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import AngleSource, Circuit, Gate
from qtl_core.network.simulators.real_statevector import RealCircuit
from qtl_core.network.simulators.torch_statevector import StateVectorSimulator
from qtl_core.settings import CircuitSettings
from tests.helpers.made_circuits import CIRCUITS, name

WIDE = CircuitSettings(qubits=9, depth=2, entangler="ring", rotation="rot", reuploading=True)


def both(circuit: Circuit) -> tuple[torch.Tensor, torch.Tensor]:
    generator = np.random.default_rng(5)
    angles = torch.tensor(generator.uniform(-7, 7, (5, circuit.wires)))
    weights = torch.tensor(generator.uniform(-7, 7, circuit.weight_count))
    return RealCircuit(circuit, weights.numpy())(angles), StateVectorSimulator(circuit)(angles, weights)


@pytest.mark.parametrize("settings", [*CIRCUITS, WIDE], ids=name)
def test_every_ansatz_is_the_complex_simulators(settings):
    torch.testing.assert_close(*both(build_circuit(settings)), rtol=0, atol=1e-12)


def test_gates_in_any_order():
    feature, weight = (AngleSource(kind, 1) for kind in ("feature", "weight"))
    gates = (
        *(Gate("RY", (1,), (feature,)), Gate("RY", (1,), (weight,)), Gate("RY", (1,), (feature,))),
        *(Gate("RY", (1,), (AngleSource("feature", 0),)), Gate("CNOT", (1, 2)), Gate("H", (2,))),
        *(Gate("RY", (0,), (AngleSource("weight", 2),)), Gate("CNOT", (2, 0)), Gate("RY", (2,), (feature,))),
    )
    torch.testing.assert_close(*both(Circuit(3, gates, 3)), rtol=0, atol=1e-12)


def test_it_holds_no_complex_number():
    module = RealCircuit(build_circuit(WIDE), np.ones(WIDE.weight_count))
    assert not [name for name, values in module.state_dict().items() if values.is_complex()]
