"""The CHSH test of the Learn page: against PennyLane, Horodecki's criterion, and repeated measurements."""

from __future__ import annotations

import math

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.learn.bell import (
    CLASSICAL_BOUND,
    TSIRELSON_BOUND,
    Directions,
    best_directions,
    chsh,
    measured_chsh,
)
from qtl_core.learn.qubits import pair

ANGLES = st.floats(0, math.pi)
PAULIS = [np.array(matrix) for matrix in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]


def along(angle: float, wire: int) -> qml.operation.Operator:
    return math.cos(angle) * qml.PauliZ(wire) + math.sin(angle) * qml.PauliX(wire)


@given(ANGLES, st.tuples(*[st.floats(-math.pi, math.pi)] * 4), st.booleans())
def test_the_sum_is_pennylanes(angle, ways, cnot):
    a, a_other, b, b_other = ways

    @qml.qnode(qml.device("default.qubit", wires=2))
    def means():
        qml.RY(angle, 0)
        if cnot:
            qml.CNOT([0, 1])
        return [qml.expval(along(one, 0) @ along(other, 1)) for one in (a, a_other) for other in (b, b_other)]

    assert chsh(pair(angle, cnot=cnot), Directions(*ways)) == pytest.approx(sum(np.array(means()) * [1, 1, 1, -1]))


def horodecki(state: np.ndarray) -> float:
    """The most over all directions on the sphere: 2 sqrt(sum of the two largest eigenvalues of T^T T)."""
    table = np.array([[np.vdot(state, np.kron(one, other) @ state).real for other in PAULIS] for one in PAULIS])
    return 2 * math.sqrt(np.sort(np.linalg.eigvalsh(table.T @ table))[-2:].sum())


@given(ANGLES, st.booleans())
def test_the_directions_are_the_best_there_are(angle, cnot):
    state = pair(angle, cnot=cnot)
    best = chsh(state, best_directions(state))
    wanted = 2 * math.sqrt(1 + math.sin(angle) ** 2) if cnot else 2  # in closed form
    assert best == pytest.approx(wanted, abs=1e-9)
    assert best == pytest.approx(horodecki(state), abs=1e-9)
    assert best <= TSIRELSON_BOUND + 1e-9


def test_a_bell_pair_reaches_tsirelsons_bound_and_socks_do_not_pass_two():
    assert chsh(pair(math.pi / 2), best_directions(pair(math.pi / 2))) == pytest.approx(2 * math.sqrt(2))
    answers = [(a * b, a * d, c * b, c * d) for a in (1, -1) for b in (1, -1) for c in (1, -1) for d in (1, -1)]
    assert max(one + two + three - four for one, two, three, four in answers) == CLASSICAL_BOUND


def test_measured_sums_scatter_as_their_error_says():
    state = pair(1.0)
    directions = best_directions(state)
    found = [measured_chsh(state, directions, 200, seed) for seed in range(400)]
    values, errors = np.array([each.value for each in found]), np.array([each.error for each in found])
    assert values.mean() == pytest.approx(chsh(state, directions), abs=4 * values.std() / 20)
    assert values.std() == pytest.approx(errors.mean(), rel=0.12)
    assert measured_chsh(state, directions, 200, 7) == found[7]
