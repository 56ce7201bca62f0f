"""The words on a state under noise are chosen from its numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qtl_core.drawing.gate_readings import read_gates
from qtl_core.explain.noisy_walk import NoisyWalk, noisy_walk
from qtl_core.explain.noisy_walk_words import costliest_words, mixed_words, noise_step_words
from qtl_core.network.ansatz import build_circuit
from qtl_core.settings import CircuitSettings, ReadoutSettings

WALK = NoisyWalk(
    vectors=np.array([[[0, 0, 1], [0, 0, 1]], [[0, 0, 0.5], [0, 0.9, 0]]], dtype=float),
    purities=np.array([1.0, 0.7]),
    fidelities=np.array([1.0, 0.8]),
    gains=np.array([0.1]),
    read=np.array([0.4, 0.0]),
    wires=2,
)


def test_a_pure_state_is_shortened_by_entanglement_alone():
    said = mixed_words(np.array([[0, 0, 0.3], [0, 0, 0.3]]), WALK, 0)
    assert "purity of all qubits together is 1" in said
    assert "entanglement alone" in said


def test_what_noise_took_is_told_from_what_entanglement_did():
    said = mixed_words(np.array([[0, 0, 0.8], [0, 1.0, 0]]), WALK, 1)
    assert "is 0.700" in said and "0.25 if nothing were known" in said
    assert "entanglement alone shortens it to 0.800, noise further to 0.500" in said


def test_a_qubit_that_is_not_entangled_owes_all_to_noise():
    said = mixed_words(np.array([[0, 0, 1.0], [0, 1.0, 0]]), WALK, 1)
    assert "its length is 0.500, and it would be 1 without" in said


def test_arrows_that_noise_made_longer_are_not_called_shorter():
    assert "No arrow is shorter than without noise." in mixed_words(np.array([[0, 0, 0.2], [0, 0.5, 0]]), WALK, 1)


def test_a_step_is_told_by_purity_and_fidelity():
    assert noise_step_words(WALK, 0, 1) == (
        "With its noise: purity 1.0000 → 0.7000, fidelity with the exact state 1.0000 → 0.8000."
    )


def test_the_costliest_gate_is_the_noisiest_one():
    settings = CircuitSettings(qubits=2, depth=1)
    circuit, weights = build_circuit(settings), np.zeros(settings.weight_count)
    readings = read_gates(circuit, np.zeros(2), weights, weights)
    walk = noisy_walk(settings, np.zeros(2) + 0.4, weights, ReadoutSettings(depolarizing_two=0.2))
    said = costliest_words(walk, readings)
    cnot = next(number for number, gate in enumerate(circuit.gates) if gate.kind == "CNOT")
    assert f"The noise of gate {cnot + 1} (Controlled NOT, qubit 0 → qubit 1, layer 1) costs most" in said
    quiet = replace(walk, gains=np.zeros(len(circuit.gates)))
    assert "no gate's noise alone lowers it by 0.0001" in costliest_words(quiet, readings)
