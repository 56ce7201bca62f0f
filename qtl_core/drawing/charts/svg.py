"""A chart as the text of an SVG file, on paper, so that it reads in a light and in a dark surrounding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from qtl_core.drawing.charts.records import Chart
from qtl_core.drawing.charts.scene import MARK, SYMBOLS, Mark, Point, scene_of
from qtl_core.drawing.palette import INK, PAPER

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
