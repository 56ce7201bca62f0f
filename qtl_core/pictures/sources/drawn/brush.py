"""The brushes: rounded bodies lit from one side, tapered strokes, soft shadows, on layers of canvas size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from qtl_core.pictures.sources.drawn.palette import Colour, lighter
from qtl_core.pictures.sources.drawn.texture import CANVAS, ramp

Point = tuple[float, float]
LIGHT = (-0.45, -0.6, 0.66)  # from the upper left, towards the viewer; one light for every picture


@dataclass(frozen=True)
class Skin:
    """The surface of a rounded body: colours along its axis (tail to front) and how it shines."""

    colours: tuple[Colour, ...]
    gloss: float = 0.4
    hard_bands: bool = False


def new_layer() -> Image.Image:
    """Returns an empty transparent layer."""
    return Image.new("RGBA", CANVAS, (0, 0, 0, 0))


def ellipsoid(layer: Image.Image, centre: Point, axes: Point, angle: float, skin: Skin, taper: float = 0.0) -> None:
    """Paints a lit egg.

    Args:
        layer: RGBA layer, painted on.
        centre: Its middle in canvas pixels.
        axes: Half its length and half its breadth, in canvas pixels.
        angle: Direction of its long axis in radians, 0 to the right, growing downwards.
        skin: Colours and shine.
        taper: -1..1; above 0 the front is broader than the tail.
    """
    box = _box(centre, axes, angle)
    if box is None:
        return
    along, across = _local(box, centre, axes, angle, taper)
    radius = np.sqrt(along**2 + across**2)
    depth = np.sqrt(np.clip(1 - radius**2, 0, 1))
    colour = _coloured(skin, along + 0.12 * across**2)
    shaded = _lit(colour, along, across, depth, angle, skin.gloss)
    alpha = np.clip((1 - radius) * min(axes) + 0.5, 0, 1) * 255
    patch = np.concatenate([np.clip(shaded, 0, 255), alpha[..., None]], axis=2).astype(np.uint8)
    layer.alpha_composite(Image.fromarray(patch), box[:2])


def _box(centre: Point, axes: Point, angle: float) -> tuple[int, int, int, int] | None:
    """The pixels an ellipse can touch, cut to the canvas; None where it lies wholly outside."""
    reach = max(axes) * 1.05
    half_w = math.hypot(reach * math.cos(angle), axes[1] * 1.4 * math.sin(angle)) + 2
    half_h = math.hypot(reach * math.sin(angle), axes[1] * 1.4 * math.cos(angle)) + 2
    left, top = max(0, round(centre[0] - half_w)), max(0, round(centre[1] - half_h))
    right, bottom = min(CANVAS[0], round(centre[0] + half_w)), min(CANVAS[1], round(centre[1] + half_h))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _local(
    box: tuple[int, int, int, int], centre: Point, axes: Point, angle: float, taper: float
) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of the box's pixels along and across the egg, 1 being its surface."""
    dx = np.arange(box[0], box[2], dtype=np.float32)[None, :] - centre[0]
    dy = np.arange(box[1], box[3], dtype=np.float32)[:, None] - centre[1]
    cos, sin = math.cos(angle), math.sin(angle)
    along = (dx * cos + dy * sin) / axes[0]
    across = (dy * cos - dx * sin) / axes[1]
    return along, across / np.clip(1 + taper * np.clip(along, -1, 1), 0.2, 2)


def _coloured(skin: Skin, along: np.ndarray) -> np.ndarray:
    """Colour by place along the body, (h, w, 3): in soft transitions or in bands."""
    share = np.clip((along + 1) / 2, 0, 0.999)
    if not skin.hard_bands:
        return ramp(share, skin.colours if len(skin.colours) > 1 else skin.colours * 2)
    place = share * len(skin.colours)
    band = np.floor(place)
    # Each band keeps its colour for most of its breadth and runs into the next at its end, like overlapping plates.
    soft = np.clip((place - band - 0.78) / 0.22, 0, 1)
    return ramp((band + soft) / max(1, len(skin.colours) - 1), skin.colours)


def _lit(
    colour: np.ndarray, along: np.ndarray, across: np.ndarray, depth: np.ndarray, angle: float, gloss: float
) -> np.ndarray:
    """The colour under LIGHT: diffuse light, a highlight, and a little light thrown back from below."""
    cos, sin = math.cos(angle), math.sin(angle)
    normal_x, normal_y = along * cos - across * sin, along * sin + across * cos
    facing = np.clip(normal_x * LIGHT[0] + normal_y * LIGHT[1] + depth * LIGHT[2], 0, 1)
    bounce = np.clip(normal_y, 0, 1) * (1 - depth) * 26
    shine = np.clip((facing - 0.72) / 0.28, 0, 1) ** 3 * (30 + 130 * gloss)
    return colour * (0.42 + 0.75 * facing)[..., None] + (bounce + shine * gloss)[..., None]


def stroke(layer: Image.Image, points: Sequence[Point], widths: Sequence[float], colour: Colour) -> None:
    """Paints a jointed line that changes breadth from point to point, with a lit upper edge."""
    pen = ImageDraw.Draw(layer)
    light = lighter(colour, 0.28)
    for start, end, first, last in zip(points, points[1:], widths, widths[1:], strict=False):
        pen.polygon(_taper(start, end, first, last), fill=(*colour, 255))
        _dot(pen, start, first / 2, colour)
        if first > 4:
            lit_start, lit_end = (start[0] - 1, start[1] - first * 0.2), (end[0] - 1, end[1] - last * 0.2)
            pen.line([_whole(lit_start), _whole(lit_end)], fill=(*light, 255), width=max(1, round(first * 0.22)))
    _dot(pen, points[-1], widths[-1] / 2, colour)


def _taper(start: Point, end: Point, first: float, last: float) -> list[tuple[int, int]]:
    """The four corners of a line that is `first` broad at its start and `last` at its end."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    nx, ny = -dy / length / 2, dx / length / 2
    corners = [
        (start[0] + nx * first, start[1] + ny * first),
        (end[0] + nx * last, end[1] + ny * last),
        (end[0] - nx * last, end[1] - ny * last),
        (start[0] - nx * first, start[1] - ny * first),
    ]
    return [_whole(corner) for corner in corners]


def _dot(pen: ImageDraw.ImageDraw, at: Point, radius: float, colour: Colour) -> None:
    x, y, r = round(at[0]), round(at[1]), max(0, round(radius))
    pen.ellipse((x - r, y - r, x + r, y + r), fill=(*colour, 255))


def _whole(point: Point) -> tuple[int, int]:
    """Whole pixels, so that no machine's floating point decides where an edge falls."""
    return round(point[0]), round(point[1])


def lay(under: Image.Image, layer: Image.Image, shadow: float, drop: Point, softness: float) -> None:
    """Lays a layer on an opaque picture (RGBA), with the soft shadow it throws.

    Args:
        under: The picture, painted on.
        layer: What is laid on it.
        shadow: How dark the shadow is, 0 none to 1 black.
        drop: Where the shadow falls, in canvas pixels right and down.
        softness: Radius of the shadow's blur in canvas pixels.
    """
    if shadow > 0:
        small = layer.getchannel("A").reduce(4)
        soft = small.filter(ImageFilter.GaussianBlur(softness / 4)).point(lambda value: round(value * shadow))
        mask = Image.new("L", CANVAS, 0)
        mask.paste(soft.resize(CANVAS, Image.Resampling.BILINEAR), (round(drop[0]), round(drop[1])))
        under.paste((18, 14, 22), (0, 0), mask)
    under.alpha_composite(layer)
