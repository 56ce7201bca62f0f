"""Counts of gates against a drawing by hand."""

from __future__ import annotations

from qtl_core.machines.gate_counts import GateCounts, counts_of
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Gate
from qtl_core.settings import CircuitSettings


def test_depth_is_the_longest_chain():
    """0: H-o-H, 1: .-x-o, 2: H-.-x: the CNOTs follow each other, the last H runs beside the second."""
    gates = [Gate("H", (0,)), Gate("CNOT", (0, 1)), Gate("H", (2,)), Gate("CNOT", (1, 2)), Gate("H", (0,))]
    assert counts_of(gates) == GateCounts(5, 2, 3)
    assert counts_of([]) == GateCounts(0, 0, 0)


def test_the_paper_s_circuit():
    """H and RY on each wire, then six layers of two CNOTs at once, one more, and an RY on each wire."""
    assert counts_of(build_circuit(CircuitSettings()).gates) == GateCounts(8 + 6 * 7, 18, 2 + 6 * 3)
