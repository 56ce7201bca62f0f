"""A layout measured in pixels: where every line, box, disc and word goes. Painters only choose how it looks."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from qtl_core.common.checks import instance
from qtl_core.drawing.gate_readings import GateReading, read_gates
from qtl_core.drawing.palette import strengths
from qtl_core.network.binding import Numbers
from qtl_core.network.diagram_layout import Box, DiagramLayout, Section, lay_out
from qtl_core.network.gates import Circuit

CELL, ROW = 50, 46  # a column's width, the distance of two wires
TILE_WIDTH, TILE_HEIGHT = 40, 36
LEFT, TOP, RIGHT, BOTTOM = 32, 44, 12, 8
NARROWEST = 80  # of a section whose title must fit: "measurement"
DOT, TARGET = 5, 10  # radii of a CNOT's two ends


@dataclass(frozen=True)
class Tile:
    """A box with its centre, a label, a smaller caption below it, and how strong its colour is (0 to 1)."""

    box: Box
    x: float
    y: float
    caption: str
    strength: float


@dataclass(frozen=True)
class Link:
    """A CNOT: a dot at the control, a crossed disc at the target, a line between."""

    box: Box
    x: float
    control_y: float
    target_y: float


@dataclass(frozen=True)
class Band:
    """A section's title and its extent from left to right."""

    section: Section
    left: float
    right: float


@dataclass(frozen=True)
class Scene:
    """Everything there is to paint. `wires` are horizontal segments (x1, x2, y) that leave the boxes free."""

    width: float
    height: float
    wires: tuple[tuple[float, float, float], ...]
    names: tuple[tuple[float, float, str], ...]
    tiles: tuple[Tile, ...]
    links: tuple[Link, ...]
    bands: tuple[Band, ...]


def scene_of(
    circuit: Circuit, angles: Numbers, weights: Numbers, before: Numbers | None, folded: Collection[int]
) -> Scene:
    """Returns the scene of a circuit with these angles; arguments as for `svg.draw_svg`."""
    instance("circuit", circuit, Circuit)
    usual = [0.0] * circuit.weight_count  # without a "before", strength shows how far from no turn at all
    return measure(lay_out(circuit, folded), read_gates(circuit, angles, weights, usual if before is None else before))


def measure(layout: DiagramLayout, readings: Sequence[GateReading], of_picture: bool = False) -> Scene:
    """Returns the scene of a layout whose gates read as given; the strongest colour marks the gate turned most.

    Args:
        layout: What stands where.
        readings: What there is to say of every gate.
        of_picture: Whether the embedding gates have the angles of one picture, which are then written on them.
    """
    bands, centres = _columns(layout)
    strong = strengths({index: reading.turned for index, reading in enumerate(readings) if reading.is_trained})
    tiles, links = [], []
    for box in layout.boxes:
        x, ys = centres[box.column], [wire_y(wire) for wire in box.wires]
        if len(ys) == 2:
            links.append(Link(box, x, *ys))
        else:
            strength = 1.0 if box.gate is None else strong.get(box.gate, 1.0)
            tiles.append(Tile(box, x, ys[0], _caption(box, readings, of_picture), strength))
    right = bands[-1].right
    wires = tuple(segment for wire in range(layout.wires) for segment in _segments(wire, tiles, right))
    names = tuple((LEFT - 10, wire_y(wire), f"q{wire}") for wire in range(layout.wires))
    height = TOP + layout.wires * ROW + BOTTOM
    return Scene(right + RIGHT, height, wires, names, tuple(tiles), tuple(links), tuple(bands))


def wire_y(wire: int) -> float:
    """Returns the height of a wire, from the top."""
    return TOP + (wire + 0.5) * ROW


def _columns(layout: DiagramLayout) -> tuple[list[Band], list[float]]:
    """Returns the sections' extents and the centre of every column."""
    bands, centres, left = [], [], float(LEFT)
    for section in layout.sections:
        width = max(section.columns * CELL, CELL if section.folded else NARROWEST)
        margin = (width - section.columns * CELL) / 2
        centres += [left + margin + (column + 0.5) * CELL for column in range(section.columns)]
        bands.append(Band(section, left, left + width))
        left += width
    return bands, centres


def _segments(wire: int, tiles: Sequence[Tile], right: float) -> Iterator[tuple[float, float, float]]:
    start, y = float(LEFT), wire_y(wire)
    for x in sorted(tile.x for tile in tiles if tile.box.wires == (wire,)):
        yield start, x - TILE_WIDTH / 2, y
        start = x + TILE_WIDTH / 2
    yield start, right, y


def _caption(box: Box, readings: Sequence[GateReading], of_picture: bool) -> str:
    """An angle's worth where there is one; an embedding's by its number where it is that of any picture."""
    if box.gate is None:
        return ""
    reading = readings[box.gate]
    if box.family == "embedding" and not of_picture:
        return f"φ{reading.gate.angles[0].index}"
    # adding 0 makes a rounded "-0.0" a plain 0
    return f"{round(math.degrees(reading.now[0]), 1) + 0.0:.1f}°".replace("-", "−") if len(reading.now) == 1 else ""
