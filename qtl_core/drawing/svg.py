"""The circuit as an SVG that follows the reader's light or dark scheme, alone or on a page."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from qtl_core.drawing.palette import FAINT, PALETTE, Palette, label_on
from qtl_core.drawing.scene import DOT, TARGET, TILE_HEIGHT, TILE_WIDTH, TOP, Band, Link, Scene, Tile, scene_of
from qtl_core.network.binding import Numbers
from qtl_core.network.gates import Circuit

_STYLE = """<style>
.circuit { --ink: #20242E; --faint: #8A8D94; color: var(--ink); font: 12px sans-serif; }
@media (prefers-color-scheme: dark) { .circuit { --ink: #E9E7E1; } }
.circuit text { fill: currentColor; text-anchor: middle; dominant-baseline: central; }
.circuit line, .circuit rect, .circuit circle { stroke: currentColor; stroke-width: 1; }
.circuit .faint { stroke: var(--faint); stroke-dasharray: 3 4; }
.circuit .small { font-size: 9px; }
</style>"""


class Svg(str):
    """The text of an SVG file, which a notebook shows as the drawing it is."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)


def draw_svg(
    circuit: Circuit,
    angles: Numbers,
    weights: Numbers,
    before: Numbers | None = None,
    folded: Collection[int] = (),
    palette: Palette = PALETTE,
) -> Svg:
    """Returns the drawing as the text of an SVG file; a notebook shows it.

    Args:
        circuit: The gate list.
        angles: One picture's angles, shape (wires,), radians.
        weights: Trained angles, shape (weight_count,), radians.
        before: Trained angles before training: colours then show how far each was turned.
        folded: Layers, from 0, that are drawn as one column.
        palette: Colour of each family of gates.
    """
    return Svg("\n".join(_lines(scene_of(circuit, angles, weights, before, folded), palette)))


def _lines(scene: Scene, palette: Palette) -> Iterator[str]:
    size = f'width="{scene.width:g}" height="{scene.height:g}" viewBox="0 0 {scene.width:g} {scene.height:g}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="circuit" role="img" {size}><title>Quantum circuit</title>'
    yield _STYLE
    for x1, x2, y in scene.wires:
        yield f'<line x1="{x1:g}" y1="{y:g}" x2="{x2:g}" y2="{y:g}"/>'
    yield from (f'<text x="{x - 8:g}" y="{y:g}">{name}</text>' for x, y, name in scene.names)
    for band in scene.bands:
        yield from _band(band, scene.height)
    for link in scene.links:
        yield from _link(link, palette)
    for tile in scene.tiles:
        yield from _tile(tile, palette)
    yield "</svg>"


def _band(band: Band, height: float) -> Iterator[str]:
    middle = (band.left + band.right) / 2
    yield f'<text x="{middle:g}" y="{TOP / 2:g}">{band.section.title}</text>'
    yield f'<line class="faint" x1="{band.right:g}" y1="{TOP / 2:g}" x2="{band.right:g}" y2="{height:g}"/>'


def _link(link: Link, palette: Palette) -> Iterator[str]:
    colour, x, y = palette["entangling"], link.x, link.target_y
    yield f'<line x1="{x:g}" y1="{link.control_y:g}" x2="{x:g}" y2="{y:g}"/>'
    yield f'<circle cx="{x:g}" cy="{link.control_y:g}" r="{DOT}" fill="{colour}"/>'
    yield f'<circle cx="{x:g}" cy="{y:g}" r="{TARGET}" fill="{colour}"/>'
    arm = TARGET - 3
    cross = f"M{x - arm:g} {y:g}H{x + arm:g}M{x:g} {y - arm:g}V{y + arm:g}"
    yield f'<path d="{cross}" stroke="#FFFFFF" stroke-width="2"/>'


def _tile(tile: Tile, palette: Palette) -> Iterator[str]:
    left, top = tile.x - TILE_WIDTH / 2, tile.y - TILE_HEIGHT / 2
    family = tile.box.family
    fill = f'fill="{palette.get(family, FAINT)}" fill-opacity="{0.15 if family == "folded" else tile.strength:.2f}"'
    yield f'<rect x="{left:g}" y="{top:g}" width="{TILE_WIDTH}" height="{TILE_HEIGHT}" rx="4" {fill}/>'
    colour = label_on(family, tile.strength)
    style = f' style="fill: {colour}"' if colour else ""
    raised = 6 if tile.caption else 0
    yield f'<text x="{tile.x:g}" y="{tile.y - raised:g}"{style}>{tile.box.label}</text>'
    if tile.caption:
        yield f'<text class="small" x="{tile.x:g}" y="{tile.y + 9:g}"{style}>{tile.caption}</text>'
