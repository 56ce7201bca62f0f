"""The fields of the Learn page: what is computed agrees with PennyLane, closed forms, and what is known."""

from __future__ import annotations

import math

import numpy as np
import pennylane as qml
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.learn import (
    anomaly,
    chemistry,
    compilation,
    compression,
    control,
    finance,
    generative,
    images,
    language,
    optimisation,
)
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.settings import CircuitSettings

ANGLES = st.floats(-2 * math.pi, 2 * math.pi)


@pytest.mark.parametrize("distance", [0.5, 0.74, 1.5, 2.5])
def test_hydrogens_least_energy_is_pennylanes(distance):
    places = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, distance * chemistry.ANGSTROM]])
    full, _ = qml.qchem.molecular_hamiltonian(qml.qchem.Molecule(["H", "H"], places, unit="bohr"))
    least = np.linalg.eigvalsh(qml.matrix(full, wire_order=range(4)))[0]
    assert chemistry.exact_energy(distance) == pytest.approx(least, abs=2e-6)


def test_hydrogen_agrees_with_the_literature_and_no_knob_goes_below_the_least():
    assert chemistry.exact_energy(0.7414) == pytest.approx(-1.1373, abs=1e-4)
    for distance in (0.4, 1.0, 2.6):
        least = chemistry.exact_energy(distance)
        assert chemistry.energy(distance, chemistry.best_angle(distance)) == pytest.approx(least, abs=1e-9)
        assert all(chemistry.energy(distance, angle) >= least - 1e-12 for angle in np.linspace(-3, 3, 25))
    assert chemistry.exact_energy(chemistry.DISTANCES[-1]) == pytest.approx(2 * -0.46658, abs=0.01)  # two lone atoms


@given(ANGLES, ANGLES)
def test_qaoa_is_pennylanes(gamma, beta):
    edges = optimisation.GRAPHS["house"]

    @qml.qnode(qml.device("default.qubit", wires=5))
    def circuit():
        for wire in range(5):
            qml.Hadamard(wire)
        for edge in edges:
            qml.IsingZZ(-gamma, edge)
        for wire in range(5):
            qml.RX(2 * beta, wire)
        return qml.probs(range(5))

    found = optimisation.cut("house", gamma, beta)
    np.testing.assert_allclose(found.chances, circuit(), atol=1e-9)


def test_one_layer_of_qaoa_cuts_three_quarters_of_a_ring():
    """Farhi, Goldstone and Gutmann (2014), section 4; a triangle-free ring of even or odd length."""
    assert optimisation.landscape("ring of 5").max() == pytest.approx(0.75 * 5, abs=0.02)
    assert optimisation.cut("ring of 5", math.pi / 4, math.pi / 8).mean == pytest.approx(0.75 * 5)
    assert [optimisation.cut(graph, 0, 0).best for graph in optimisation.GRAPHS] == [4, 4, 5, 7]


def test_coins_are_what_qaoa_begins_with():
    found = optimisation.cut("prism", 0, 1)
    assert found.best_chance == pytest.approx(found.blind_chance)
    assert found.mean == pytest.approx(9 / 2)


def test_a_filter_is_the_circuit_on_every_patch():
    found = images.filtered("ants", 3, 1, 0)
    circuit = build_circuit(CircuitSettings(qubits=4, depth=1, entangler="ring"))
    weights = np.random.default_rng(0).uniform(-math.pi, math.pi, circuit.weight_count)
    patch = torch.tensor(math.pi * (found.picture[10:12, 20:22].reshape(1, 4) - 0.5))
    values = PennyLaneSimulator(circuit)(patch, torch.tensor(weights))[0]
    np.testing.assert_allclose(found.channels[:, 5, 10], values, atol=1e-9)


def test_without_entanglement_a_filter_is_nearly_a_weighted_sum():
    assert images.filtered("bees", 3, 0, 0).linear_shares.min() > 0.95
    assert images.filtered("bees", 3, 2, 0).linear_shares.min() < 0.9


