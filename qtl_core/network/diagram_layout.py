"""The gate list on a grid: which box stands in which column on which wires, each as far left as it can.

Nothing here knows of pixels or colours; every painter starts from this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qtl_core.network.gates import Circuit, Gate


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


MEASURED = "⟨Z⟩"
FOLDED = "…"


@dataclass(frozen=True)
class Box:
    """One thing drawn on the wires.

    Attributes:
        column: From 0, over the whole circuit.
        wires: The wires it stands on; for CNOT control first, then target.
        label: What is written in it.
        family: What it does, by the names that palettes use; "folded" for a layer that is folded away.
        gate: Its position in the gate list, or None for a measurement and a folded layer.
    """

    column: int
    wires: tuple[int, ...]
    label: str
    family: str
    gate: int | None = None


@dataclass(frozen=True)
class Section:
    """A labelled part of the circuit.

    Attributes:
        title: "superposition", "embedding", "layer 1", ..., "measurement".
        first, columns: Its first column and how many it has.
        layer: The variational layer, from 0, or None.
        folded: Whether it is drawn as one column.
    """

    title: str
    first: int
    columns: int
    layer: int | None = None
    folded: bool = False


@dataclass(frozen=True)
class DiagramLayout:
    """A circuit on a grid of columns and wires."""

    wires: int
    columns: int
    boxes: tuple[Box, ...]
    sections: tuple[Section, ...]


def lay_out(circuit: Circuit, folded: Collection[int] = ()) -> DiagramLayout:
    """Places every gate, section by section, and the measurement of every wire at the end.

    Args:
        circuit: The gate list.
        folded: Layers, from 0, that are drawn as one column. A layer's own re-uploading of the picture folds with it.
    """
    boxes, sections, column = [], [], 0
    for (title, layer), group in groupby(enumerate(circuit.gates), key=lambda entry: _part(entry[1])):
        is_folded = layer is not None and layer in folded
        placed = list(_folded(circuit.wires, column) if is_folded else _placed(list(group), column))
        columns = max(box.column for box in placed) - column + 1
        sections.append(Section(title, column, columns, layer, is_folded))
        boxes += placed
        column += columns
    boxes += [Box(column, (wire,), MEASURED, "measurement") for wire in range(circuit.wires)]
    sections.append(Section("measurement", column, 1))
    return DiagramLayout(circuit.wires, column + 1, tuple(boxes), tuple(sections))


def family_of(gate: Gate) -> str:
    """Returns what a gate is there for: "superposition", "embedding", "entangling" or "trained rotation"."""
    if gate.section != "layer":
        return gate.section
    return "trained rotation" if gate.angles else "entangling"


def _part(gate: Gate) -> tuple[str, int | None]:
    if gate.section == "layer" or gate.layer > 0:  # an embedding before a later layer belongs to that layer
        return f"layer {gate.layer + 1}", gate.layer
    return gate.section, None


def _placed(entries: list[tuple[int, Gate]], first: int) -> Iterator[Box]:
    columns = aligned_columns(gate for _, gate in entries)
    for column, (index, gate) in zip(columns, entries, strict=True):
        yield Box(first + column, gate.wires, gate.kind, family_of(gate), index)


def _folded(wires: int, column: int) -> Iterator[Box]:
    yield from (Box(column, (wire,), FOLDED, "folded") for wire in range(wires))
