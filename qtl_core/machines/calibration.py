"""A machine's calibration: how well its qubits and gates did when they were last measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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


@dataclass(frozen=True)
class Machine:
    """A machine as it was on one day.

    Attributes:
        name: Its value of the setting `machine`.
        title: What to call it on screen.
        measured: The day of the calibration, as in "2019-08-23".
        source: Where the figures come from, and their licence.
        qubits: In the order of their numbers.
        cnot_errors: Average error of each CNOT that is there, by (control, target).
        gate_seconds: How long gates take, by their name; of a machine that does not say, assumed.
        is_assumed: True if `gate_seconds` are assumed.
    """

    name: str
    title: str
    measured: str
    source: str
    qubits: tuple[QubitFigures, ...]
    cnot_errors: Mapping[tuple[int, int], float]
    gate_seconds: Mapping[str, float]
    is_assumed: bool = True
