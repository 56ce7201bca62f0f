"""Surfaces out of noise: soft clouds, colour ramps and light falling on relief, as arrays of picture size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.palette import Colour

SIZE = (320, 240)  # a finished picture, width and height
SCALE = 2  # insects are drawn this many times larger and then reduced, which smooths every edge
CANVAS = (SIZE[0] * SCALE, SIZE[1] * SCALE)


def clouds(dice: Dice, across: int, down: int) -> np.ndarray:
    """Returns smooth noise of 0..1 with so many cells across and down, shape (240, 320)."""
    small = Image.fromarray(dice.grid(across + 2, down + 2))
    return np.asarray(small.resize(SIZE, Image.Resampling.BICUBIC), np.float32) / 255


def fractal(dice: Dice, across: int, down: int, octaves: int = 3, fade: float = 0.5) -> np.ndarray:
    """Returns clouds at doubling fineness laid over each other, stretched to 0..1."""
    total = np.zeros((SIZE[1], SIZE[0]), np.float32)
    for octave in range(octaves):
        total += fade**octave * clouds(dice, across << octave, down << octave)
    return stretched(total)


def stretched(values: np.ndarray) -> np.ndarray:
    """Returns the values moved and scaled to fill 0..1."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low + 1e-6)


def ramp(values: np.ndarray, colours: Sequence[Colour]) -> np.ndarray:
    """Returns each value of 0..1 as a colour between the given ones, shape (..., 3), float32 of 0..255."""
    stops = np.linspace(0, 1, len(colours))
    steps = np.linspace(0, 1, 256)
    table = np.stack([np.interp(steps, stops, [c[i] for c in colours]) for i in range(3)], axis=1)
    return np.take(table.astype(np.float32), (np.clip(values, 0, 1) * 255).astype(np.uint8), axis=0)


def relief(height: np.ndarray, strength: float, reach: int = 1) -> np.ndarray:
    """Returns how light from the upper left falls on a height map: a factor about 1, shape (h, w, 1)."""
    slope = height - np.pad(height, ((reach, 0), (reach, 0)), mode="edge")[:-reach, :-reach]
    return np.clip(1 + strength * slope, 0.35, 1.7)[..., None]


def coordinates() -> tuple[np.ndarray, np.ndarray]:
    """Returns the x (1, 320) and y (240, 1) of every pixel of a finished picture."""
    return np.arange(SIZE[0], dtype=np.float32)[None, :], np.arange(SIZE[1], dtype=np.float32)[:, None]


def blend(under: np.ndarray, over: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Returns `over` laid on `under` where share (h, w) is 1."""
    return under + (over - under) * np.clip(share, 0, 1)[..., None]


def to_canvas(pixels: np.ndarray) -> Image.Image:
    """Returns an array of picture size as an image of canvas size (twice as wide and high)."""
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return picture.resize(CANVAS, Image.Resampling.BILINEAR)
