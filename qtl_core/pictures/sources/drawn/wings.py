"""Clear wings with veins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image, ImageDraw

from qtl_core.pictures.sources.drawn.anatomy import Pose
from qtl_core.pictures.sources.drawn.brush import Point
from qtl_core.pictures.sources.drawn.palette import Colour, lighter, mix


def wing(
    layer: Image.Image, pose: Pose, root: Point, angle: float, span: float, tint: Colour, opacity: float = 0.42
) -> None:
    """Paints a clear wing with veins: root in body lengths, angle on the body, span in body lengths."""
    outline = [_wing_point(pose, root, angle, span, along, edge) for along, edge in _outline()]
    left, top = (math.floor(min(p[i] for p in outline)) - 2 for i in (0, 1))
    right, bottom = (math.ceil(max(p[i] for p in outline)) + 2 for i in (0, 1))
    patch = Image.new("RGBA", (right - left, bottom - top), (0, 0, 0, 0))
    pen = ImageDraw.Draw(patch)

    def shape(points: Sequence[Point]) -> list[tuple[int, int]]:
        return [(round(x - left), round(y - top)) for x, y in points]

    pen.polygon(shape(outline), fill=(*tint, round(255 * opacity)))
    sheen = [_wing_point(pose, root, angle, span, 0.2 + 0.7 * along, 0.5 * edge - 0.1) for along, edge in _outline()]
    pen.polygon(shape(sheen), fill=(*lighter(tint, 0.5), round(255 * opacity * 0.75)))
    dark = (*mix(tint, (52, 40, 34), 0.75), round(255 * min(1.0, opacity + 0.25)))
    width = max(1, round(pose.length * 0.006))
    pen.line(shape([*outline, outline[0]]), fill=dark, width=width)
    for vein in _VEINS:
        pen.line(shape([_wing_point(pose, root, angle, span, *place) for place in vein]), fill=dark, width=width)
    _composite(layer, patch, left, top)


def _outline() -> list[Point]:
    """The edge of a wing: (share of the span, breadth), along the front edge and back along the hind edge."""
    front = [(0.0, 0.0), (0.15, -0.05), (0.4, -0.1), (0.7, -0.15), (0.88, -0.14), (0.97, -0.08), (1.0, 0.0)]
    hind = [(0.97, 0.08), (0.86, 0.16), (0.68, 0.2), (0.45, 0.17), (0.25, 0.1), (0.1, 0.04)]
    return [*front, *hind]


_VEINS: tuple[tuple[Point, ...], ...] = (
    ((0.0, 0.0), (0.35, -0.03), (0.62, -0.1), (0.85, -0.1)),
    ((0.0, 0.0), (0.4, 0.04), (0.66, 0.05), (0.9, 0.02)),
    ((0.2, 0.02), (0.45, 0.11), (0.62, 0.16)),
    ((0.4, -0.04), (0.42, 0.04), (0.47, 0.12)),
    ((0.62, -0.1), (0.64, 0.05), (0.7, 0.16)),
)


def _wing_point(pose: Pose, root: Point, angle: float, span: float, along: float, edge: float) -> Point:
    """A place on a wing in canvas pixels; the front edge is the one towards the head."""
    side = 1 if angle >= 0 else -1
    x, y = span * along, span * edge * 1.15 * side
    cos, sin = math.cos(angle), math.sin(angle)
    straight = replace(pose, bend=0.0)  # wings do not follow a bent hind part: they grow from the trunk
    return straight.at(root[0] + x * cos - y * sin, root[1] + x * sin + y * cos)


def _composite(layer: Image.Image, patch: Image.Image, left: int, top: int) -> None:
    """Lays a patch that may hang over the layer's edges."""
    cut = (max(0, -left), max(0, -top), min(patch.width, layer.width - left), min(patch.height, layer.height - top))
    if cut[0] < cut[2] and cut[1] < cut[3]:
        layer.alpha_composite(patch.crop(cut), (left + cut[0], top + cut[1]))
