"""A gate's error as channels: relaxation for as long as the gate takes, and depolarising for what is left of its error.

As Qiskit Aer's `NoiseModel.from_backend` builds it (`basic_device_gate_errors`). With d = 2**wires, a channel's average
fidelity is F = (d Fe + 1) / (d + 1), where relaxation of a qubit for t has the entanglement fidelity
Fe = (1 + exp(-t/T1) + 2 exp(-t/T2)) / 4 and several qubits multiply (Nielsen, Phys. Lett. A 303, 249, 2002). A
depolarising channel rho -> (1 - p) rho + p I/d before it, with p = d (F_relax - F) / (d F_relax - 1), makes the whole
have the average error 1 - F that was measured.

Where relaxation alone would cost more than was measured, Aer lets it. Here the gate is taken to be so much shorter
that it costs just that: its error was measured, its time (of machines that do not say it) only assumed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np

from qtl_core.machines.calibration import QubitFigures
from qtl_core.network.noise.channels import amplitude_damping, phase_damping
from qtl_core.network.noise.noisy_circuit import AppliedChannel

_PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)
_HALVINGS = 60  # of an interval: beyond what a float can tell apart


def gate_channels(
    error: float, seconds: float, qubits: Sequence[QubitFigures], wires: tuple[int, ...]
) -> tuple[AppliedChannel, ...]:
    """Returns what acts after a gate, so that its average error is the one measured.

    Args:
        error: The gate's average error, as measured.
        seconds: How long it takes.
        qubits: Figures of its qubits, one for each wire.
        wires: One or two wires.
    """
    seconds = fitting_seconds(error, seconds, qubits)
    rate = depolarising_rate(error, seconds, qubits)
    first = (AppliedChannel(_depolarising(rate, len(wires)), wires),) if rate > 0 else ()
    return first + tuple(
        AppliedChannel(kraus, (wire,))
        for qubit, wire in zip(qubits, wires, strict=True)
        for kraus in _relaxation(qubit, seconds)
    )


def relaxation_error(seconds: float, qubits: Sequence[QubitFigures]) -> float:
    """Returns the average error of qubits that do nothing but relax for `seconds`."""
    size = 2 ** len(qubits)
    kept = math.prod((1 + math.exp(-seconds / qubit.t1) + 2 * math.exp(-seconds / _t2(qubit))) / 4 for qubit in qubits)
    return 1 - (size * kept + 1) / (size + 1)


def fitting_seconds(error: float, seconds: float, qubits: Sequence[QubitFigures]) -> float:
    """Returns `seconds`, or as much of it as relaxation may take without costing more than `error`."""
    if relaxation_error(seconds, qubits) <= error:
        return seconds
    low, high = 0.0, seconds
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if relaxation_error(middle, qubits) <= error else (low, middle)
    return low


def depolarising_rate(error: float, seconds: float, qubits: Sequence[QubitFigures]) -> float:
    """Returns the share of the state that has to become random, beside relaxation, for the error measured."""
    size = 2 ** len(qubits)
    kept = 1 - relaxation_error(seconds, qubits)
    error = min(error, size / (size + 1))  # a larger one is no channel's
    return max(size * (kept - (1 - error)) / (size * kept - 1), 0.0)


def _depolarising(rate: float, wires: int) -> np.ndarray:
    """Returns the Kraus operators of rho -> (1 - rate) rho + rate I/d."""
    strings = [_PAULIS[list(which)] for which in product(range(4), repeat=wires)]
    operators = np.array([each[0] if wires == 1 else np.kron(*each) for each in strings])
    shares = np.full(4**wires, rate / 4**wires)
    shares[0] += 1 - rate
    return np.sqrt(shares)[:, None, None] * operators


def _relaxation(qubit: QubitFigures, seconds: float) -> list[np.ndarray]:
    """Returns T1's channel, and what T2 adds to it, for so long."""
    if seconds <= 0:
        return []
    lost = 1 - math.exp(-seconds / qubit.t1)
    phase = 1 - math.exp(-2 * seconds / _t2(qubit) + seconds / qubit.t1)  # T1 takes half of its rate from the phase
    return [amplitude_damping(lost), *([phase_damping(phase)] if phase > 1e-15 else [])]


def _t2(qubit: QubitFigures) -> float:
    return min(qubit.t2, 2 * qubit.t1)  # a longer one is an error of measurement
