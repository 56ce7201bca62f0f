"""A circuit laid on a machine, as a map shows it: which qubits carry it, and what became of its gates.

Machines whose figures come along are laid on by `routing`; fake backends by Qiskit, whose import takes seconds and is
left to a worker (`laid_job`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from qtl_core.common.progress import ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.machines.calibration import Machine
from qtl_core.machines.catalogue import machine_named
from qtl_core.machines.fake_backends import AerCircuit, is_fake, transpiled
from qtl_core.machines.gate_counts import GateCounts, counts_of
from qtl_core.machines.layouts import Layout, LayoutFigures, best_layout, check_fits, figures_of, layout_of
from qtl_core.network.ansatz import build_circuit
from qtl_core.settings import CircuitSettings


@dataclass(frozen=True, eq=False)
class LaidCircuit:
    """A circuit on a machine.

    Attributes:
        machine: The machine.
        layout: The qubit that each wire begins on.
        measured: The qubit that gives each output: another one where SWAPs have moved it.
        pairs: The qubits that two-qubit gates join, each pair in ascending order.
        before, after: Its gates as written, and as the machine runs them.
        figures: What survives on the layout; None where Qiskit makes gates of its own.
    """

    machine: Machine
    layout: Layout
    measured: Layout
    pairs: frozenset[tuple[int, int]] = field(repr=False)
    before: GateCounts
    after: GateCounts
    figures: LayoutFigures | None


def laid_circuit(circuit: CircuitSettings, machine: str, layout: str = "") -> LaidCircuit:
    """Returns a circuit on a machine.

    Args:
        circuit: The circuit's settings.
        machine: The machine's name.
        layout: A qubit for each wire, as in "1,0,2,4"; empty takes the best one, or Qiskit's choice.

    Raises:
        UserError: There is no such machine, it has too few qubits, or the layout is none of them.
    """
    found = machine_named(machine)
    check_fits(circuit, found)
    if is_fake(machine):
        laid = transpiled(AerCircuit(circuit, machine, layout))
        return LaidCircuit(found, laid.layout, laid.measured, laid.pairs, laid.before, laid.after, None)
    chosen = layout_of(layout, found, circuit.qubits) if layout.strip() else best_layout(circuit, found).layout
    figures = figures_of(circuit, found, chosen)
    routed = figures.routed
    pairs = frozenset((min(gate.wires), max(gate.wires)) for gate in routed.gates if len(gate.wires) == 2)
    before, after = counts_of(build_circuit(circuit).gates), counts_of(routed.gates)
    return LaidCircuit(found, chosen, routed.measured, pairs, before, after, figures)


def laid_job(
    circuit: CircuitSettings, machine: str, layout: str = "", owner: str = ""
) -> JobSpec[JobView[LaidCircuit]]:
    """Returns the job that lays a circuit on a machine in a worker; arguments as of `laid_circuit`."""
    return JobSpec("qtl_core.machines.laid_circuit:run_laid_job", (circuit, machine, layout), owner)


def run_laid_job(
    payload: tuple[CircuitSettings, str, str], emit: Callable[[LaidCircuit], None], should_stop: ShouldStop
) -> None:
    """Lays it in a worker process; raises as `laid_circuit` does."""
    emit(laid_circuit(*payload))
