"""A circuit's gate list as arrays: what the kernels interpret.

Gates on different wires commute, so the list is packed into columns that each act on every wire at once:

- a column of RY turns, or of RZ turns: one slot a wire, slot number = column * wires + wire;
- a run of CNOTs: one permutation of the amplitudes.

Column 0 is the start: a product state, RY(angle)|0> on every wire. The superposition and the first embedding are
part of it, as H|0> = RY(pi/2)|0>. Elsewhere H is RZ(pi) followed by RY(pi/2), and Rot is RZ, RY, RZ; both hold up to a
phase of the whole state, which no expectation value sees. A new gate kind is taught here, in `_turns`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np

from qtl_core.network.gates import AngleSource, Circuit, Gate

START, ROTATIONS, PHASES, PERMUTATION = 0, 1, 2, 3  # kinds of column
FIXED, FEATURE, WEIGHT = 0, 1, 2  # where a slot's angle comes from
SOURCES = {"feature": FEATURE, "weight": WEIGHT}


class Program(NamedTuple):
    """A circuit as the kernels read it (numba reads named tuples, not dataclasses).

    Attributes:
        wires: Number of wires.
        planes: 1 where all amplitudes are real, 2 where they have imaginary parts.
        kinds: Kind of every column, shape (columns,).
        orders: For a permutation, its row in `permutations`, shape (columns,).
        permutations: new_state[k] = state[order[k]], shape (distinct permutations, 2**wires).
        used: Whether a slot turns anything, shape (slots,).
        sources, indices: Where a slot's angle comes from, shape (slots,).
        offsets: Added to that angle, radians, shape (slots,).
    """

    wires: int
    planes: int
    kinds: np.ndarray
    orders: np.ndarray
    permutations: np.ndarray
    used: np.ndarray
    sources: np.ndarray
    indices: np.ndarray
    offsets: np.ndarray


@dataclass(frozen=True)
class _Turn:
    """A turn of one wire by `offset` and, if there is one, by the angle from `source`."""

    kind: int
    offset: float = 0.0
    source: AngleSource | None = None


@dataclass
class _Column:
    kind: int
    turns: dict[int, _Turn] = field(default_factory=dict)
    permutation: tuple[int, ...] = ()


@lru_cache(maxsize=64)  # pure, and asked for by every run of a band of seeds
def compile_circuit(circuit: Circuit) -> Program:
    """Packs a gate list into columns and writes them as arrays."""
    columns = _columns(circuit)
    distinct = list(dict.fromkeys(column.permutation for column in columns if column.permutation))
    turns = [column.turns.get(wire) for column in columns for wire in range(circuit.wires)]
    sources = [turn.source if turn else None for turn in turns]
    return Program(
        circuit.wires,
        2 if any(column.kind == PHASES for column in columns) else 1,
        np.array([column.kind for column in columns]),
        np.array([distinct.index(column.permutation) if column.permutation else -1 for column in columns]),
        np.array(distinct, dtype=np.int64).reshape(len(distinct), 2**circuit.wires),
        np.array([turn is not None for turn in turns]),
        np.array([SOURCES[source.kind] if source else FIXED for source in sources]),
        np.array([source.index if source else 0 for source in sources]),
        np.array([turn.offset if turn else 0.0 for turn in turns]),
    )


def _columns(circuit: Circuit) -> list[_Column]:
    columns = [_Column(START)]
    last = [-1] * circuit.wires  # the last column that touches each wire
    for is_cnot, run in groupby(circuit.gates, key=lambda gate: gate.kind == "CNOT"):
        if is_cnot:
            columns.append(_Column(PERMUTATION, permutation=_permutation(circuit.wires, run)))
            last = [len(columns) - 1] * circuit.wires
            continue
        for gate in run:
            for turn in _turns(gate):
                _place(columns, last, gate.wires[0], turn)
    while columns[-1].kind == PHASES:  # phases at the very end change no probability
        columns.pop()
    return columns


def _turns(gate: Gate) -> Iterator[_Turn]:
    """Yields the RY and RZ turns that make up a one-wire gate."""
    if gate.kind == "H":
        yield from (_Turn(PHASES, math.pi), _Turn(ROTATIONS, math.pi / 2))
    elif gate.kind == "RY":
        yield _Turn(ROTATIONS, 0.0, gate.angles[0])
    elif gate.kind == "Rot":
        kinds = (PHASES, ROTATIONS, PHASES)
        yield from (_Turn(kind, 0.0, source) for kind, source in zip(kinds, gate.angles, strict=True))
    else:
        raise ValueError(f"The compiled engine has no gate {gate.kind}")


def _place(columns: list[_Column], last: list[int], wire: int, turn: _Turn) -> None:
    """Puts a turn into the first column after the wire's last one that has room for it, or into a new one."""
    start = columns[0].turns.get(wire)
    if last[wire] < 0 and turn.kind == PHASES and start is None:
        return  # a phase on |0> is a phase of the whole state
    if last[wire] < 0 and turn.kind == ROTATIONS and (start is None or start.source is None):
        columns[0].turns[wire] = _Turn(START, turn.offset + (start.offset if start else 0.0), turn.source)
        last[wire] = -1 if turn.source is None else 0  # RY turns add up, so one with a source may follow a fixed one
        return
    at = next((k for k in range(max(last[wire], 0) + 1, len(columns)) if columns[k].kind == turn.kind), len(columns))
    if at == len(columns):
        columns.append(_Column(turn.kind))
    columns[at].turns[wire] = turn
    last[wire] = at


def _permutation(wires: int, run: Iterable[Gate]) -> tuple[int, ...]:
    """Returns `order` with new_state[k] = state[order[k]]: a target bit flips where its control bit is set."""
    basis = np.arange(2**wires)
    order = basis
    for control, target in (gate.wires for gate in run):
        control_bit = (basis >> (wires - 1 - control)) & 1
        order = order[basis ^ (control_bit << (wires - 1 - target))]
    return tuple(order.tolist())
