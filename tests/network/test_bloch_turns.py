"""A gate's turn of the Bloch sphere against the density matrix that the gate itself makes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qtl_core.network.binding import gate_matrix
from qtl_core.network.simulators.interpolation import axis_and_angle, path
from tests.helpers import oracle

Y = np.array([[0, -1j], [1j, 0]])
GATES = {
    "H": gate_matrix("H"),
    "X": oracle.X,
    "nothing": np.eye(2),
    **{f"RY({angle})": gate_matrix("RY", [angle]) for angle in (-3.0, 0.3, 4.0)},
    **{f"Rot{seed}": gate_matrix("Rot", np.random.default_rng(seed).uniform(-6, 6, 3)) for seed in range(4)},
}


@pytest.mark.parametrize("matrix", GATES.values(), ids=GATES)
@pytest.mark.parametrize("start", [(0, 0, 1), (1, 0, 0), (0.6, 0, -0.8), (0, 0.6, 0.8)], ids=str)
def test_the_way_ends_where_the_gate_takes_the_state(matrix, start):
    paulis = [oracle.X, Y, oracle.Z]
    density = (np.eye(2) + sum(part * pauli for part, pauli in zip(start, paulis, strict=True))) / 2
    after = matrix @ density @ matrix.conj().T
    way = path(matrix, np.array(start, float))
    assert np.allclose(way[0], start)
    assert np.allclose(way[-1], [np.trace(after @ pauli).real for pauli in paulis], atol=1e-12)
    assert np.allclose(np.linalg.norm(way, axis=1), 1)


def test_known_turns():
    axis, angle = axis_and_angle(gate_matrix("H"))
    assert np.allclose(abs(axis @ [math.sqrt(0.5), 0, math.sqrt(0.5)]), 1)
    assert angle == pytest.approx(math.pi)
    axis, angle = axis_and_angle(gate_matrix("RY", [0.4]))
    assert np.allclose(axis, [0, 1, 0])
    assert angle == pytest.approx(0.4)
