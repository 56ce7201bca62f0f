"""Counts of a circuit's gates, before and after a machine has made its own of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qtl_core.network.gates import Gate


@dataclass(frozen=True)
class GateCounts:
    """Counts of a circuit's gates: all of them, those on two qubits, and how many follow each other at most."""

    gates: int
    two_qubit: int
    depth: int


def counts_of(gates: Iterable[Gate]) -> GateCounts:
    """Returns the counts of a list of gates; a gate begins when the last one on each of its wires is over."""
    over: dict[int, int] = {}
    count = two = 0
    for gate in gates:
        count += 1
        two += len(gate.wires) == 2
        end = 1 + max(over.get(wire, 0) for wire in gate.wires)
        over |= dict.fromkeys(gate.wires, end)
    return GateCounts(count, two, max(over.values(), default=0))
