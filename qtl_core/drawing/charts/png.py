"""A chart as a PNG on paper, at twice the size of the SVG, so that it stays sharp."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise

from PIL import Image, ImageDraw, ImageFont

from qtl_core.drawing.charts.records import Chart
from qtl_core.drawing.charts.scene import MARK, SYMBOLS, Mark, Point, Stroke, scene_of
from qtl_core.drawing.palette import INK, PAPER

SCALE = 2
ANCHORS = {"start": "lm", "middle": "mm", "end": "rm"}  # Pillow's words for them


def chart_png(chart: Chart) -> bytes:
    """Returns the chart as the content of a PNG file."""
    scene = scene_of(chart)
    image = Image.new("RGB", (round(scene.width * SCALE), round(scene.height * SCALE)), PAPER)
    draw = ImageDraw.Draw(image)
    for stroke in scene.strokes:
        _paint(draw, stroke)
    for mark in scene.marks:
        _paint_mark(draw, mark)
    for words in scene.words:
        font = ImageFont.load_default(words.size * SCALE)
        draw.text((words.x * SCALE, words.y * SCALE), words.text, INK, font, anchor=ANCHORS[words.anchor])
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def dashes(points: Sequence[Point], dash: Sequence[float]) -> Iterator[tuple[Point, Point]]:
    """Cuts a line into the strokes of a dash pattern, which goes on around its corners."""
    lengths = cycle(dash)
    left, drawing = next(lengths), True
    for (x, y), end in pairwise(points):
        far = math.dist((x, y), end)
        gone = 0.0
        while far - gone > 1e-9:
            step = min(left, far - gone)
            places = [(x + (end[0] - x) * at / far, y + (end[1] - y) * at / far) for at in (gone, gone + step)]
            if drawing:
                yield places[0], places[1]
            gone, left = gone + step, left - step
            if left <= 1e-9:
                left, drawing = next(lengths), not drawing


def _paint(draw: ImageDraw.ImageDraw, stroke: Stroke) -> None:
    pieces = dashes(stroke.points, stroke.dash) if stroke.dash else [stroke.points]
    for piece in pieces:
        draw.line([(x * SCALE, y * SCALE) for x, y in piece], stroke.colour, round(stroke.width * SCALE), "curve")


def _paint_mark(draw: ImageDraw.ImageDraw, mark: Mark) -> None:
    x, y, half = mark.x * SCALE, mark.y * SCALE, MARK * SCALE
    if mark.symbol == "circle":
        draw.ellipse([x - half, y - half, x + half, y + half], mark.colour)
    else:
        draw.polygon([(x + half * right, y + half * down) for right, down in SYMBOLS[mark.symbol]], mark.colour)
