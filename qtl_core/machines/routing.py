"""A circuit laid on a machine's map: each CNOT in a direction that is there, by SWAPs where its qubits are none apart.

A CNOT in the wrong direction is turned by an H on both its qubits before and after. Where no two-qubit gate joins its
qubits, the control is carried along the path of fewest errors, a SWAP (three CNOTs) a step, and stays where it then is.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from qtl_core.common.errors import UserError
from qtl_core.machines.calibration import Machine
from qtl_core.network.gates import Circuit, Gate


@dataclass(frozen=True)
class RoutedCircuit:
    """A circuit as gates on a machine's qubits.

    Attributes:
        gates: Their wires are the machine's qubits; every CNOT is one that the machine has.
        swaps: SWAPs put in, of three CNOTs each.
        turned: CNOTs that run the wrong way, with four H each.
        turning: Numbers of the gates that only turn a CNOT.
        measured: The qubit that gives each output.
        ends: How many of `gates` have acted once each gate of the circuit has.
        places: The qubit on which each wire then is.
    """

    gates: tuple[Gate, ...]
    swaps: int
    turned: int
    turning: frozenset[int]
    measured: tuple[int, ...]
    ends: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]

    @property
    def cnots(self) -> int:
        """CNOTs in all, those of SWAPs among them."""
        return sum(gate.kind == "CNOT" for gate in self.gates)


@lru_cache(maxsize=4096)  # pages ask again at every redraw, the search for layouts once for each
def route(circuit: Circuit, machine: Machine, layout: tuple[int, ...]) -> RoutedCircuit:
    """Returns a circuit with its wires laid on a machine's qubits.

    Args:
        circuit: The gate list.
        machine: Whose map it is laid on.
        layout: A qubit for each wire.

    Raises:
        UserError: No way leads from one qubit to another.
    """
    work = _Routing(machine, list(layout))
    ends, places = [], []
    for gate in circuit.gates:
        if gate.kind == "CNOT":
            control, target = gate.wires
            work.cnot(control, target, gate.layer)
        else:
            qubit = (work.place[gate.wires[0]],)
            work.gates.append(Gate(gate.kind, qubit, gate.angles, gate.section, gate.layer))
        ends.append(len(work.gates))
        places.append(tuple(work.place))
    return RoutedCircuit(
        tuple(work.gates),
        work.swaps,
        work.turned,
        frozenset(work.turning),
        tuple(work.place),
        tuple(ends),
        tuple(places),
    )


class _Routing:
    """Gates so far, and where each wire is now."""

    def __init__(self, machine: Machine, place: list[int]) -> None:
        self.machine, self.place = machine, place
        self.gates: list[Gate] = []
        self.swaps = self.turned = 0
        self.turning: list[int] = []

    def cnot(self, control: int, target: int, layer: int) -> None:
        """Adds a CNOT of two wires, wherever they are."""
        path = cheapest_path(self.machine, self.place[control], self.place[target])
        for here, there in pairwise(path[:-1]):  # up to the target's neighbour
            self._swap(here, there, layer)
        self._between(self.place[control], self.place[target], layer)

    def _swap(self, one: int, other: int, layer: int) -> None:
        if (one, other) not in self.machine.cnot_errors:
            one, other = other, one  # only the middle one is turned
        for pair in ((one, other), (other, one), (one, other)):
            self._between(*pair, layer)
        moved = {one: other, other: one}
        self.place = [moved.get(qubit, qubit) for qubit in self.place]
        self.swaps += 1

    def _between(self, control: int, target: int, layer: int) -> None:
        if (control, target) in self.machine.cnot_errors:
            self.gates.append(Gate("CNOT", (control, target), layer=layer))
            return
        self._turn((control, target), layer)
        self.gates.append(Gate("CNOT", (target, control), layer=layer))
        self._turn((control, target), layer)
        self.turned += 1

    def _turn(self, qubits: tuple[int, int], layer: int) -> None:
        for qubit in qubits:
            self.turning.append(len(self.gates))
            self.gates.append(Gate("H", (qubit,), layer=layer))


@lru_cache(maxsize=65536)
def cheapest_path(machine: Machine, start: int, end: int) -> tuple[int, ...]:
    """Returns the qubits from `start` to `end` along which two-qubit gates err least, both ends included.

    Neighbours have no qubits between them: a way round would cost three CNOTs a step.

    Raises:
        UserError: No way leads there.
    """
    if end in machine.neighbours[start]:
        return start, end
    waiting: list[tuple[float, tuple[int, ...]]] = [(0.0, (start,))]
    done: set[int] = set()
    while waiting:
        cost, path = heapq.heappop(waiting)
        if path[-1] == end:
            return path
        if path[-1] in done:
            continue
        done.add(path[-1])
        for qubit in machine.neighbours[path[-1]]:
            error = machine.error_between(path[-1], qubit) or 0.0
            step = -math.log(max(1 - error, 1e-12)) + 1e-9  # of ways that cost nothing, the shortest
            heapq.heappush(waiting, (cost + step, (*path, qubit)))
    raise UserError(
        f"The circuit cannot be laid on {machine.title} like this.",
        f"No chain of two-qubit gates leads from qubit {start} to qubit {end}.",
        "Choose other qubits, or leave the layout to the app.",
    )
