"""Where qubits stand on a map."""

from __future__ import annotations

import numpy as np

from qtl_core.machines.catalogue import machine_named
from qtl_core.machines.map_places import map_places


def test_neighbours_stand_nearer_than_others():
    machine = machine_named("ibmqx4")
    places = np.array(map_places(machine, tuple(range(5))))
    assert places.min() >= 0 and places.max() <= 1
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    near = set(machine.cnot_errors) | {pair[::-1] for pair in machine.cnot_errors}
    beside = [apart[a, b] for a in range(5) for b in range(5) if (a, b) in near]
    others = [apart[a, b] for a in range(5) for b in range(5) if a != b and (a, b) not in near]
    assert max(beside) < min(others)
    assert np.linalg.norm(places - map_places(machine, tuple(range(5)))) == 0


def test_a_part_of_a_machine_stands_by_its_own_ways():
    """Of ibmqx4's middle qubit and two that only it joins, the middle one is between them."""
    machine = machine_named("ibmqx4")
    one, middle, other = np.array(map_places(machine, (0, 2, 4)))
    np.testing.assert_allclose(middle, (one + other) / 2, atol=0.06)  # the last steps to a straight line are slow
    assert map_places(machine, (3,)) == ((0.5, 0.5),)
