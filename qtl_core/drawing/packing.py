"""Gates into columns: each as far left as the gates before it allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from qtl_core.circuit import Gate


def columns_of(all_wires: Iterable[Sequence[int]]) -> list[int]:
    """Returns the column of each gate, from 0, given the wires of each in the order they act.

    A gate also takes up the wires between its own, as its line crosses them.
    """
    free: dict[int, int] = {}
    columns = []
    for wires in all_wires:
        span = range(min(wires), max(wires) + 1)
        column = max(free.get(wire, 0) for wire in span)
        free.update(dict.fromkeys(span, column + 1))
        columns.append(column)
    return columns


def aligned_columns(gates: Iterable[Gate]) -> list[int]:
    """Returns columns in which different kinds of gates never share one, so that a layer's rotations stand in line."""
    columns: list[int] = []
    for _, run in groupby(gates, key=lambda gate: gate.kind):
        first = max(columns, default=-1) + 1
        columns += [first + column for column in columns_of(gate.wires for gate in run)]
    return columns
