"""A head's circuit as it runs: with the noise of its readout, or laid on a machine with that machine's errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.machines.calibration import Machine
from qtl_core.machines.catalogue import machine_named
from qtl_core.machines.fake_backends import AerCircuit, check_fake, is_fake
from qtl_core.machines.gate_errors import gate_channels
from qtl_core.machines.layouts import Layout, best_layout, check_fits, layout_of
from qtl_core.machines.routing import RoutedCircuit, route
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit, Gate
from qtl_core.network.noise.noisy_circuit import AppliedChannel, NoisyCircuit, with_rates
from qtl_core.settings import CircuitSettings, ReadoutSettings

_ON_MACHINE = {"H": "u2", "RY": "u3", "Rot": "u3"}  # the gates of IBM's machines of those years


def noisy_circuit_of(circuit: CircuitSettings, readout: ReadoutSettings) -> NoisyCircuit:
    """Returns the circuit with the noise that a readout asks for.

    Args:
        circuit: The circuit's settings.
        readout: Its rates, or its machine, layout and gate times, are read; its shots are not.

    Raises:
        UserError: There is no such machine, or the circuit cannot be laid on it as asked.
    """
    if not readout.machine:
        return with_rates(build_circuit(circuit), readout)
    if is_fake(readout.machine):
        check_fake(readout.machine)
        raise UserError(
            f"{readout.machine} can be read from, but not trained on or looked into.",
            "Qiskit lays circuits on it and Aer runs them; nothing is known of the states within.",
            "Choose ibmqx4, or rates of noise.",
        )
    machine = machine_named(readout.machine)
    return placed(circuit, machine, layout_on(circuit, machine, readout.layout), readout.gate_times)


def readable_circuit_of(circuit: CircuitSettings, readout: ReadoutSettings) -> NoisyCircuit | AerCircuit:
    """Returns the same for reading alone, which fake backends can do, too: their circuits are run by Aer.

    Raises:
        UserError: As of `noisy_circuit_of`, or the extra `hardware` is not installed; but whether a circuit fits on a
            fake backend is found when it is read.
    """
    if not is_fake(readout.machine):
        return noisy_circuit_of(circuit, readout)
    check_fake(readout.machine)
    return AerCircuit(circuit, readout.machine, readout.layout)


def layout_on(circuit: CircuitSettings, machine: Machine, text: str) -> Layout:
    """Returns the layout that a setting names, or the best one where it is empty.

    Raises:
        UserError: It names none of this circuit and machine.
    """
    check_fits(circuit, machine)
    return layout_of(text, machine, circuit.qubits) if text.strip() else best_layout(circuit, machine).layout


@lru_cache(maxsize=64)  # pages ask again at every redraw, training at every step
def placed(circuit: CircuitSettings, machine: Machine, layout: Layout, times: float = 1.0) -> NoisyCircuit:
    """Returns a circuit on a machine's qubits, with the errors of its gates and readings.

    Wires are those of the layout, then qubits that SWAPs pass through. Qubits that wait are not taken to err, as in
    Qiskit's `NoiseModel.from_backend`.

    Args:
        circuit: The circuit's settings.
        machine: One with u2, u3 and CX.
        layout: A qubit for each wire.
        times: What the machine's gate times are multiplied by.

    Raises:
        UserError: No chain of two-qubit gates joins the qubits.
    """
    built = build_circuit(circuit)
    routed = route(built, machine, layout)
    wire_of = _wires_of(routed, layout)
    gates = tuple(
        Gate(gate.kind, tuple(wire_of[qubit] for qubit in gate.wires), gate.angles, gate.section, gate.layer)
        for gate in routed.gates
    )
    after = _errors(machine, times)
    channels = tuple(after(gate, on.wires) for gate, on in zip(routed.gates, gates, strict=True))
    confusion = np.array([_confusion(machine, qubit) for qubit in routed.measured])
    measured = tuple(wire_of[qubit] for qubit in routed.measured)
    return NoisyCircuit(Circuit(len(wire_of), gates, built.weight_count), channels, measured, confusion)


@dataclass(frozen=True)
class Place:
    """Place of a head's circuit within its noisy one: before its first or after one of its gates.

    Attributes:
        gates: How many gates of the noisy circuit have acted.
        wires: The wire on which each qubit of the head then is.
    """

    gates: int
    wires: tuple[int, ...]


def places_of(circuit: CircuitSettings, readout: ReadoutSettings) -> tuple[Place, ...]:
    """Returns where each gate of the head's own circuit ends in `noisy_circuit_of`: one more than it has gates.

    A machine's circuit has more gates than the head's, as CNOTs are turned and qubits carried by SWAPs.

    Raises:
        UserError: There is no such machine, or the circuit cannot be laid on it as asked.
    """
    built = build_circuit(circuit)
    if not readout.machine:
        return tuple(Place(gates, tuple(range(circuit.qubits))) for gates in range(len(built.gates) + 1))
    machine = machine_named(readout.machine)
    layout = layout_on(circuit, machine, readout.layout)
    routed = route(built, machine, layout)
    wire_of = _wires_of(routed, layout)
    where = zip((0, *routed.ends), (layout, *routed.places), strict=True)
    return tuple(Place(gates, tuple(wire_of[qubit] for qubit in qubits)) for gates, qubits in where)


def _wires_of(routed: RoutedCircuit, layout: Layout) -> dict[int, int]:
    """Returns the wire of each qubit that takes part: those of the layout, then those that SWAPs pass through."""
    used = {qubit for gate in routed.gates for qubit in gate.wires}
    return {qubit: wire for wire, qubit in enumerate((*layout, *sorted(used - set(layout))))}


def _errors(machine: Machine, times: float) -> Callable[[Gate, tuple[int, ...]], tuple[AppliedChannel, ...]]:
    """Returns what gives a gate's channels, of a gate on the machine's qubits and the wires it acts on."""

    @cache
    def found(name: str, qubits: tuple[int, ...], wires: tuple[int, ...]) -> tuple[AppliedChannel, ...]:
        figures = [machine.qubits[qubit] for qubit in qubits]
        if len(qubits) == 2:
            pair = (qubits[0], qubits[1])
            error, seconds = machine.cnot_errors[pair], machine.cnot_seconds.get(pair, 0.0)
        else:
            error, seconds = figures[0].gate_errors[name], machine.gate_seconds[name]
        return gate_channels(error, seconds * times, figures, wires)

    return lambda gate, wires: found(_ON_MACHINE.get(gate.kind, "cx"), gate.wires, wires)


def _confusion(machine: Machine, qubit: int) -> np.ndarray:
    one_for_zero, zero_for_one = machine.qubits[qubit].read_one_for_zero, machine.qubits[qubit].read_zero_for_one
    return np.array([[1 - one_for_zero, one_for_zero], [zero_for_one, 1 - zero_for_one]])
