"""A circuit with its noise: the one description that every noisy interpreter reads.

Beside the gate list it says which channels act after each gate, which wires are measured, and how often a measured bit
is read wrongly. Noise chosen by its rates is put in by `with_rates`; a machine's by `machines.placing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.common.checks import instance
from qtl_core.common.errors import InputError
from qtl_core.network.gates import Circuit
from qtl_core.network.noise.channels import kraus
from qtl_core.settings.readout import ReadoutSettings


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class AppliedChannel:
    """One channel on the wires it acts on.

    Attributes:
        kraus: Its Kraus operators, shape (operators, 2**w, 2**w) on w wires, the first of them the highest bit.
        wires: One or two wires.
    """

    kraus: np.ndarray
    wires: tuple[int, ...]

    def __post_init__(self) -> None:
        size = 2 ** len(self.wires)
        if len(self.wires) not in (1, 2) or self.kraus.shape[1:] != (size, size):
            raise InputError("kraus", f"has the shape {self.kraus.shape} on {len(self.wires)} wires", "(k, d, d)")
        total = np.einsum("kji,kjl->il", self.kraus.conj(), self.kraus)
        if not np.allclose(total, np.eye(size), atol=1e-9):
            raise InputError("kraus", "has operators whose K†K do not add up to one", "a channel that keeps the trace")


@dataclass(frozen=True, eq=False)
class NoisyCircuit:
    """A gate list with noise.

    Attributes:
        circuit: The gates, on as many wires as take part; features are numbered as the qubits of the head.
        channels: What acts after each gate, in order: one tuple a gate.
        measured: The wire that gives each output, one for each qubit of the head.
        confusion: Probability of reading bit r where the bit is b, shape (outputs, 2, 2), as [output, b, r].
    """

    circuit: Circuit
    channels: tuple[tuple[AppliedChannel, ...], ...]
    measured: tuple[int, ...]
    confusion: np.ndarray

    def __post_init__(self) -> None:
        instance("circuit", self.circuit, Circuit)
        if len(self.channels) != len(self.circuit.gates):
            raise InputError(
                "channels", f"are {len(self.channels)} tuples", f"one for each of the {len(self.circuit.gates)} gates"
            )
        if len(set(self.measured)) != len(self.measured) or not set(self.measured) <= set(range(self.circuit.wires)):
            raise InputError(
                "measured", f"are the wires {self.measured}", f"different ones of the {self.circuit.wires}"
            )
        rows = np.shape(self.confusion)
        if rows != (len(self.measured), 2, 2) or not np.allclose(np.sum(self.confusion, axis=2), 1, atol=1e-9):
            raise InputError("confusion", f"has the shape {rows}", "(outputs, 2, 2) with rows that add up to one")

    @property
    def outputs(self) -> int:
        """Number of expectation values that come out."""
        return len(self.measured)

    @property
    def has_channels(self) -> bool:
        """True if some gate is followed by noise; measuring may err without."""
        return any(self.channels)

    def read_expectations(self, true: np.ndarray) -> np.ndarray:
        """Returns <Z> as it is read, wrong bits included, of the true ones; shape (..., outputs)."""
        wrong_zero, wrong_one = self.confusion[:, 0, 1], self.confusion[:, 1, 0]
        return np.asarray(true * (1 - wrong_zero - wrong_one) + (wrong_one - wrong_zero))


def without_noise(circuit: Circuit) -> NoisyCircuit:
    """Returns a circuit as it is, every wire measured rightly."""
    return NoisyCircuit(circuit, ((),) * len(circuit.gates), tuple(range(circuit.wires)), flips(circuit.wires, 0.0))


def with_rates(circuit: Circuit, readout: ReadoutSettings) -> NoisyCircuit:
    """Returns a circuit with the noise of a readout's own rates: after every gate, on each of its wires.

    In this order: depolarising (by the number of the gate's wires), amplitude damping, phase damping.

    Args:
        circuit: The gate list.
        readout: Its rates are read; its machine and its shots are not.
    """
    instance("readout", readout, ReadoutSettings)
    return _with_rates(circuit, readout)


@lru_cache(maxsize=64)  # pure, and asked for at every move of a slider and by every step of training
def _with_rates(circuit: Circuit, readout: ReadoutSettings) -> NoisyCircuit:
    after = {
        (wire, count): tuple(AppliedChannel(each, (wire,)) for each in kinds)
        for count, kinds in ((count, _kinds(readout, count)) for count in (1, 2))
        for wire in range(circuit.wires)
    }
    channels = tuple(sum((after[wire, len(gate.wires)] for wire in gate.wires), ()) for gate in circuit.gates)
    return NoisyCircuit(circuit, channels, tuple(range(circuit.wires)), flips(circuit.wires, readout.readout_flip))


def flips(outputs: int, rate: float) -> np.ndarray:
    """Returns the confusion of bits that all flip with the same probability, shape (outputs, 2, 2)."""
    return np.tile([[1 - rate, rate], [rate, 1 - rate]], (outputs, 1, 1))


def _kinds(readout: ReadoutSettings, wires: int) -> list[np.ndarray]:
    depolarizing = readout.depolarizing_one if wires == 1 else readout.depolarizing_two
    rates = {
        "depolarizing": depolarizing,
        "amplitude_damping": readout.amplitude_damping,
        "phase_damping": readout.phase_damping,
    }
    return [kraus(name, rate) for name, rate in rates.items() if rate]
