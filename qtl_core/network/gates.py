"""The gate list: the one description of a circuit that every consumer interprets.

Simulators, the PennyLane reference, drawing, export and inspection all read the same tuple of `Gate`s and
nothing else. Wire 0 is the top wire and the most significant bit, as in PennyLane; angles are in radians.

To add a gate kind: add it to `GATE_KINDS` with its number of wires and angles, then teach it to every interpreter:
`binding.gate_matrix`, `simulators/` (torch, PennyLane, numpy, `simulators.interpolation`,
`simulators.real_statevector`), `training/compiled/program.py`, `drawing.gate_readings`, `drawing.text`,
`export.gate_steps` and `export.latex`.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Literal, get_args

from qtl_core.common.checks import instance, one_of, whole_number
from qtl_core.common.errors import InputError

Section = Literal["superposition", "embedding", "layer"]

MOST_WIRES = 24  # 16 million amplitudes a picture: more would ask for all memory

# kind -> (wires, angles). Rot(a, b, c) is RZ(c) RY(b) RZ(a), as in PennyLane.
GATE_KINDS: dict[str, tuple[int, int]] = {"H": (1, 0), "RY": (1, 1), "Rot": (1, 3), "CNOT": (2, 0)}


@dataclass(frozen=True)
class AngleSource:
    """The source of a gate's angle.

    Attributes:
        kind: "feature", an angle made from the picture (one a wire), or "weight", a trained number.
        index: Position in the picture's angles, or in the flat `q_params`.
    """

    kind: Literal["feature", "weight"]
    index: int

    def __post_init__(self) -> None:
        one_of("kind", self.kind, ("feature", "weight"))
        whole_number("index", self.index, 0)


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
        one_of("kind", self.kind, tuple(GATE_KINDS))
        one_of("section", self.section, get_args(Section))
        whole_number("layer", self.layer, 0)
        for wire in instance("wires", self.wires, tuple):
            instance("wires", wire, Integral)
        for source in instance("angles", self.angles, tuple):
            instance("angles", source, AngleSource)
        if (len(self.wires), len(self.angles)) != GATE_KINDS[self.kind]:
            wires, angles = GATE_KINDS[self.kind]
            got = f"has {len(self.wires)} wires and {len(self.angles)} angles"
            raise InputError(f"a gate of kind {self.kind}", got, f"one with {wires} and {angles}")


@dataclass(frozen=True)
class Circuit:
    """A list of gates on wires that all start in |0>, with <Z> measured on every wire at the end.

    Attributes:
        wires: Number of wires, and of expectation values.
        gates: The gates in the order they act.
        weight_count: Length of the flat vector of trained angles.

    Raises:
        InputError: A gate acts on a wire, or takes an angle, that is not there.
    """

    wires: int
    gates: tuple[Gate, ...]
    weight_count: int

    def __post_init__(self) -> None:
        """Refuses gates that reach beyond the circuit: interpreters, machine code among them, follow every index."""
        whole_number("wires", self.wires, 1, MOST_WIRES)
        whole_number("weight_count", self.weight_count, 0)
        there = {"feature": self.wires, "weight": self.weight_count}
        for number, gate in enumerate(instance("gates", self.gates, tuple)):
            instance(f"gates[{number}]", gate, Gate)
            if len(set(gate.wires)) != len(gate.wires) or not all(0 <= wire < self.wires for wire in gate.wires):
                raise InputError(
                    f"gates[{number}]", f"acts on the wires {gate.wires}", f"on wires 0 to {self.wires - 1}"
                )
            if not all(0 <= source.index < there.get(source.kind, 0) for source in gate.angles):
                taken = ", ".join(f"{source.kind} {source.index}" for source in gate.angles)
                allowed = f"features 0 to {self.wires - 1} or weights 0 to {self.weight_count - 1}"
                raise InputError(f"gates[{number}]", f"takes {taken}", allowed)

    @property
    def is_real(self) -> bool:
        """True if the amplitudes stay real, so that half the arithmetic is enough."""
        return all(gate.kind != "Rot" for gate in self.gates)
