"""The circuit in letters, as PennyLane's `qml.draw` draws it; tested to be the same, letter by letter."""

from __future__ import annotations

from qtl_core.network.binding import BoundGate, Numbers, bind
from qtl_core.network.diagram_layout import columns_of
from qtl_core.network.gates import Circuit


def draw_text(circuit: Circuit, angles: Numbers, weights: Numbers) -> str:
    """Returns one line a wire, angles with two decimals.

    Args:
        circuit: The gate list.
        angles: One picture's angles, shape (wires,), radians.
        weights: Trained angles, shape (weight_count,), radians.
    """
    gates = bind(circuit, angles, weights)
    columns = columns_of(gate.wires for gate in gates)
    lines = [f"{wire}: ─".rjust(len(str(circuit.wires - 1)) + 3) for wire in range(circuit.wires)]
    for column in range(max(columns) + 1):
        here = [gate for gate, its in zip(gates, columns, strict=True) if its == column]
        cells = _cells(here, circuit.wires)
        width = max(map(len, cells))
        joint = "─" if column else ""
        lines = [line + joint + cell.ljust(width, "─") for line, cell in zip(lines, cells, strict=True)]
    return "\n".join(f"{line}─┤  <Z>" for line in lines)


def _cells(gates: list[BoundGate], wires: int) -> list[str]:
    cells = ["─"] * wires
    for gate in gates:
        if gate.kind == "CNOT":
            _write_link(gate, cells)
        else:
            numbers = ",".join(f"{angle:.2f}" for angle in gate.angles)
            cells[gate.wires[0]] += f"{gate.kind}({numbers})" if numbers else gate.kind
    return cells


def _write_link(gate: BoundGate, cells: list[str]) -> None:
    top, bottom = sorted(gate.wires)
    for wire in range(top, bottom + 1):
        cells[wire] = "╭" if wire == top else "╰" if wire == bottom else "│"
    control, target = gate.wires
    cells[control] += "●"
    cells[target] += "X"
