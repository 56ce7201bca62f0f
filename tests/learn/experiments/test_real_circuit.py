"""The experiments' real circuit: its amplitudes are PennyLane's, its slopes those of the parameter-shift rule."""

from __future__ import annotations

import math

import numpy as np
import pennylane as qml
import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.learn.experiments.descent import descend
from qtl_core.learn.experiments.real_circuit import RealCircuit


def pennylane_amplitudes(circuit: RealCircuit, angles: np.ndarray, state: np.ndarray) -> np.ndarray:
    wires = range(circuit.wires)

    @qml.qnode(qml.device("default.qubit", wires=wires))
    def amplitudes():
        qml.StatePrep(state, wires=wires)
        for layer, turns in enumerate(angles.reshape(-1, circuit.wires)):
            if layer > 0:
                for wire in wires if circuit.wires > 2 else (0,):
                    qml.CNOT([wire, (wire + 1) % circuit.wires])
            for wire, turn in enumerate(turns):
                qml.RY(turn, wire)
        return qml.state()

    return np.asarray(amplitudes())


@pytest.mark.parametrize(("wires", "depth"), [(2, 1), (3, 2), (4, 3)])
def test_amplitudes_are_pennylanes(wires, depth):
    draw, circuit = np.random.default_rng(wires), RealCircuit(wires, depth)
    angles = draw.uniform(-4, 4, (2, circuit.angles))
    states = draw.normal(size=(2**wires, 2, 3))
    states /= np.linalg.norm(states, axis=0)
    found = circuit.run(angles, states)
    for row in range(2):
        for item in range(3):
            wanted = pennylane_amplitudes(circuit, angles[row], states[:, row, item])
            assert found[:, row, item] == pytest.approx(wanted, abs=1e-12)


def test_slopes_are_those_of_the_parameter_shift_rule():
    draw, circuit = np.random.default_rng(0), RealCircuit(3, 2)
    angles, states = draw.uniform(-4, 4, (2, circuit.angles)), draw.normal(size=(8, 1, 2))
    weights = draw.normal(size=(8, 1, 1))  # of a measurement whose outcomes are the strings

    def expectation(turned: np.ndarray) -> np.ndarray:
        return (weights * np.square(circuit.run(turned, states))).sum(axis=(0, 2))

    final = circuit.run(angles, states)
    turns = np.eye(circuit.angles) * math.pi / 2
    shifted = [(expectation(angles + turn) - expectation(angles - turn)) / 2 for turn in turns]
    assert circuit.slopes(angles, final, 2 * weights * final) == pytest.approx(np.array(shifted).T, abs=1e-12)


def test_descent_ends_where_the_slopes_do_and_stops_when_asked():
    def look(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.square(angles - 1).sum(axis=1), 2 * (angles - 1)

    start = np.array([[0.0, 3.0], [1.0, 1.0]])
    end, seen = descend(start, look, 300, 0.05, lambda: False)
    assert end == pytest.approx(np.ones((2, 2)), abs=1e-3)
    assert seen.shape == (2, 301)
    assert seen[:, 0].tolist() == [5.0, 0.0]
    with pytest.raises(StoppedByUser):
        descend(start, look, 300, 0.05, lambda: True)
