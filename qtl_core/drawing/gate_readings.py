"""Readings of every gate: its angles now and before training, what drives it, what it does.

What a gate does to the state of one picture is said by `explain.gate_effects`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.common.checks import instance, real_array
from qtl_core.network.binding import Numbers, bound_angles, gate_matrix
from qtl_core.network.gates import AngleSource, Circuit, Gate

NAMES = {"H": "Hadamard gate", "RY": "Rotation about Y", "Rot": "Full rotation", "CNOT": "Controlled NOT"}


@dataclass(frozen=True)
class GateReading:
    """One gate as it stands.

    Attributes:
        gate: The gate.
        now: Its angles, radians.
        before: Its angles before training, radians, or NaN where not known; a picture's angles are the same.
        is_by_hand: Whether somebody turned one of its trained angles by hand: then `now` is not what training found.
    """

    gate: Gate
    now: tuple[float, ...]
    before: tuple[float, ...]
    is_by_hand: bool = False

    @property
    def name(self) -> str:
        """The gate's name and wires, such as "Controlled NOT, qubit 0 → qubit 1"."""
        return f"{NAMES[self.gate.kind]}, {' → '.join(f'qubit {wire}' for wire in self.gate.wires)}"

    @property
    def turned(self) -> float:
        """The turn by training: the length of the change of its angles, radians; 0 where not known."""
        return math.dist(self.now, self.before) if self.is_before_known else 0.0

    @property
    def is_before_known(self) -> bool:
        """True if it is known what its angles were before training."""
        return not any(map(math.isnan, self.before))

    @property
    def is_trained(self) -> bool:
        """True if training moves its angles."""
        return any(source.kind == "weight" for source in self.gate.angles)

    @property
    def drivers(self) -> tuple[str, ...]:
        """The source of each angle, in words."""
        return tuple(map(_driver, self.gate.angles))

    @property
    def matrix(self) -> np.ndarray:
        """Its matrix at its angles now, shape (2, 2) or (4, 4)."""
        return gate_matrix(self.gate.kind, self.now)

    @property
    def turn(self) -> np.ndarray:
        """The matrix of its action on one qubit, shape (2, 2): for CNOT, to the target where the control is 1."""
        return self.matrix[-2:, -2:]

    @property
    def sentence(self) -> str:
        """A plain sentence on what it does."""
        return _sentence(self)


def read_gates(
    circuit: Circuit, angles: Numbers, weights: Numbers, before: Numbers, by_hand: Collection[int] = ()
) -> tuple[GateReading, ...]:
    """Returns a reading of every gate, in the order of the circuit.

    Args:
        circuit: The gate list.
        angles: One picture's angles, shape (wires,), radians.
        weights: Trained angles as they are, shape (weight_count,), radians.
        before: Trained angles as they were before training, shape (weight_count,), radians.
        by_hand: Which of `weights` were set by hand.

    Raises:
        InputError: There are not as many as the circuit takes; some may be NaN, for not known.
    """
    instance("circuit", circuit, Circuit)
    angles = real_array("angles", angles, (circuit.wires,), says="(wires,)", finite=False)
    weights, before = (
        real_array(name, values, (circuit.weight_count,), says="(weight_count,)", finite=False)
        for name, values in (("weights", weights), ("before", before))
    )
    return tuple(
        GateReading(
            gate,
            bound_angles(gate, angles, weights),
            bound_angles(gate, angles, before),
            any(source.kind == "weight" and source.index in by_hand for source in gate.angles),
        )
        for gate in circuit.gates
    )


def origin_words(readings: Sequence[GateReading]) -> str:
    """Says where the angles of trained gates come from: moved by training, and how far, or not at all.

    Args:
        readings: Trained gates, at least one.
    """
    one = sum(len(reading.gate.angles) for reading in readings) == 1
    noun, its = ("an angle", "its") if one else ("angles", "their")
    if any(reading.is_by_hand for reading in readings):
        return f"{noun} set by hand"
    if not all(reading.is_before_known for reading in readings):
        return f"{noun} found in training elsewhere, {its} start not known"
    most = max(
        abs(now - before) for reading in readings for now, before in zip(reading.now, reading.before, strict=True)
    )
    if not most:
        return f"{noun} drawn at random, not trained yet"
    return f"{noun} that training moved by {'' if one else 'at most '}{degrees(most)} from {its} random start"


def degrees(radians: float) -> str:
    """Returns an angle in degrees as it is written in a sentence, such as "−1.2°"."""
    return f"{round(math.degrees(radians), 1) + 0.0:.1f}°".replace("-", "−")


def _driver(source: AngleSource) -> str:
    if source.kind == "weight":
        return f"trained angle {source.index} (q_params[{source.index}])"
    return f"the picture, by feature {source.index} of the layer before the circuit"


def _sentence(reading: GateReading) -> str:
    gate = reading.gate
    if gate.kind == "H":
        return "Puts its qubit halfway between 0 and 1, so that the picture can turn it either way."
    if gate.kind == "CNOT":
        control, target = gate.wires
        return f"Flips qubit {target} where qubit {control} is 1: this is how the two can come to depend on each other."
    if gate.section == "embedding":
        return "Turns its qubit by an angle made from the picture: this is how the picture enters the circuit."
    if gate.kind == "RY":
        return f"Turns its qubit about the Y axis by {origin_words([reading])}."
    return f"Turns its qubit about Z, then Y, then Z, by {origin_words([reading])}."
