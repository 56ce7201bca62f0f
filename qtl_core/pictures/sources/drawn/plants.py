"""Plants, but for flowers: leaves seen close, twigs, grass, and the soft distance behind them."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from qtl_core.pictures.sources.drawn.brush import Point
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.palette import FAR, LEAVES, PETALS, SKIES, lighter, mix
from qtl_core.pictures.sources.drawn.texture import SIZE, blend, clouds, coordinates, fractal, ramp, relief


def distance(dice: Dice) -> np.ndarray:
    """Foliage far out of focus, with round spots of light."""
    colours = dice.pick(FAR)
    soft = ramp(fractal(dice, 4, 3, 2), colours)
    spots = Image.new("L", (160, 120), 0)
    pen = ImageDraw.Draw(spots)
    for _ in range(dice.whole(4, 16)):
        x, y, r = dice.whole(0, 160), dice.whole(0, 120), dice.whole(4, 13)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=dice.whole(30, 110))
    glow = spots.filter(ImageFilter.GaussianBlur(1.5)).resize(SIZE, Image.Resampling.BILINEAR)
    light = np.array(lighter(dice.pick((*PETALS, colours))[-1], 0.3), np.float32)
    return blend(soft, light, np.asarray(glow, np.float32) / 255)


def sky(dice: Dice) -> np.ndarray:
    """A sky paling towards the horizon, with soft clouds."""
    x, y = coordinates()
    air = ramp(np.broadcast_to(y / SIZE[1], (SIZE[1], SIZE[0])) + 0 * x, dice.pick(SKIES))
    return blend(air, np.array((252, 250, 246), np.float32), (fractal(dice, 4, 4, 4) - dice.between(0.45, 0.7)) * 2)


def leaf(dice: Dice, under: np.ndarray) -> np.ndarray:
    """One leaf across the picture: midrib, side veins, a lit and a shaded half."""
    x, y = coordinates()
    angle = dice.between(-0.9, 0.9)
    dx, dy = x - dice.between(130, 190), y - dice.between(100, 140)
    along = dx * math.cos(angle) + dy * math.sin(angle)
    across = dy * math.cos(angle) - dx * math.sin(angle) + 0.0012 * dice.between(-1, 1) * along**2
    length, breadth = dice.between(190, 330), dice.between(90, 190)
    half = breadth * np.sqrt(np.clip(1 - (along / length) ** 2, 0, 1)) * (1 - 0.25 * along / length)
    gap = dice.between(24, 44)
    wave = ((along - 0.75 * np.abs(across)) / gap) % 1 - 0.5
    veins = np.exp(-((wave * gap / 2.0) ** 2)) * 0.7 + np.exp(-((across / 2.6) ** 2))
    bulge = 0.55 - 0.9 * wave**2 + 0.10 * np.sign(across) + 0.25 * clouds(dice, 7, 5) + 0.1 * clouds(dice, 120, 90)
    colours = dice.weighted({LEAVES[i]: (4, 4, 3, 3, 1)[i] for i in range(len(LEAVES))})
    green = blend(ramp(bulge - 0.1, colours), np.array(lighter(colours[-1], 0.25), np.float32), veins * 0.55)
    return blend(under * _near_shadow(np.abs(across) - half), green, half - np.abs(across))


def _near_shadow(outside: np.ndarray) -> np.ndarray:
    """A dark seam just outside an edge, for depth: outside is the distance beyond it."""
    return (1 - 0.45 * np.exp(-np.clip(outside, 0, None) / 14))[..., None]


def twig(dice: Dice, under: np.ndarray, angle: float, height: float, breadth: float) -> np.ndarray:
    """A round twig or stem across the picture, through its middle at the given height, in pixels."""
    x, y = coordinates()
    dx, dy = x - SIZE[0] / 2, y - height
    across = (dy * math.cos(angle) - dx * math.sin(angle)) / breadth
    rough = clouds(dice, 40, 60)
    green = dice.chance(0.45)
    colours = dice.pick(LEAVES[:4]) if green else _bark_colours(dice)
    round_light = np.clip(0.75 - 0.5 * across - 0.35 * across**2, 0.05, 1) + (0.08 if green else 0.3) * (rough - 0.5)
    edge = (1 + 0.06 * (rough - 0.5) - np.abs(across)) * breadth
    return blend(under, ramp(round_light, colours) * relief(rough, 0.2 if green else 0.9), edge)


def _bark_colours(dice: Dice) -> tuple[tuple[int, int, int], ...]:
    """Colours of a twig's bark."""
    tone = dice.pick(((120, 86, 58), (96, 82, 72), (146, 104, 70)))
    return lighter(tone, -0.6), tone, lighter(tone, 0.35)


def blade(dice: Dice, layer: Image.Image, start: Point, end: Point, breadth: float) -> None:
    """Paints a blade of grass or a narrow leaf from start to end (canvas pixels), bowed, with a light midrib."""
    colours = dice.pick(LEAVES[:4])
    bow = dice.between(-0.25, 0.25)
    spine, left, right = [], [], []
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    nx, ny = -dy / length, dx / length
    for step in range(17):
        t = step / 16
        off = bow * length * 4 * t * (1 - t)
        x, y = start[0] + dx * t + nx * off, start[1] + dy * t + ny * off
        half = breadth / 2 * math.sin(math.pi * t) ** 0.7 if 0 < t < 1 else 0
        spine.append((round(x), round(y)))
        left.append((round(x + nx * half), round(y + ny * half)))
        right.append((round(x - nx * half), round(y - ny * half)))
    pen = ImageDraw.Draw(layer)
    pen.polygon([*left, *reversed(spine)], fill=(*colours[1], 255))
    pen.polygon([*right, *reversed(spine)], fill=(*mix(colours[1], colours[2], 0.55), 255))
    pen.line(spine, fill=(*lighter(colours[2], 0.2), 255), width=max(1, round(breadth * 0.06)))
