"""Layouts of the paper's circuit on the paper's machine."""

from __future__ import annotations

from itertools import permutations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.machines.catalogue import machine_named
from qtl_core.machines.layouts import best_layout, figures_of, layout_of, worst_layout
from qtl_core.settings import CircuitSettings

MACHINE = machine_named("ibmqx4")
PAPER = CircuitSettings()


def test_figures_worked_out_by_hand_hold():
    """(1 - 0.02483)(1 - 0.05284)(1 - 0.02384) six times over, and the same on the pairs of 0-1-2-3."""
    good, poor = figures_of(PAPER, MACHINE, (1, 0, 2, 4)), figures_of(PAPER, MACHINE, (0, 1, 2, 3))
    assert good.routed.cnots == poor.routed.cnots == 18
    assert (good.routed.swaps, poor.routed.swaps) == (0, 0)
    assert good.cnots == pytest.approx(0.5373, abs=5e-5)
    assert poor.cnots == pytest.approx(0.4591, abs=5e-5)
    assert poor.reading[3] == pytest.approx(1 - 2 * 0.34575)


def test_the_best_is_the_best_of_all_and_the_worst_the_worst():
    found = {each: figures_of(PAPER, MACHINE, each).survival for each in permutations(range(5), 4)}
    assert len(found) == 120
    assert best_layout(PAPER, MACHINE).survival == max(found.values())
    assert worst_layout(PAPER, MACHINE).survival == min(found.values())


def test_a_wrong_direction_costs_the_h_around_it():
    """1-0-2-4 turns 0>2 and 2>4 six times each; its mirror image turns 0>1 alone."""
    one, mirrored = figures_of(PAPER, MACHINE, (1, 0, 2, 4)), figures_of(PAPER, MACHINE, (4, 2, 0, 1))
    assert (one.routed.turned, mirrored.routed.turned) == (12, 6)
    u2 = [qubit.gate_errors["u2"] for qubit in MACHINE.qubits]
    assert one.turning == pytest.approx(((1 - u2[0]) * (1 - u2[2]) ** 2 * (1 - u2[4])) ** 12)  # 2 H a turned CNOT
    assert mirrored.survival > one.survival
    assert mirrored.cnots == pytest.approx(one.cnots)


@pytest.mark.parametrize("text", ["1,0,2", "1,0,2,5", "1,0,2,2", "a,b,c,d", "1,0,2,4,3", "-1,0,2,4"])
def test_what_is_no_layout_is_refused(text):
    with pytest.raises(UserError, match="no layout"):
        layout_of(text, MACHINE, 4)


def test_layouts_are_read_as_people_write_them():
    assert layout_of(" 1, 0,2 ,4", MACHINE, 4) == layout_of("1-0-2-4", MACHINE, 4) == (1, 0, 2, 4)


def test_a_circuit_of_more_wires_than_qubits_is_refused():
    with pytest.raises(UserError, match="5 qubits"):
        best_layout(CircuitSettings(qubits=6), MACHINE)
