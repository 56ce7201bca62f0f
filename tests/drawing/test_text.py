"""The text drawing is PennyLane's, letter by letter."""

from __future__ import annotations

import pennylane as qml
import pytest

from qtl_core.drawing.text import draw_text
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.settings import CircuitSettings
from tests.helpers.made_circuits import CIRCUITS, name, numbers

WIDE = [CircuitSettings(qubits=12, depth=1, entangler=entangler) for entangler in ("brick", "ring", "all")]


@pytest.mark.parametrize("settings", CIRCUITS + WIDE, ids=name)
def test_it_is_what_pennylane_draws(settings):
    circuit, angles, weights = numbers(settings)
    theirs = qml.draw(PennyLaneSimulator(circuit).qnode, max_length=10**6)(angles, weights)
    assert draw_text(circuit, angles, weights) == theirs
