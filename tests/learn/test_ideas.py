"""The ideas of the Learn page: every topic is whole, and what it computes agrees with PennyLane and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.learn import fourier, parameter_shift, register
from qtl_core.learn.directions import DIRECTIONS, linear_numbers, trained_numbers
from qtl_core.learn.qubits import agreement, measure, pair
from qtl_core.learn.topics import PARTS, TOPICS
from qtl_core.network.entanglement import bloch_vectors, qubit_entropies
from qtl_core.settings import CircuitSettings

ANGLES = st.floats(-2 * math.pi, 2 * math.pi)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.key)
def test_a_topic_has_a_text_something_to_do_an_honest_word_and_a_reference(topic):
    assert topic.part in PARTS
    assert 200 < len(topic.text) < 1200
    assert len(topic.play) > 40
    assert len(topic.honest) > 80
    assert topic.references
    assert all(reference.address.startswith("https://") for reference in topic.references)
    assert all(1960 < reference.year < 2030 for reference in topic.references)


@given(ANGLES, ANGLES)
def test_gates_are_those_of_pennylane(angle, other):
    @qml.qnode(qml.device("default.qubit", wires=3))
    def circuit():
        qml.RX(angle, 2)
        qml.RY(other, 0)
        qml.CNOT([0, 1])
        qml.RZ(angle, 1)
        qml.CNOT([2, 0])
        qml.Hadamard(1)
        return qml.state()

    state = register.act(register.rx(angle), register.zero(3), [2])
    state = register.act(register.ry(other), state, [0])
    state = register.act(register.CNOT, state, [0, 1])
    state = register.act(register.rz(angle), state, [1])
    state = register.act(register.CNOT, state, [2, 0])
    np.testing.assert_allclose(register.act(register.H, state, [1]), circuit(), atol=1e-10)


@given(ANGLES, ANGLES)
def test_a_phase_shows_only_after_a_hadamard_gate(angle, phase):
    assert measure(angle, phase, 10, 0).chance == pytest.approx(math.sin(angle / 2) ** 2, abs=1e-12)
    again = measure(angle, phase, 10, 0, again=True)
    assert again.chance == pytest.approx((1 - math.sin(angle) * math.cos(phase)) / 2, abs=1e-12)


def test_counts_scatter_as_said():
    shares = [measure(1.1, 0, 400, seed).share for seed in range(300)]
    said = measure(1.1, 0, 400, 0)
    assert np.mean(shares) == pytest.approx(said.chance, abs=4 * said.usual_error / math.sqrt(300))
    assert np.std(shares) == pytest.approx(said.usual_error, rel=0.2)


@given(ANGLES)
def test_a_cnot_entangles_as_the_binary_entropy_says(angle):
    chance = math.sin(angle / 2) ** 2
    entropy = -sum(share * math.log2(share) for share in (chance, 1 - chance) if share > 1e-15)
    vectors = bloch_vectors(pair(angle))
    assert qubit_entropies(vectors) == pytest.approx([entropy] * 2, abs=1e-6)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([abs(math.cos(angle))] * 2, abs=1e-9)
    assert agreement(pair(angle)) == pytest.approx(1)
    assert agreement(pair(angle), turned=True) == pytest.approx((1 + math.sin(angle)) / 2)
    assert qubit_entropies(bloch_vectors(pair(angle, cnot=False))) == pytest.approx([0, 0], abs=1e-6)


@pytest.mark.parametrize("times", [1, 3])
def test_the_curve_is_pennylanes(times):
    weights = np.random.default_rng(3).uniform(-3, 3, (times + 1, 2))

    @qml.qnode(qml.device("default.qubit", wires=1))
    def circuit(x):
        for block, (turn, phase) in enumerate(weights):
            if block:
                qml.RZ(x, 0)
            qml.RY(turn, 0)
            qml.RZ(phase, 0)
        return qml.expval(qml.PauliZ(0))

    x = np.linspace(-3, 3, 9)
    np.testing.assert_allclose(fourier.output(x, weights), [circuit(each) for each in x], atol=1e-10)


@pytest.mark.parametrize("times", [1, 2, 4])
def test_the_curve_is_a_fourier_series_of_that_degree(times):
    weights = np.random.default_rng(times).uniform(-3, 3, (times + 1, 2))
    x = np.arange(32) * 2 * math.pi / 32
    found = np.abs(np.fft.rfft(fourier.output(x, weights)))
    assert found[times + 1 :].max() < 1e-10
    assert found[times] > 1e-6


@pytest.mark.parametrize(("shape", "times"), [("one wave", 1), ("two waves", 2), ("three waves", 3), ("a step", 3)])
def test_training_comes_close_to_the_best_there_is_and_never_below(shape, times):
    found, best = fourier.fit(shape, times), fourier.best_possible(shape, times)
    assert best - 1e-9 <= found.errors[-1] < best + 0.002
    assert found.errors[0] > found.errors[-1]


@given(ANGLES)
def test_the_shift_rule_is_exact(angle):
    @qml.qnode(qml.device("default.qubit", wires=2), diff_method="backprop")
    def circuit(turn):
        qml.RY(turn, 0)
        qml.CNOT([0, 1])
        qml.RY(parameter_shift.SECOND, 1)
        return qml.expval(qml.PauliZ(1))

    turn = qml.numpy.array(angle, requires_grad=True)
    assert parameter_shift.value(angle) == pytest.approx(float(circuit(turn)), abs=1e-10)
    assert parameter_shift.exact_slope(angle) == pytest.approx(float(qml.grad(circuit)(turn)), abs=1e-10)


def test_a_finite_difference_drowns_in_the_shots_and_the_rule_does_not():
    found = parameter_shift.estimate(0.8, 0.05, 1_000, seed=1, repeats=2_000)
    assert found.shift.std() == pytest.approx(found.expected_spread[0], rel=0.1)
    assert found.difference.std() == pytest.approx(found.expected_spread[1], rel=0.1)
    assert found.difference.std() > 20 * found.shift.std()
    assert found.shift.mean() == pytest.approx(found.exact, abs=5 * found.expected_spread[0] / math.sqrt(2_000))


def test_the_papers_network_trains_these_numbers():
    assert trained_numbers(512, CircuitSettings()).total == 512 * 4 + 4 + 24 + 4 * 2 + 2
    assert linear_numbers(512) == 1026
    assert {key: direction.kinds for key, direction in DIRECTIONS.items()} == {
        "CQ": (False, True),
        "CC": (False, False),
        "QC": (True, False),
        "QQ": (True, True),
    }
