"""The scene of a picture: paints the background and says how an animal can stand in it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw

from qtl_core.pictures.sources.drawn import plants
from qtl_core.pictures.sources.drawn.brush import Point, Skin, ellipsoid
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.flowers import flower
from qtl_core.pictures.sources.drawn.grounds import SURFACES
from qtl_core.pictures.sources.drawn.palette import GROUNDS, lighter
from qtl_core.pictures.sources.drawn.texture import SCALE, SIZE, to_canvas


@dataclass(frozen=True)
class Scene:
    """A painted background and the places for animals.

    Attributes:
        canvas: RGBA, opaque, of canvas size.
        view: How an animal is seen here: from "above", from the "side" or "flying".
        spot: Where the main animal is, in canvas pixels.
        slope: Direction of what it stands on (seen from the side), in radians.
    """

    canvas: Image.Image
    view: str
    spot: Point
    slope: float = 0.0


def paint_scene(kind: str, dice: Dice) -> Scene:
    """Returns the scene of that kind: a surface's name, or "leaf", "flower", "twig", "sky" or "meadow"."""
    if kind == "flower":
        return _flower(dice)
    if kind == "twig":
        return _twig(dice)
    if kind in ("sky", "meadow"):
        return _air(kind, dice)
    pixels = plants.leaf(dice, plants.distance(dice)) if kind == "leaf" else SURFACES[kind](dice)
    canvas = to_canvas(pixels).convert("RGBA")
    if kind in ("sand", "soil", "stone"):
        _scatter(dice, canvas)
    if kind in ("sand", "soil", "bark", "stone") and dice.chance(0.35):
        _grass(dice, canvas, dice.whole(1, 4))
    return Scene(canvas, "above", _middle(dice))


def _flower(dice: Dice) -> Scene:
    under = plants.distance(dice) if dice.chance(0.6) else plants.leaf(dice, plants.distance(dice))
    canvas = to_canvas(under).convert("RGBA")
    if dice.chance(0.3):
        flower(dice, canvas, (dice.between(0, SIZE[0]), dice.between(0, SIZE[1])), dice.between(40, 70))
    centre = (dice.between(110, 210), dice.between(90, 150))
    flower(dice, canvas, centre, dice.between(80, 170))
    spot = (centre[0] + dice.between(-35, 35), centre[1] + dice.between(-30, 30))
    return Scene(canvas, "above", (spot[0] * SCALE, spot[1] * SCALE))


def _twig(dice: Dice) -> Scene:
    angle, height, breadth = dice.between(-0.45, 0.45), dice.between(140, 185), dice.between(9, 24)
    canvas = to_canvas(plants.twig(dice, plants.distance(dice), angle, height, breadth)).convert("RGBA")
    x = dice.between(-50, 50)
    y = height + x * math.tan(angle) - breadth * 0.9 / math.cos(angle)
    return Scene(canvas, "side", ((SIZE[0] / 2 + x) * SCALE, y * SCALE), angle)


def _air(kind: str, dice: Dice) -> Scene:
    canvas = to_canvas(plants.sky(dice) if kind == "sky" else plants.distance(dice)).convert("RGBA")
    if dice.chance(0.5):
        flower(dice, canvas, (dice.between(0, SIZE[0]), dice.between(190, 250)), dice.between(40, 75))
    if dice.chance(0.4):
        _grass(dice, canvas, dice.whole(1, 4))
    return Scene(canvas, "flying", _middle(dice))


def _middle(dice: Dice) -> Point:
    return dice.between(0.36, 0.64) * SIZE[0] * SCALE, dice.between(0.38, 0.62) * SIZE[1] * SCALE


def _scatter(dice: Dice, canvas: Image.Image) -> None:
    """Pebbles with small shadows."""
    pen = ImageDraw.Draw(canvas, "RGBA")
    for _ in range(dice.whole(2, 16)):
        x, y = dice.between(0, SIZE[0]) * SCALE, dice.between(0, SIZE[1]) * SCALE
        size = dice.between(3, 7) if dice.chance(0.75) else dice.between(9, 22)
        flat = size * dice.between(0.65, 0.95)
        pen.ellipse([round(v) for v in (x - size, y - flat + 4, x + size + 5, y + flat + 4)], fill=(20, 14, 12, 90))
        tone = lighter(dice.pick(GROUNDS[dice.pick(("sand", "stone"))])[1], dice.between(-0.3, 0.2))
        ellipsoid(canvas, (x, y), (size, flat), dice.between(-0.5, 0.5), Skin((lighter(tone, -0.15), tone), 0.1))


def _grass(dice: Dice, canvas: Image.Image, count: int) -> None:
    """Blades coming in from the lower or upper edge."""
    for _ in range(count):
        x, edge = dice.between(0, canvas.width), dice.pick((0, canvas.height))
        end = (x + dice.between(-160, 160), abs(edge - dice.between(90, 300)))
        plants.blade(dice, canvas, (x, edge), end, dice.between(14, 34))
