"""Readings of every gate: its angles now and before training, what drives it, what it does."""

from __future__ import annotations

import math
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
    """

    gate: Gate
    now: tuple[float, ...]
    before: tuple[float, ...]

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
        return _sentence(self.gate)


def read_gates(circuit: Circuit, angles: Numbers, weights: Numbers, before: Numbers) -> tuple[GateReading, ...]:
    """Returns a reading of every gate, in the order of the circuit.

    Args:
        circuit: The gate list.
        angles: One picture's angles, shape (wires,), radians.
        weights: Trained angles as they are, shape (weight_count,), radians.
        before: Trained angles as they were before training, shape (weight_count,), radians.

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
        GateReading(gate, bound_angles(gate, angles, weights), bound_angles(gate, angles, before))
        for gate in circuit.gates
    )


def _driver(source: AngleSource) -> str:
    if source.kind == "weight":
        return f"trained angle {source.index} (q_params[{source.index}])"
    return f"the picture, by feature {source.index} of the layer before the circuit"


def _sentence(gate: Gate) -> str:
    if gate.kind == "H":
        return "Puts its qubit halfway between 0 and 1, so that the picture can turn it either way."
    if gate.kind == "CNOT":
        control, target = gate.wires
        return f"Flips qubit {target} where qubit {control} is 1: this is how the two come to depend on each other."
    if gate.section == "embedding":
        return "Turns its qubit by an angle made from the picture: this is how the picture enters the circuit."
    if gate.kind == "RY":
        return "Turns its qubit about the Y axis by an angle that training finds."
    return "Turns its qubit to any direction by three angles that training finds, about Z, then Y, then Z."
