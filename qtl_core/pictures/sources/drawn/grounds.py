"""Surfaces that fill the picture: sand, stone, bark, soil, wood, cloth, honeycomb. Arrays (240, 320, 3) of 0..255.

To add one: write a painter `Dice -> array` and name it in SURFACES.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.palette import CLOTHS, GROUNDS, MOSSES
from qtl_core.pictures.sources.drawn.texture import blend, clouds, coordinates, fractal, ramp, relief, stretched


def sand(dice: Dice) -> np.ndarray:
    """Grains in soft dunes."""
    dunes = fractal(dice, dice.whole(3, 6), dice.whole(3, 7), 2)
    grains = clouds(dice, 210, 160) * 0.6 + clouds(dice, 110, 80) * 0.4
    height = 0.45 * dunes + 0.55 * grains
    return ramp(stretched(height), dice.pick(GROUNDS["sand"])) * relief(height, 0.9)


def stone(dice: Dice) -> np.ndarray:
    """Rough rock, sometimes with lichen."""
    height = fractal(dice, 5, 4, 6, 0.62)
    rock = ramp(height, dice.pick(GROUNDS["stone"])) * relief(height, 3.0)
    return _overgrown(rock, dice, 0.45)


def bark(dice: Dice) -> np.ndarray:
    """Ridges along the trunk, upright or lying, sometimes with moss."""
    ridges = fractal(dice, 26, 4, 3, 0.6) if dice.chance(0.6) else fractal(dice, 5, 18, 3, 0.6)
    height = stretched(np.abs(ridges - 0.5)) * 0.75 + 0.25 * clouds(dice, 120, 90)
    return _overgrown(ramp(height, dice.pick(GROUNDS["bark"])) * relief(height, 1.8, 2), dice, 0.5)


def soil(dice: Dice) -> np.ndarray:
    """Dark crumbs."""
    height = fractal(dice, 14, 10, 5, 0.75)
    return _overgrown(ramp(height, dice.pick(GROUNDS["soil"])) * relief(height, 2.6), dice, 0.25)


def wood(dice: Dice) -> np.ndarray:
    """Planed boards with grain and gaps."""
    x, y = coordinates()
    warp = fractal(dice, 3, 2, 2)
    rings = 0.5 + 0.5 * np.sin((y * dice.between(0.16, 0.3) + 26 * warp + 0.02 * x).astype(np.float32))
    height = 0.5 * rings + 0.3 * clouds(dice, 12, 120) + 0.2 * warp
    boards = ramp(stretched(height), dice.pick(GROUNDS["wood"])) * relief(height, 0.5)
    gap = np.abs((y + dice.between(0, 80)) % dice.between(80, 120) - 4)
    return boards * (1 - 0.75 * np.exp(-((gap / 2.2) ** 2)))[..., None]


def cloth(dice: Dice) -> np.ndarray:
    """A checked picnic cloth, lying at an angle, with its weave."""
    x, y = coordinates()
    ground, dye = (np.array(colour, np.float32) for colour in dice.pick(CLOTHS))
    angle, check = dice.between(-0.5, 0.5), dice.between(34, 60)
    u, v = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    # The distance to the nearest seam, in pixels, makes a soft edge out of "which check is this".
    along, across = (0.5 * np.clip(0.5 + (0.25 - np.abs((w / check) % 1 - 0.5)) * check, 0, 1) for w in (u, v))
    share = along + across
    folds = fractal(dice, 3, 2, 2)
    weave = 1 + 0.05 * np.sin(u * 2.2) * np.sin(v * 2.2)
    return (ground + (dye - ground) * share[..., None]) * relief(folds, 5.0, 3) * weave[..., None]


def comb(dice: Dice) -> np.ndarray:
    """Honeycomb: cells with bright rims, some filled."""
    x, y = coordinates()
    size, angle = dice.between(22, 36), dice.between(-0.4, 0.4)
    u = (x * math.cos(angle) + y * math.sin(angle)) / size
    v = (y * math.cos(angle) - x * math.sin(angle)) / (size * math.sqrt(3))
    first = ((u + 0.5) % 1 - 0.5) ** 2 + 3 * ((v + 0.5) % 1 - 0.5) ** 2
    second = (u % 1 - 0.5) ** 2 + 3 * (v % 1 - 0.5) ** 2
    rim = np.clip(np.minimum(first, second) / 0.33, 0, 1)  # 0 in the middle of a cell, 1 on its wall
    height = rim**2 + 0.12 * clouds(dice, 160, 120)
    fill = 0.3 * clouds(dice, 9, 7)
    return ramp(0.1 + 0.75 * rim**1.5 + fill, dice.pick(GROUNDS["comb"])) * relief(height, 1.2)


def _overgrown(ground: np.ndarray, dice: Dice, share: float) -> np.ndarray:
    """The surface with patches of moss or lichen on it, in the given share of cases."""
    if not dice.chance(share):
        return ground
    patches = fractal(dice, 4, 3, 4, 0.6)
    tufts = clouds(dice, 130, 100)
    moss = ramp(0.7 * tufts + 0.3 * patches, dice.pick(MOSSES)) * relief(tufts, 0.5)
    return blend(ground, moss, (patches + 0.12 * tufts - dice.between(0.6, 0.8)) * 6)


SURFACES: dict[str, Callable[[Dice], np.ndarray]] = {
    "sand": sand,
    "stone": stone,
    "bark": bark,
    "soil": soil,
    "wood": wood,
    "cloth": cloth,
    "comb": comb,
}
