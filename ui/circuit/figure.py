"""The circuit as a Plotly figure, painted from the same scene as the SVG: one trace for all that looks alike.

Colours are mixed with transparency, and neither wires nor boxes need a ground behind them, so it suits any theme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import plotly.graph_objects as go

from qtl_core.drawing.gate_readings import GateReading
from qtl_core.drawing.palette import FAINT, label_on
from qtl_core.drawing.scene import DOT, TARGET, TILE_HEIGHT, TOP, Scene, Tile, measure
from qtl_core.network.diagram_layout import DiagramLayout
from ui.base.theme import ENTANGLING, GATE_FAMILIES, HARMS, HELPS, WRONG, plotly_layout
from ui.circuit.gate_text import hover_text

LABELS = {"measurement": "The mean of measuring this qubit in Z: 1 is always 0, −1 is always 1."}
FOLDED_HOVER = "A layer that is folded: choose it above to see its gates."
FOLDED_STRENGTH = 0.15
OVERLAY_STRENGTH = 0.6  # at most: letters in the reader's own colour stay readable on it


@dataclass(frozen=True)
class GateOverlay:
    """The importance of a gate, as the diagram shows it.

    Attributes:
        strength: From -1, the most harmful, to 1, the most helpful.
        caption: The figure on it.
        words: What is said where the pointer rests.
    """

    strength: float
    caption: str
    words: str


def circuit_figure(
    layout: DiagramLayout,
    readings: Sequence[GateReading],
    chosen: int | None = None,
    ink: str | None = None,
    overlay: Mapping[int, GateOverlay] | None = None,
    *,
    of_picture: bool = False,
) -> go.Figure:
    """Draws a circuit at a fixed size in pixels; whoever shows it lets it scroll.

    Args:
        layout: What stands where.
        readings: What there is to say of every gate.
        chosen: The gate to mark, by its position in the gate list.
        ink: The reader's text colour; Streamlit's grey, too faint for small letters, where it is not known.
        overlay: What each gate contributes, where the colours are to show that, and not how far training turned it.
        of_picture: Whether the readings are those of one picture, whose angles are then written on the gates.
    """
    scene, said = measure(layout, readings, of_picture), [hover_text(reading) for reading in readings]
    if overlay:
        scene = replace(scene, tiles=tuple(_with_overlay(tile, overlay) for tile in scene.tiles))
        said = [f"{words}<br><b>{overlay[gate].words}</b>" for gate, words in enumerate(said)]
    boxes = _overlay_tiles(scene, said, overlay) if overlay else _tiles(scene, said)
    traces = [_lines(scene), _dividers(scene), _names(scene), *boxes, *_links(scene, said, overlay)]
    if chosen is not None:
        traces.append(_ring(scene, chosen))
    ink_only = {"color": ink} if ink else {}
    font = {"font": ink_only}
    axis = {"visible": False, "fixedrange": True}
    return go.Figure(
        traces,
        plotly_layout(
            width=scene.width,
            height=scene.height,
            hovermode="closest",
            showlegend=False,
            dragmode=False,
            margin={"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
            hoverlabel={"align": "left"} | font,
            font=ink_only,
            xaxis=axis | {"range": [0, scene.width]},
            yaxis=axis | {"range": [scene.height, 0]},
        ),
    )


def _lines(scene: Scene) -> go.Scatter:
    across = [(x1, x2, None, y, y, None) for x1, x2, y in scene.wires]
    down = [(link.x, link.x, None, link.control_y, link.target_y, None) for link in scene.links]
    return _strokes(across + down, {"color": FAINT, "width": 1.5})


def _dividers(scene: Scene) -> go.Scatter:
    ends = [(band.right, band.right, None, TOP / 2, scene.height, None) for band in scene.bands[:-1]]
    return _strokes(ends, {"color": FAINT, "width": 0.5, "dash": "dot"})


def _strokes(segments: Sequence[tuple[float | None, ...]], line: dict[str, object]) -> go.Scatter:
    x = [value for segment in segments for value in segment[:3]]
    y = [value for segment in segments for value in segment[3:]]
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _names(scene: Scene) -> go.Scatter:
    titles = [((band.left + band.right) / 2, TOP / 2 - 8, band.section.title) for band in scene.bands]
    x, y, words = zip(*titles, *((x - 8, y, name) for x, y, name in scene.names), strict=True)
    return go.Scatter(x=x, y=y, text=words, mode="text", textfont={"size": 12}, hoverinfo="skip")


def _with_overlay(tile: Tile, overlay: Mapping[int, GateOverlay]) -> Tile:
    return tile if tile.box.gate is None else replace(tile, caption=overlay[tile.box.gate].caption)


def _tiles(scene: Scene, said: Sequence[str]) -> list[go.Scatter]:
    """One trace a colour of label: a trace's text has one colour, or the theme's where none is given."""

    def ink(tile: Tile) -> str:
        return label_on(tile.box.family, tile.strength) or ""

    groups = groupby(sorted(scene.tiles, key=ink), ink)
    return [
        _tile_trace(tiles := list(group), [_fill(tile) for tile in tiles], colour, said) for colour, group in groups
    ]


def _overlay_tiles(scene: Scene, said: Sequence[str], overlay: Mapping[int, GateOverlay]) -> list[go.Scatter]:
    fills = [_overlay_fill(None if (gate := tile.box.gate) is None else overlay.get(gate)) for tile in scene.tiles]
    return [_tile_trace(list(scene.tiles), fills, "", said)]


def _tile_trace(tiles: list[Tile], fills: list[str], colour: str, said: Sequence[str]) -> go.Scatter:
    return go.Scatter(
        x=[tile.x for tile in tiles],
        y=[tile.y for tile in tiles],
        mode="markers+text",
        text=[
            f"{tile.box.label}<br><span style='font-size:9px'>{tile.caption}</span>" if tile.caption else tile.box.label
            for tile in tiles
        ],
        textfont={"size": 12} | ({"color": colour} if colour else {}),
        marker={
            "symbol": "square",
            "size": TILE_HEIGHT + 3,
            "color": fills,
            "opacity": 1,
            "line": {"color": FAINT, "width": 1},
        },
        customdata=[[tile.box.gate] for tile in tiles],
        hovertext=[_said_of(tile, said) for tile in tiles],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _links(scene: Scene, said: Sequence[str], overlay: Mapping[int, GateOverlay] | None) -> list[go.Scatter]:
    """Controls and targets; both answer the pointer."""
    looks = {"control_y": ("circle", 2 * DOT, FAINT), "target_y": ("circle-cross", 2 * TARGET, "#FFFFFF")}
    gates = [link.box.gate for link in scene.links if link.box.gate is not None]  # all: only what is folded has none
    colours = [_overlay_fill(overlay[gate], 1.0) for gate in gates] if overlay else ENTANGLING
    return [
        go.Scatter(
            x=[link.x for link in scene.links],
            y=[getattr(link, end) for link in scene.links],
            mode="markers",
            marker={
                "symbol": symbol,
                "size": size,
                "color": colours,
                "opacity": 1,
                "line": {"color": FAINT if overlay else edge, "width": 1.5},
            },
            customdata=[[gate] for gate in gates],
            hovertext=[said[gate] for gate in gates],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        for end, (symbol, size, edge) in looks.items()
    ]


def _ring(scene: Scene, chosen: int) -> go.Scatter:
    """A frame around the chosen gate, above and below a CNOT; nothing where its layer is folded."""
    spots = [(tile.x, tile.y) for tile in scene.tiles if tile.box.gate == chosen]
    spots += [(link.x, y) for link in scene.links if link.box.gate == chosen for y in (link.control_y, link.target_y)]
    marker = {"symbol": "square-open", "size": TILE_HEIGHT + 7, "color": WRONG, "line": {"width": 3}}
    return go.Scatter(x=[x for x, _ in spots], y=[y for _, y in spots], mode="markers", marker=marker, hoverinfo="skip")


def _said_of(tile: Tile, said: Sequence[str]) -> str:
    if tile.box.gate is not None:
        return said[tile.box.gate]
    return LABELS.get(tile.box.family, FOLDED_HOVER)


def _fill(tile: Tile) -> str:
    """A family's colour, as see-through as the gate is weak."""
    strength = FOLDED_STRENGTH if tile.box.family == "folded" else tile.strength
    return _see_through(GATE_FAMILIES.get(tile.box.family, FAINT), strength)


def _overlay_fill(overlay: GateOverlay | None, most: float = OVERLAY_STRENGTH) -> str:
    """Green for what helps, red for what is in the way, as see-through as it matters little; grey for no gate."""
    if overlay is None:
        return _see_through(FAINT, FOLDED_STRENGTH)
    return _see_through(HELPS if overlay.strength > 0 else HARMS, most * abs(overlay.strength))


def _see_through(colour: str, strength: float) -> str:
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgba({red}, {green}, {blue}, {strength:.3f})"
