"""A chart painted: as the text of an SVG file, and as a PNG at twice its size, on paper."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import cycle, pairwise

from PIL import Image, ImageDraw

from qtl_core.drawing.charts.chart import Chart
from qtl_core.drawing.charts.scene import MARK, SYMBOLS, Mark, Point, Stroke, scene_of
from qtl_core.drawing.font import font_of
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
        font = font_of(words.size * SCALE)
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


_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that no XML may hold


def chart_svg(chart: Chart) -> str:
    """Returns the chart as SVG."""
    return "\n".join(_lines(chart))


def _lines(chart: Chart) -> Iterator[str]:
    scene = scene_of(chart)
    size = f'width="{scene.width:g}" height="{scene.height:g}" viewBox="0 0 {scene.width:g} {scene.height:g}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" role="img" font-family="sans-serif" {size}>'
    yield f"<title>{_text(scene.title)}</title>"
    yield f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    for stroke in scene.strokes:
        dash = f' stroke-dasharray="{" ".join(map(str, stroke.dash))}"' if stroke.dash else ""
        yield (
            f'<polyline points="{_points(stroke.points)}" fill="none" stroke="{stroke.colour}" '
            f'stroke-width="{stroke.width:g}"{dash}/>'
        )
    yield from map(_mark, scene.marks)
    for words in scene.words:
        place = f'x="{words.x:.1f}" y="{words.y:.1f}" text-anchor="{words.anchor}" dominant-baseline="central"'
        yield f'<text {place} font-size="{words.size}" fill="{INK}">{_text(words.text)}</text>'
    yield "</svg>"


def _mark(mark: Mark) -> str:
    if mark.symbol == "circle":
        return f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{MARK}" fill="{mark.colour}"/>'
    outline = tuple((mark.x + MARK * x, mark.y + MARK * y) for x, y in SYMBOLS[mark.symbol])
    return f'<polygon points="{_points(outline)}" fill="{mark.colour}"/>'


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _text(text: str) -> str:
    return escape(_NO_XML.sub("", text))
