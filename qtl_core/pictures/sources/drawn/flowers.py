"""Flowers: petals in two rings round a domed heart."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from qtl_core.pictures.sources.drawn.brush import Point, Skin, ellipsoid
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.palette import HEARTS, PETALS, lighter, mix
from qtl_core.pictures.sources.drawn.texture import SCALE, SIZE, blend, coordinates, ramp


def flower(dice: Dice, canvas: Image.Image, centre: Point, radius: float) -> None:
    """Paints a flower seen from above or aslant on the canvas: two rings of petals round a domed heart.

    Args:
        dice: Decides petals, colours and tilt.
        canvas: RGBA, painted on.
        centre: Its middle, in pixels of the finished picture.
        radius: Its petals' length, in pixels of the finished picture.
    """
    squash, reach = dice.between(0.7, 1.0), math.ceil(radius) + 2
    left, top = max(0, round(centre[0]) - reach), max(0, round(centre[1]) - reach)
    right, bottom = min(SIZE[0], round(centre[0]) + reach), min(SIZE[1], round(centre[1]) + reach)
    x, y = coordinates()
    dx, dy = x[:, left:right] - centre[0], (y[top:bottom] - centre[1]) / squash
    pixels, cover = _petals(dice, np.hypot(dx, dy), np.arctan2(dy, dx), radius)
    patch = np.concatenate([np.clip(pixels, 0, 255), cover[..., None] * 255], axis=2).astype(np.uint8)
    large = Image.fromarray(patch).resize(((right - left) * SCALE, (bottom - top) * SCALE), Image.Resampling.BILINEAR)
    canvas.alpha_composite(large, (left * SCALE, top * SCALE))
    _heart(dice, canvas, centre, radius * dice.between(0.2, 0.4), squash)


def _petals(dice: Dice, far: np.ndarray, turn: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Two rings of petals, the front one over the gaps of the other: colours (h, w, 3) and cover (h, w) of 0..1."""
    spin, colours, narrow = dice.between(0, math.tau), dice.pick(PETALS), dice.between(0.82, 1.0)
    petals = dice.pick((5, 8, 13, 21))
    pixels, cover = np.zeros((*far.shape, 3), np.float32), np.zeros(far.shape, np.float32)
    for ring, (scale, light) in enumerate(((1.0, 0.8), (0.93, 1.0))):
        place = ((turn + spin) / math.tau * petals + ring / 2) % petals
        lengths = np.array([dice.between(0.9, 1.0) for _ in range(petals)], np.float32)[place.astype(np.intp) % petals]
        side, out = (place % 1 - 0.5) * 2, far / (radius * scale * lengths)
        half = narrow * np.clip(np.sin(math.pi * np.clip(out, 0, 1) ** 1.6 * 0.97 + 0.09), 0, 1) ** 0.55
        half = np.maximum(half, np.where(out < 0.4, 0.9, 0))
        edge = (half - np.abs(side)) * np.maximum(far, 1) * math.pi / petals
        crease = 1 - 0.2 * side**2 - 0.05 * np.abs(np.sin(side * 9)) - 0.12 * np.exp(-((side / 0.12) ** 2))
        share = np.clip(np.minimum(edge, (1 - out) * radius), 0, 1)
        painted = ramp(0.12 + 0.85 * out, colours) * (crease * light)[..., None]
        pixels, cover = blend(pixels, painted, share), np.maximum(cover, share)
    return pixels / np.maximum(cover, 1e-3)[..., None], cover


def _heart(dice: Dice, canvas: Image.Image, centre: Point, radius: float, squash: float) -> None:
    """The flower's middle: a dome of florets in the golden-angle spiral in which they grow."""
    colours = dice.pick(HEARTS)
    middle, size = (centre[0] * SCALE, centre[1] * SCALE), radius * SCALE
    ellipsoid(canvas, middle, (size, size * squash), 0.0, Skin((colours[0], colours[1]), 0.0))
    pen = ImageDraw.Draw(canvas)
    count = 150
    for seed in range(count):
        out, turn = size * 0.97 * math.sqrt((seed + 0.5) / count), seed * 2.399963
        px, py = middle[0] + out * math.cos(turn), middle[1] + out * squash * math.sin(turn)
        tone = mix(colours[1], colours[2], dice.between(0, 0.6) + 0.4 * (middle[1] - py) / size)
        r = max(1, round(size * 0.055))
        x, y = round(px), round(py)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(*lighter(tone, -0.28), 255))
        pen.ellipse((x - r, y - r - 1, x + r - 1, y + r - 2), fill=(*tone, 255))
