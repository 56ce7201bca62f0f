"""Where the parts of a circuit end, on the walk through it."""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.circuit import Circuit
from qtl_core.drawing.layout import lay_out

NO_PICTURE_YET = (
    "superposition",
    "measurement",
)  # parts that end before the picture is in, or act on nothing


@dataclass(frozen=True)
class Milestone:
    """The end of a part of the circuit.

    Attributes:
        title: The part, such as "embedding" or "layer 1".
        steps: How many of `steps_of` have acted by then.
        layer: The layer, from 0, or None before the first.
    """

    title: str
    steps: int
    layer: int | None


def milestones(circuit: Circuit) -> tuple[Milestone, ...]:
    """Returns where the embedding ends, and then every layer."""
    sections = [section for section in lay_out(circuit).sections if section.title not in NO_PICTURE_YET]
    return tuple(Milestone(each.title, each.first + each.columns, each.layer) for each in sections)
