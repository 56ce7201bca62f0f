"""The gates as languages without PennyLane's Rot know them: h, ry, rz and cx, with numbers for angles."""

from __future__ import annotations

from collections.abc import Iterator

from qtl_core.circuit import Circuit
from qtl_core.circuit.binding import Numbers, bind

Step = tuple[str, tuple[float, ...], tuple[int, ...]]  # name, angles in radians, wires


def steps(circuit: Circuit, angles: Numbers, weights: Numbers) -> Iterator[Step]:
    """Yields every gate in the order they act; Rot(a, b, c) as rz(a), ry(b), rz(c)."""
    for gate in bind(circuit, angles, weights):
        if gate.kind == "Rot":
            turns = zip(("rz", "ry", "rz"), gate.angles, strict=True)
            yield from ((name, (angle,), gate.wires) for name, angle in turns)
        else:
            yield {"H": "h", "RY": "ry", "CNOT": "cx"}[gate.kind], gate.angles, gate.wires