def test_a_sentence_is_its_circuit_after_post_selection():
    angles = np.random.default_rng(2).uniform(0, 6, len(language.NOUNS) + 4 * len(language.VERBS))

    @qml.qnode(qml.device("default.qubit", wires=3))
    def circuit(noun, verb):
        qml.RY(noun, 0)
        qml.RY(verb[0], 1)
        qml.RY(verb[1], 2)
        qml.CNOT([1, 2])
        qml.RY(verb[2], 1)
        qml.RY(verb[3], 2)
        qml.CNOT([0, 1])  # noun and verb into the Bell basis
        qml.Hadamard(0)
        return qml.probs(range(3))

    fits, kept = language.read(angles)
    first = len(language.NOUNS) + 4 * 2
    found = circuit(angles[3], angles[first : first + 4])
    assert kept[3, 2] == pytest.approx(found[:2].sum(), abs=1e-10)
    assert fits[3, 2] == pytest.approx(found[1] / found[:2].sum(), abs=1e-9)


def test_words_learn_what_was_held_out():
    found, seen = language.lesson(0), language.learnt()
    assert (seen.sum(), (~seen).sum()) == (16, 8)
    assert language.right(found.fits[-1], seen) == 16
    assert language.right(found.fits[-1], ~seen) == 8
    assert language.right(found.fits[0], seen) < 16
    assert 0 < found.kept.min() < found.kept.max() <= 0.5


@given(st.floats(-1, 1), st.floats(-3, 3), st.floats(-1, 4), st.floats(-1, 2))
def test_the_push_is_a_sine(angle, speed, gain, brake):
    pushed = control.push(np.array([angle]), np.array([speed]), np.array([[gain], [brake]]))
    assert pushed[0] == pytest.approx(-math.sin(gain * angle + brake * speed), abs=1e-12)


def test_a_pole_falls_without_a_push_and_stands_with_one():
    start = math.radians(10)
    still, held = control.balance(np.array([[0, 1.5], [0, 0.5]]), start).held
    assert 0.3 < still < 2
    assert held == control.SECONDS
    assert abs(control.balance(np.array([[1.5], [0.5]]), start).angles[-1, 0]) < math.radians(1)
    assert control.balance(np.array([[1.5], [0.5]]), start, shots=10, seed=1).held[0] == control.SECONDS


def test_a_born_machine_learns_bars_and_stripes_with_enough_layers():
    assert {generative.pixels(string).tobytes() for string in generative.PATTERNS} == {
        np.array(rows).tobytes()
        for rows in (
            [[0, 0], [0, 0]],
            [[1, 1], [1, 1]],
            [[1, 1], [0, 0]],
            [[0, 0], [1, 1]],
            [[1, 0], [1, 0]],
            [[0, 1], [0, 1]],
        )
    }
    few, enough = generative.trained(1), generative.trained(4)
    assert generative.good_share(enough.chances[-1]) > 0.99
    assert generative.good_share(few.chances[-1]) < 0.5
    assert enough.losses[-1] < 0.01 < few.losses[-1]
    np.testing.assert_allclose(enough.chances.sum(axis=1), 1)


def test_the_born_machines_slope_is_that_of_its_loss():
    circuit = generative.machine_circuit(2)
    angles = np.random.default_rng(0).uniform(-1, 1, circuit.weight_count)
    slope = generative._slope(circuit, angles, generative._chances(circuit, angles[None])[0])
    step = 1e-5 * np.eye(len(angles))[3]
    up, down = (
        generative.divergence(generative._chances(circuit, (angles + sign * step)[None])[0]) for sign in (1, -1)
    )
    assert slope[3] == pytest.approx((up - down) / 2e-5, rel=1e-4)


