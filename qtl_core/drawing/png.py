"""The circuit as a PNG on paper, for slides and documents; twice the size of the SVG, so that it stays sharp."""

from __future__ import annotations

import io
from collections.abc import Collection

from PIL import Image, ImageDraw

from qtl_core.drawing.font import font_of
from qtl_core.drawing.palette import FAINT, INK, PALETTE, PAPER, Palette, label_on
from qtl_core.drawing.scene import DOT, TARGET, TILE_HEIGHT, TILE_WIDTH, TOP, Band, Link, Tile, scene_of
from qtl_core.network.binding import Numbers
from qtl_core.network.gates import Circuit

SCALE = 2
WIDEST = 16_000  # a wider scene is painted at its own size: at twice that it would take half a gigabyte


def draw_png(
    circuit: Circuit,
    angles: Numbers,
    weights: Numbers,
    before: Numbers | None = None,
    folded: Collection[int] = (),
    palette: Palette = PALETTE,
) -> bytes:
    """Returns the drawing as the content of a PNG file; arguments as for `draw_svg`."""
    scene = scene_of(circuit, angles, weights, before, folded)
    scale = SCALE if scene.width <= WIDEST else 1
    image = Image.new("RGB", (round(scene.width * scale), round(scene.height * scale)), PAPER)
    painter = _Painter(image, palette, scale)
    for x1, x2, y in scene.wires:
        painter.line(x1, y, x2, y, INK)
    for x, y, name in scene.names:
        painter.words(x - 8, y, name, 12, INK)
    for band in scene.bands:
        painter.band(band, scene.height)
    for link in scene.links:
        painter.link(link)
    for tile in scene.tiles:
        painter.tile(tile)
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


class _Painter:
    """Paints on an image in the scene's coordinates."""

    def __init__(self, image: Image.Image, palette: Palette, scale: int) -> None:
        self.draw, self.palette, self.scale = ImageDraw.Draw(image), palette, scale
        self.fonts = {size: font_of(size * self.scale) for size in (9, 12)}

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> None:
        self.draw.line(
            [x1 * self.scale, y1 * self.scale, x2 * self.scale, y2 * self.scale], colour, round(width * self.scale)
        )

    def words(self, x: float, y: float, text: str, size: int, colour: str) -> None:
        self.draw.text((x * self.scale, y * self.scale), text, colour, self.fonts[size], anchor="mm")

    def disc(self, x: float, y: float, radius: float) -> None:
        box = [
            (x - radius) * self.scale,
            (y - radius) * self.scale,
            (x + radius) * self.scale,
            (y + radius) * self.scale,
        ]
        self.draw.ellipse(box, self.palette["entangling"], INK, self.scale)

    def band(self, band: Band, height: float) -> None:
        self.words((band.left + band.right) / 2, TOP / 2, band.section.title, 12, INK)
        self.line(band.right, TOP / 2, band.right, height, FAINT, 0.5)

    def link(self, link: Link) -> None:
        x, y, arm = link.x, link.target_y, TARGET - 3
        self.line(x, link.control_y, x, y, INK)
        self.disc(x, link.control_y, DOT)
        self.disc(x, y, TARGET)
        self.line(x - arm, y, x + arm, y, "#FFFFFF", 2)
        self.line(x, y - arm, x, y + arm, "#FFFFFF", 2)

    def tile(self, tile: Tile) -> None:
        family = tile.box.family
        strength = 0.15 if family == "folded" else tile.strength
        half_width, half_height = TILE_WIDTH / 2, TILE_HEIGHT / 2
        box = [tile.x - half_width, tile.y - half_height, tile.x + half_width, tile.y + half_height]
        fill = _mixed(self.palette.get(family, FAINT), strength)
        self.draw.rounded_rectangle([edge * self.scale for edge in box], 4 * self.scale, fill, INK, self.scale)
        colour = label_on(family, tile.strength) or INK
        self.words(tile.x, tile.y - (6 if tile.caption else 0), tile.box.label, 12, colour)
        if tile.caption:
            self.words(tile.x, tile.y + 9, tile.caption, 9, colour)


def _mixed(colour: str, strength: float) -> tuple[int, ...]:
    """A colour laid over paper with this opacity."""
    above, below = (bytes.fromhex(each[1:]) for each in (colour, PAPER))
    return tuple(round(strength * top + (1 - strength) * ground) for top, ground in zip(above, below, strict=True))
