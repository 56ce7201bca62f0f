"""The gates as languages without PennyLane's Rot know them: h, ry, rz and cx, with plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qtl_core.network.binding import Numbers, bind
from qtl_core.network.gates import Circuit


def decimal(number: float, digits: int = 17) -> str:
    """Returns a number without an exponent, which OpenQASM 2 and Quirk do not all take: "0.25", "-3.0"."""
    text = f"{number:.{digits}f}".rstrip("0")
    text = f"{text}0" if text.endswith(".") else text
    return "0.0" if text == "-0.0" else text


def decimals(numbers: Iterable[float]) -> str:
    """Returns numbers with commas between them."""
    return ", ".join(map(decimal, numbers))


Step = tuple[str, tuple[float, ...], tuple[int, ...]]  # name, angles in radians, wires


def steps(circuit: Circuit, angles: Numbers, weights: Numbers) -> Iterator[Step]:
    """Yields every gate in the order they act; Rot(a, b, c) as rz(a), ry(b), rz(c)."""
    for gate in bind(circuit, angles, weights):
        if gate.kind == "Rot":
            turns = zip(("rz", "ry", "rz"), gate.angles, strict=True)
            yield from ((name, (angle,), gate.wires) for name, angle in turns)
        else:
            yield {"H": "h", "RY": "ry", "CNOT": "cx"}[gate.kind], gate.angles, gate.wires