@pytest.mark.parametrize(
    ("target", "cnots", "best"),
    [("SWAP", 3, 1), ("iSWAP", 2, 1), ("CNOT", 1, 1), ("two turns", 0, 1), ("CNOT", 0, 0.5), ("SWAP", 0, 0.25)],
)
def test_gates_need_as_many_cnots_as_is_known(target, cnots, best):
    """One CNOT fewer is not enough: Vatan and Williams (2004); without any, the largest Schmidt coefficient squared."""
    found = compilation.compiled(target, cnots)
    assert found.likeness[-1] == pytest.approx(best, abs=1e-6)
    assert np.diff(found.likeness).min() > -1e-9, "a sweep never makes it worse"
    assert compilation.likeness(compilation.TARGETS[target], found.matrix) == pytest.approx(found.likeness[-1])
    np.testing.assert_allclose(found.matrix @ found.matrix.conj().T, np.eye(4), atol=1e-9)


@pytest.mark.parametrize(("target", "cnots"), [("SWAP", 2), ("iSWAP", 1)])
def test_with_one_cnot_less_it_is_another_gate(target, cnots):
    assert compilation.compiled(target, cnots).likeness[-1] < 0.6


@pytest.mark.parametrize("name", compression.FAMILIES)
def test_an_autoencoder_comes_to_its_limit_and_not_beyond(name):
    found = compression.trained(name)
    kept = found.kept[-1][compression.LEARNT].mean()
    assert found.limit - 0.001 < kept <= found.limit + 1e-9
    assert (found.limit > 0.999) == (name != "random")
    assert found.kept[-1].mean() > 0.99 or name == "random"


def test_the_encoder_is_pennylanes():
    angles = np.random.default_rng(1).uniform(-3, 3, compression.ANGLES)

    def circuit():
        for layer in range(3):
            if layer:
                qml.CNOT([0, 1])
            qml.RY(angles[2 * layer], 0)
            qml.RY(angles[2 * layer + 1], 1)

    np.testing.assert_allclose(compression.encoder(angles), qml.matrix(circuit, wire_order=[0, 1])(), atol=1e-10)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.1, 3))
def test_the_overlap_of_turns_is_a_product_of_cosines(x, y, scale):
    here, there = anomaly.states(np.array([[x, y], [0.5, -1.0]]), scale)
    known = (math.cos(scale * (x - 0.5) / 2) * math.cos(scale * (y + 1) / 2)) ** 2
    assert abs(np.vdot(here, there)) ** 2 == pytest.approx(known, abs=1e-9)


def test_states_with_phases_are_pennylanes():
    point, scale = np.array([0.7, -1.2]), 0.8

    @qml.qnode(qml.device("default.qubit", wires=2))
    def circuit():
        for _ in range(2):
            for wire in (0, 1):
                qml.Hadamard(wire)
                qml.RZ(scale * point[wire], wire)
            qml.IsingZZ(scale**2 * point[0] * point[1], [0, 1])
        return qml.state()

    np.testing.assert_allclose(anomaly.states(point[None], scale, phases=True)[0], circuit(), atol=1e-9)


def test_the_plain_distance_tells_strange_points_better():
    assert anomaly.nearest_scores(0).told_apart > 0.98 > anomaly.quantum_scores(1.0, 0).told_apart > 0.8
    same = anomaly.Scores(np.zeros(1), np.ones(3), np.ones(2))
    assert same.told_apart == 0.5


@given(st.floats(0.02, 0.4), st.integers(1, 5), st.integers(0, 9))
def test_grover_turns_as_the_sine_says(chance, least, rounds):
    turn = math.asin(math.sqrt(finance.exact(chance, least)))
    assert finance.amplified(chance, least, rounds) == pytest.approx(math.sin((2 * rounds + 1) * turn) ** 2, abs=1e-9)


def test_amplitude_estimation_is_nearer_with_many_uses():
    found = finance.errors(0.1, 2)
    assert found.amplitude[-1] < found.lots[-1] / 2
    expected = math.sqrt(finance.exact(0.1, 2) * (1 - finance.exact(0.1, 2)) / found.uses[-1])
    assert found.lots[-1] == pytest.approx(expected, rel=0.4)
