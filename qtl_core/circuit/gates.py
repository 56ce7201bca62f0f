"""The gate list: the one description of a circuit that every consumer interprets.

Simulators, the PennyLane reference, drawing, export and inspection all read the same tuple of `Gate`s and
nothing else. Wire 0 is the top wire and the most significant bit, as in PennyLane; angles are in radians.

To add a gate kind: add it to `GATE_KINDS` with its number of wires and angles, then teach it to the
interpreters: `matrices.py` (its matrix, from which the simulators work) and `reference.py` (PennyLane).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Section = Literal["superposition", "embedding", "layer"]

# kind -> (wires, angles). Rot(a, b, c) is RZ(c) RY(b) RZ(a), as in PennyLane.
GATE_KINDS: dict[str, tuple[int, int]] = {"H": (1, 0), "RY": (1, 1), "Rot": (1, 3), "CNOT": (2, 0)}


@dataclass(frozen=True)
class AngleSource:
    """Where a gate's angle comes from.

    Attributes:
        kind: "feature", an angle made from the picture (one a wire), or "weight", a trained number.
        index: Position in the picture's angles, or in the flat `q_params`.
    """

    kind: Literal["feature", "weight"]
    index: int


@dataclass(frozen=True)
class Gate:
    """One gate of the circuit.

    Attributes:
        kind: A key of `GATE_KINDS`.
        wires: The wires it acts on; for CNOT control first, then target.
        angles: The sources of its angles, in the order the gate takes them.
        section: The part of the circuit it belongs to.
        layer: The variational layer, from 0; for an embedding, the layer it stands before.
    """

    kind: str
    wires: tuple[int, ...]
    angles: tuple[AngleSource, ...] = ()
    section: Section = "layer"
    layer: int = 0

    def __post_init__(self) -> None:
        if (len(self.wires), len(self.angles)) != GATE_KINDS[self.kind]:
            raise ValueError(f"{self.kind} takes {GATE_KINDS[self.kind]} wires and angles, got {self}")


@dataclass(frozen=True)
class Circuit:
    """A list of gates on wires that all start in |0>, with <Z> measured on every wire at the end.

    Attributes:
        wires: Number of wires, and of expectation values.
        gates: The gates in the order they act.
        weight_count: Length of the flat vector of trained angles.
    """

    wires: int
    gates: tuple[Gate, ...]
    weight_count: int

    @property
    def is_real(self) -> bool:
        """Whether the amplitudes stay real, so that half the arithmetic is enough."""
        return all(gate.kind != "Rot" for gate in self.gates)
