"""The circuit as a link that opens it in Quirk, a simulator in the browser that reads its circuit from the address.

Quirk's columns: a list a column, one entry a wire, 1 where there is nothing. A control acts on everything in its
column, so every CNOT has one of its own. A rotation by a formula ("Ryft", in radians) is drawn wider the longer its
formula, and covers the columns to its right, which are left empty for it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from urllib.parse import quote

from qtl_core.export.gate_steps import Step, decimal, steps
from qtl_core.network.binding import Numbers
from qtl_core.network.gates import Circuit

ADDRESS = "https://algassert.com/quirk#circuit="
DIGITS = 7  # Quirk calculates in single precision
SIGNS_A_COLUMN = 5  # of a formula: Quirk draws it ceil((length + 1) / 5) columns wide

Cell = int | str | dict[str, str]


def quirk_link(circuit: Circuit, angles: Numbers, weights: Numbers) -> str:
    """Returns the address."""
    columns = list(_columns(list(steps(circuit, angles, weights)), circuit.wires))
    described = json.dumps({"cols": columns}, ensure_ascii=False, separators=(",", ":"))
    return ADDRESS + quote(described, safe="")


def _columns(every: list[Step], wires: int) -> Iterator[list[Cell]]:
    column: list[Cell] = [1] * wires
    for step in every:
        its_wires = step[2]
        if len(its_wires) > 1 or column[its_wires[0]] != 1:
            yield from _with_room(column)
            column = [1] * wires
        for wire, cell in zip(its_wires, _cells(step), strict=True):
            column[wire] = cell
        if len(its_wires) > 1:
            yield column
            column = [1] * wires
    yield from _with_room(column)


def _cells(step: Step) -> tuple[Cell, ...]:
    name, angles, _ = step
    if name == "cx":
        return "•", "X"
    return ({"id": {"ry": "Ryft", "rz": "Rzft"}[name], "arg": decimal(angles[0], DIGITS)} if angles else "H",)


def _with_room(column: list[Cell]) -> Iterator[list[Cell]]:
    """Yields a column and the empty ones that its widest formula covers; nothing for a column without gates."""
    formulae = [cell["arg"] for cell in column if isinstance(cell, dict)]
    if any(cell != 1 for cell in column):
        yield column
        widest = max((math.ceil((len(formula) + 1) / SIGNS_A_COLUMN) for formula in formulae), default=1)
        yield from ([] for _ in range(widest - 1))
