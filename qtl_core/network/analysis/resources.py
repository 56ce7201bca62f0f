"""Counts of a circuit, read off its gate list: gates, depth, angles, and what each output can depend on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from qtl_core.network.gates import Circuit, Gate


@dataclass(frozen=True)
class LightCone:
    """The wires and gates that <Z> of one wire can depend on.

    It is the structural cone: nothing outside can change this output, whatever the angles. Something inside may still
    turn out not to, such as a turn about Z just before Z is measured.

    Attributes:
        wire: The wire that is measured.
        pictures: The wires whose picture's angle is in the cone, in order.
        gates: Gates in the cone.
        trained: Trained angles in the cone.
    """

    wire: int
    pictures: tuple[int, ...]
    gates: int
    trained: int


@dataclass(frozen=True)
class Counts:
    """The figures of a circuit.

    Attributes:
        kinds: Gates by kind, as (kind, gates), in the order in which the kinds first act.
        gates: All of them.
        two_qubit: Those on two wires.
        depth: Gates on the longest path from start to measurement: the moments in which all of them can act.
        trained: Trained angles.
        shifted: Circuits that the parameter-shift rule measures for the gradient of one picture: two for every angle
            of every gate, the picture's included, through which the layer before the circuit learns.
        cones: The light cone of every output.
    """

    kinds: tuple[tuple[str, int], ...]
    gates: int
    two_qubit: int
    depth: int
    trained: int
    shifted: int
    cones: tuple[LightCone, ...]


def count(circuit: Circuit) -> Counts:
    """Returns the figures of a circuit."""
    return Counts(
        kinds=tuple(Counter(gate.kind for gate in circuit.gates).items()),
        gates=len(circuit.gates),
        two_qubit=sum(len(gate.wires) == 2 for gate in circuit.gates),
        depth=_depth(circuit),
        trained=len(_sources(circuit.gates, "weight")),
        shifted=2 * sum(len(gate.angles) for gate in circuit.gates),
        cones=tuple(light_cone(circuit, wire) for wire in range(circuit.wires)),
    )


def light_cone(circuit: Circuit, wire: int) -> LightCone:
    """Returns what <Z> of a wire can depend on: from the measurement backwards, every gate met draws its wires in."""
    reached, inside = {wire}, []
    for gate in reversed(circuit.gates):
        if reached & set(gate.wires):
            reached |= set(gate.wires)
            inside.append(gate)
    pictures = tuple(sorted(_sources(inside, "feature")))
    return LightCone(wire, pictures, len(inside), len(_sources(inside, "weight")))


def _depth(circuit: Circuit) -> int:
    """A gate acts one moment after the last of those before it on its wires."""
    moments = [0] * circuit.wires
    for gate in circuit.gates:
        moment = 1 + max(moments[wire] for wire in gate.wires)
        for wire in gate.wires:
            moments[wire] = moment
    return max(moments)


def _sources(gates: list[Gate] | tuple[Gate, ...], kind: str) -> set[int]:
    return {source.index for gate in gates for source in gate.angles if source.kind == kind}
