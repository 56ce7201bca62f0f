"""What is said of gates, for states whose entanglement is known by heart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qtl_core.drawing.gate_readings import GateReading, read_gates
from qtl_core.explain.gate_effects import effect_words, entanglement_words
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.binding import gate_matrix
from qtl_core.network.entanglement import bloch_vectors
from qtl_core.network.gates import Circuit, Gate
from qtl_core.network.simulators.trace import applied, state_after, steps_of
from qtl_core.settings import CircuitSettings

CNOT = GateReading(Gate("CNOT", (0, 1)), (), ())
HALF = math.sqrt(0.5)


def through_cnot(state: list[float]) -> str:
    """What is said of a CNOT that acts on this state of two qubits."""
    before = np.array(state, dtype=complex)
    after = applied(gate_matrix("CNOT"), (0, 1), before.reshape(2, 2)).reshape(-1)
    return effect_words([CNOT], bloch_vectors(before), bloch_vectors(after))


def test_a_product_state_that_stays_one_is_not_called_entangled():
    # Control |1>, target |0>: the target is flipped, both keep a state of their own.
    assert through_cnot([0, 0, 1, 0]) == (
        "The CNOT gate does not entangle the qubits here: every arrow keeps its full length; qubit 1's turns by 180°."
    )


def test_a_bell_pair_shrinks_both_arrows_to_nothing():
    assert through_cnot([HALF, 0, HALF, 0]) == (
        "The CNOT gate entangles qubit 0: its arrow shrinks from 1 to 0.00, its entropy grows from 0.00 to 1.00 bit."
    )


def test_a_bell_pair_that_is_undone_grows_again():
    assert "entangles qubit 0 less: its arrow grows from 0.00 to 1" in through_cnot([HALF, 0, 0, HALF])


def test_another_bell_pair_through_a_cnot_that_leaves_it_as_it_is():
    # (|01> + |10> + ...) with both halves equal is fixed by the CNOT up to relabelling of the target: entropy stays 1.
    state = np.array([1, 1, 1, -1]) / 2  # a Bell pair in another basis; CNOT swaps its last two amplitudes
    assert through_cnot(list(state)) == (
        "The CNOT gate leaves the qubits as entangled as they were: the shortest arrow, qubit 0's, has the length 0.00."
    )


def test_angles_near_a_right_angle_hardly_entangle():
    """The control near |1>, as with features that saturate: arrows look short from the side, and are not."""
    angle, other = math.radians(88), math.radians(20)
    control = np.array([math.cos(math.pi / 4 + angle / 2), math.sin(math.pi / 4 + angle / 2)])
    target = np.array([math.cos(math.pi / 4 + other / 2), math.sin(math.pi / 4 + other / 2)])
    said = through_cnot(list(np.kron(control, target)))
    lengths = np.linalg.norm(bloch_vectors(np.kron(control, target)[[0, 1, 3, 2]].astype(complex)), axis=1)
    assert "hardly entangles the qubits here: every arrow keeps at least 0.99" in said
    assert f"{math.floor(lengths.min() * 1e4) / 1e4:.4f}" in said
    assert "shrink" not in said


@pytest.mark.parametrize("seed", range(40))
def test_no_caption_speaks_of_shrinking_where_lengths_stay(seed):
    random = np.random.default_rng(seed)
    state = random.normal(size=4) * [1, 1, 0.1 ** random.integers(4), 0.1 ** random.integers(4)]
    state = state / np.linalg.norm(state)
    lengths = [np.linalg.norm(bloch_vectors(each), axis=1) for each in (state, state[[0, 1, 3, 2]])]
    said = through_cnot(list(state))
    assert ("shrinks" in said or "grows" in said) <= (np.min(lengths) <= 0.99)
    assert ("hardly" in said or "does not entangle" in said) == (np.min(lengths) > 0.99)


def test_an_angle_that_training_barely_moved_is_said_to_be_nearly_its_start():
    circuit = build_circuit(CircuitSettings(qubits=2, depth=1))
    readings = read_gates(circuit, [0.3, 0.2], [0.02, 0.5], [0.0, 0.49])
    states = [bloch_vectors(state_after(circuit, [0.3, 0.2], [0.02, 0.5], steps)) for steps in (3, 4)]
    gates = steps_of(circuit)[3].gates
    assert effect_words([readings[index] for index in gates], *states) == (
        "Every qubit is turned by 1.1°, 28.6°: angles that training moved by at most 1.1° from their random start."
    )
    alone = effect_words([readings[gates[1]]], *states)
    assert alone.startswith("Qubit 1 is turned by 28.6°: an angle that training moved by 0.6° from its random start.")


def test_a_turn_is_the_angle_of_the_gate_for_an_arrow_in_its_plane():
    circuit = Circuit(1, (Gate("H", (0,), section="superposition"),), 0)
    readings = read_gates(circuit, [0.0], [], [])
    before, after = np.array([[0.0, 0, 1]]), np.array([[1.0, 0, 0]])
    assert effect_words(readings, before, after) == (
        "Qubit 0 is put halfway between 0 and 1. Its arrow turns by 90.0° and keeps the length 1."
    )


@pytest.mark.parametrize(
    ("before", "by_hand", "said"),
    [
        ([0.1], (), "an angle drawn at random, not trained yet"),
        ([math.nan], (), "an angle found in training elsewhere, its start not known"),
        ([0.0], (0,), "an angle set by hand"),
        ([0.0], (), "an angle that training moved by 5.7° from its random start"),
    ],
)
def test_where_an_angle_comes_from(before, by_hand, said):
    circuit = build_circuit(CircuitSettings(qubits=1, depth=1))
    reading = read_gates(circuit, [0.0], [0.1], before, by_hand)[-1]
    assert reading.sentence == f"Turns its qubit about the Y axis by {said}."


@pytest.mark.parametrize(
    ("vectors", "said"),
    [
        ([[0, 0, 1], [1, 0, 0]], "No qubit is entangled here: every arrow has its full length, however it points."),
        (
            [[0, 0, 0.9997], [0.9997, 0, 0]],
            "The qubits are hardly entangled here: no arrow is shorter than 0.9997, 0.0021 bit of entropy at most; one "
            "that looks short points towards you or away.",
        ),
        (
            [[0, 0, 0.0], [0, 0, 0.0]],
            "The shorter an arrow really is, the more its qubit is entangled with the others: most of all qubit 0, of "
            "length 0.00, with 1.00 bit of at most 1.",
        ),
        ([[0, 0, 1]], "A single qubit has nothing to be entangled with: its arrow has its full length."),
    ],
)
def test_the_words_on_a_state(vectors, said):
    assert entanglement_words(np.array(vectors, dtype=float)) == said
