"""Layouts: which of a machine's qubits carry the circuit's wires, and how much survives on them.

How good a layout is, is judged by the *survival*: the product of (1 - error) over all CNOTs, SWAPs' among them, and
over the H that turn those in the wrong direction, times what wrong readings leave of each qubit's <Z>. One-qubit gates
of the circuit itself are left out (they are there on every layout, and err ten times less), and so is idling. The best
one is called "of least error" on screen: which one gets the most answers right depends on the head as well.

All layouts are tried where they are at most `MOST_TRIED`; of a larger machine, wires are laid one by one and only the
`BEAM` best (or worst) beginnings are kept, so that the best of them need not be the best of all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from qtl_core.common.errors import UserError
from qtl_core.machines.calibration import Machine
from qtl_core.machines.routing import RoutedCircuit, route
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.settings import CircuitSettings
from qtl_core.settings.readout_words import harmless

Layout = tuple[int, ...]
MOST_TRIED = 1000  # 5 * 4 * 3 * 2 = 120 on five qubits; 840 for four wires on seven
BEAM = 200


@dataclass(frozen=True)
class LayoutFigures:
    """Costs of a layout.

    Attributes:
        layout: A qubit for each wire.
        cnots: Share that survives all CNOTs, those of SWAPs among them.
        turning: Share that survives the H of CNOTs in the wrong direction.
        reading: What wrong readings leave of <Z>, one factor an output.
        routed: The circuit on these qubits, with its SWAPs and turned CNOTs counted.
    """

    layout: Layout
    cnots: float
    turning: float
    reading: tuple[float, ...]
    routed: RoutedCircuit

    @property
    def survival(self) -> float:
        """The product of all three: what layouts are ordered by."""
        return self.cnots * self.turning * math.prod(self.reading)


def layout_of(text: str, machine: Machine, wires: int) -> Layout:
    """Returns the layout that a setting such as "1,0,2,4" names.

    Raises:
        UserError: It does not name a different qubit of the machine for each wire.
    """
    parts = text.replace("-", ",").split(",")
    numbers = [int(part) if part.strip().isdecimal() else -1 for part in parts]
    there = len(numbers) == wires == len(set(numbers)) and all(0 <= n < len(machine.qubits) for n in numbers)
    if there:
        return tuple(numbers)
    example = ",".join(map(str, range(wires)))
    raise UserError(
        f"“{harmless(text)}” is no layout of this circuit on {machine.title}.",
        f"It should name {wires} different qubits from 0 to {len(machine.qubits) - 1}, one for each wire.",
        f"Write them as in {example}, or leave the layout empty: the app then chooses.",
    )


def check_fits(circuit: CircuitSettings, machine: Machine) -> None:
    """Refuses a circuit with more wires than the machine has qubits.

    Raises:
        UserError: It has more.
    """
    if circuit.qubits > len(machine.qubits):
        raise UserError(
            f"{machine.title} has {len(machine.qubits)} qubits, and the circuit {circuit.qubits}.",
            "",
            "Choose a machine with more qubits, or a run with fewer.",
        )


@lru_cache(maxsize=4096)
def figures_of(circuit: CircuitSettings, machine: Machine, layout: Layout) -> LayoutFigures:
    """Returns what a layout costs.

    Raises:
        UserError: No chain of two-qubit gates joins its qubits.
    """
    return _figures(build_circuit(circuit), machine, layout)


def best_layout(circuit: CircuitSettings, machine: Machine) -> LayoutFigures:
    """Returns the layout on which most survives; of equals, the one of smallest numbers.

    Raises:
        UserError: The machine has too few qubits.
    """
    return _extreme(circuit, machine, 1)


def worst_layout(circuit: CircuitSettings, machine: Machine) -> LayoutFigures:
    """Returns the layout on which least survives; of equals, the one of smallest numbers.

    Raises:
        UserError: The machine has too few qubits.
    """
    return _extreme(circuit, machine, -1)


def is_exhaustive(circuit: CircuitSettings, machine: Machine) -> bool:
    """True if all layouts are tried, so that the best one found is the best one there is."""
    return math.perm(len(machine.qubits), circuit.qubits) <= MOST_TRIED


@lru_cache(maxsize=256)
def _extreme(circuit: CircuitSettings, machine: Machine, sign: int) -> LayoutFigures:
    check_fits(circuit, machine)
    built = build_circuit(circuit)
    if is_exhaustive(circuit, machine):
        layouts = list(permutations(range(len(machine.qubits)), circuit.qubits))
    else:
        layouts = _beam(built, machine, sign)

    def rank(layout: Layout) -> tuple[float, Layout]:
        return -sign * _figures(built, machine, layout).survival, layout

    return _figures(built, machine, min(_joined(layouts, built, machine), key=rank))


def _joined(layouts: list[Layout], circuit: Circuit, machine: Machine) -> list[Layout]:
    """Returns those whose qubits can be joined: of a machine in one piece, all."""

    def works(layout: Layout) -> bool:
        try:
            route(circuit, machine, layout)
        except UserError:
            return False
        return True

    return [layout for layout in layouts if works(layout)]


def _beam(circuit: Circuit, machine: Machine, sign: int) -> list[Layout]:
    """Returns the layouts whose beginnings, wire by wire, were among the best (sign 1) or worst (-1)."""
    kept: list[Layout] = [()]
    for count in range(1, circuit.wires + 1):
        value = _beginning(circuit, machine, count)
        grown = [(*layout, qubit) for layout in kept for qubit in range(len(machine.qubits)) if qubit not in layout]
        kept = sorted(grown, key=lambda layout: (-sign * value(layout), layout))[:BEAM]
    return kept


def _beginning(circuit: Circuit, machine: Machine, count: int) -> Callable[[Layout], float]:
    """Returns what survives on the first wires; a CNOT between qubits that share no gate counts as four."""
    pairs = [gate.wires for gate in circuit.gates if gate.kind == "CNOT" and max(gate.wires) < count]

    def value(layout: Layout) -> float:
        apart = max(machine.cnot_errors.values(), default=0.0)
        found = math.prod(machine.qubits[qubit].read_factor for qubit in layout)
        for control, target in pairs:
            error = machine.error_between(layout[control], layout[target])
            found *= (1 - apart) ** 4 if error is None else 1 - error
        return found

    return value


def _figures(circuit: Circuit, machine: Machine, layout: Layout) -> LayoutFigures:
    routed = route(circuit, machine, layout)
    cnots = math.prod(1 - machine.cnot_errors[_pair(gate.wires)] for gate in routed.gates if gate.kind == "CNOT")
    turning = math.prod(1 - _h_error(machine, routed.gates[number].wires[0]) for number in routed.turning)
    reading = tuple(machine.qubits[qubit].read_factor for qubit in routed.measured)
    return LayoutFigures(layout, cnots, turning, reading, routed)


def _pair(wires: tuple[int, ...]) -> tuple[int, int]:
    return wires[0], wires[1]


def _h_error(machine: Machine, qubit: int) -> float:
    errors = machine.qubits[qubit].gate_errors
    return errors.get("u2", errors.get("sx", 0.0))
