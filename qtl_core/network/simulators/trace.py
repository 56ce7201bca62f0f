"""The state after every column of gates, and where the parts of a circuit end on the way through it, in numpy alone.

Only the state that is asked for is held: 12 qubits and 20 layers have up to some 1,300 columns, whose states together
would take 90 MB, while running the gates up to one of them takes a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np

from qtl_core.network.binding import Numbers, bind, gate_matrix
from qtl_core.network.diagram_layout import Section, lay_out
from qtl_core.network.gates import Circuit


@dataclass(frozen=True)
class Step:
    """The step between one state and the next: the gates of one column of the diagram.

    Attributes:
        section: The part of the circuit it belongs to, such as "embedding" or "layer 1".
        gates: Positions in the gate list.
    """

    section: str
    gates: tuple[int, ...]


@lru_cache(maxsize=32)  # asked for at every redraw of a page, and some 20 ms for the largest circuit
def steps_of(circuit: Circuit) -> tuple[Step, ...]:
    """Returns the steps in the order they act: gates that stand in one column of the diagram act at once."""
    layout = lay_out(circuit)
    placed = sorted((box.column, box.gate) for box in layout.boxes if box.gate is not None)
    columns = groupby(placed, key=lambda box: box[0])
    return tuple(Step(_title(layout.sections, column), tuple(gate for _, gate in group)) for column, group in columns)


def state_after(circuit: Circuit, angles: Numbers, weights: Numbers, steps: int | None = None) -> np.ndarray:
    """Returns the amplitudes after the first so many steps, shape (2**wires,), complex; wire 0 is the highest bit.

    Args:
        circuit: The gate list.
        angles: One picture's angles, shape (wires,), radians.
        weights: Trained angles, shape (weight_count,), radians.
        steps: How many of `steps_of(circuit)` have acted: 0 gives |0...0>; by default all.

    Raises:
        ValueError: There are not as many steps, angles or weights.
    """
    walk = steps_of(circuit)
    steps = len(walk) if steps is None else steps
    if not 0 <= steps <= len(walk):
        raise ValueError(f"the circuit has {len(walk)} steps, got {steps}")
    bound = bind(circuit, angles, weights)
    state = start_of(circuit)
    for step in walk[:steps]:
        for gate in (bound[index] for index in step.gates):
            state = applied(gate_matrix(gate.kind, gate.angles), gate.wires, state)
    return state.reshape(-1)


def start_of(circuit: Circuit) -> np.ndarray:
    """Returns |0...0> with an axis for every wire, shape (2, 2, ...)."""
    state = np.zeros((2,) * circuit.wires, dtype=complex)
    state[(0,) * circuit.wires] = 1
    return state


def applied(matrix: np.ndarray, wires: tuple[int, ...], state: np.ndarray) -> np.ndarray:
    """Returns the state, shape (2, 2, ...), after a gate's matrix has acted on these wires."""
    count = len(wires)
    moved = np.tensordot(matrix.reshape((2,) * (2 * count)), state, axes=(range(count, 2 * count), wires))
    return np.moveaxis(moved, range(count), wires)  # `tensordot` puts them first, so they are moved back


def _title(sections: tuple[Section, ...], column: int) -> str:
    return next(section.title for section in reversed(sections) if section.first <= column)


NO_PICTURE_YET = (
    "superposition",
    "measurement",
)  # parts that end before the picture is in, or act on nothing


@dataclass(frozen=True)
class Milestone:
    """The end of a part of the circuit.

    Attributes:
        title: The part, such as "embedding" or "layer 1".
        steps: How many of `steps_of` have acted by then.
        layer: The layer, from 0, or None before the first.
    """

    title: str
    steps: int
    layer: int | None


def milestones(circuit: Circuit) -> tuple[Milestone, ...]:
    """Returns where the embedding ends, and then every layer."""
    sections = [section for section in lay_out(circuit).sections if section.title not in NO_PICTURE_YET]
    return tuple(Milestone(each.title, each.first + each.columns, each.layer) for each in sections)
