"""What a machine's map draws and says, of ibmqx4 and of a machine that is too large to show whole."""

from __future__ import annotations

import pytest

from qtl_core.machines.fake_backends import missing_packages
from qtl_core.machines.laid_circuit import laid_circuit
from qtl_core.machines.layouts import best_layout
from qtl_core.settings import CircuitSettings
from ui.widgets.layout_map import map_data, shown_qubits
from ui.widgets.layout_words import layout_words, transpiled_words

PAPER = CircuitSettings()


def test_the_map_of_the_paper_s_machine():
    laid = laid_circuit(PAPER, "ibmqx4", "3,2,0,1")
    data = map_data(laid, shown_qubits(laid))
    assert data["layout"] == (3, 2, 0, 1)
    assert [qubit["words"] for qubit in data["qubits"]] == ["7.9%", "9.0%", "20.6%", "34.6%", "12.1%"]
    assert all(edge["directed"] for edge in data["edges"])
    assert {edge["pair"] for edge in data["edges"] if edge["used"]} == {(3, 2), (2, 0), (1, 0)}


def test_words_count_what_the_layout_costs():
    laid = laid_circuit(PAPER, "ibmqx4", "3,2,0,1")
    best = best_layout(PAPER, laid.machine)
    said = layout_words(laid, best, all_tried=True)
    assert "6 of them run the wrong way, and the 24 H that turn them leave 0.96." in said
    assert "The layout of least error of all, 4-2-0-1, has 0.159." in said
    assert "Another layout may get more answers right." in said and "best" not in said.lower()
    assert "50 gates (18 on two qubits) and depth 20; on the machine 74 (18)" in said
    assert "No other layout has more" in layout_words(laid_circuit(PAPER, "ibmqx4"), best, all_tried=True)


@pytest.mark.skipif(bool(missing_packages()), reason="the extra `hardware` is not here")
def test_of_a_large_machine_the_part_around_the_circuit_is_shown():
    laid = laid_circuit(PAPER, "fake_cairo")
    shown = shown_qubits(laid)
    assert {*laid.layout, *laid.measured} <= set(shown)
    assert len(shown) < len(laid.machine.qubits) == 27
    assert {qubit["number"] for qubit in map_data(laid, shown)["qubits"]} == set(shown)
    said = transpiled_words(laid, is_chosen=False)
    assert f"the machine {laid.after.gates} ({laid.after.two_qubit}) and depth {laid.after.depth}" in said
    assert "Qiskit chose" in said
