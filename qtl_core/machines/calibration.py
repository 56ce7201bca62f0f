"""A machine's calibration: how well its qubits and gates did when they were last measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class QubitFigures:
    """Figures of one qubit.

    Attributes:
        t1, t2: Seconds until energy and phase are lost (to 1/e).
        read_one_for_zero, read_zero_for_one: How often it is read wrongly.
        gate_errors: Average error of each one-qubit gate, by its name on the machine ("u2", "u3", "sx").
    """

    t1: float
    t2: float
    read_one_for_zero: float
    read_zero_for_one: float
    gate_errors: Mapping[str, float]

    @property
    def read_error(self) -> float:
        """Share of wrong readings, the mean of both ways."""
        return (self.read_one_for_zero + self.read_zero_for_one) / 2

    @property
    def read_factor(self) -> float:
        """The factor that wrong readings leave of <Z>: 1 - P(1 for 0) - P(0 for 1)."""
        return 1 - self.read_one_for_zero - self.read_zero_for_one


@dataclass(frozen=True, eq=False)  # a machine is itself alone, so that what was found of it can be kept
class Machine:
    """A machine as it was on one day.

    Attributes:
        name: Its value of the setting `machine`.
        title: What to call it on screen.
        measured: The day of the calibration, as in "2019-08-23"; "" where it is not said.
        source: Where the figures come from, and their licence.
        qubits: In the order of their numbers.
        cnot_errors: Average error of each two-qubit gate that is there, by (control, target).
        gate_seconds: How long one-qubit gates take, by their name; of a machine that does not say, assumed.
        cnot_seconds: How long each two-qubit gate takes, by (control, target).
        is_assumed: True if the times are assumed.
        notes: What else is assumed of the figures, in sentences.
        two_qubit_gate: What its two-qubit gate is called.
        needs_aer: True if Qiskit lays circuits on it and Aer runs them (`fake_backends`).
    """

    name: str
    title: str
    measured: str
    source: str
    qubits: tuple[QubitFigures, ...]
    cnot_errors: Mapping[tuple[int, int], float]
    gate_seconds: Mapping[str, float]
    cnot_seconds: Mapping[tuple[int, int], float] = field(default_factory=dict)
    is_assumed: bool = True
    notes: str = ""
    two_qubit_gate: str = "cx"
    needs_aer: bool = False

    def error_between(self, one: int, other: int) -> float | None:
        """Returns the error of the two-qubit gate between two qubits, whichever way it goes; None: there is none."""
        return self.cnot_errors.get((one, other), self.cnot_errors.get((other, one)))

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """The qubits that each qubit shares a two-qubit gate with, in order."""
        pairs = {*self.cnot_errors} | {(target, control) for control, target in self.cnot_errors}
        return tuple(tuple(sorted(b for a, b in pairs if a == qubit)) for qubit in range(len(self.qubits)))
