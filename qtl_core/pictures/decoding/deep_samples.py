"""Pictures of more than 8 bits a sample, shown in 8 by one rule for every kind of file, a band of rows at a time.

Black and white of a picture, from all of its colour samples that are finite (`low` to `high`):

1. `low` is below zero: there is no agreed black or white; `low` is black and `high` is white.
2. Fractions with `high` up to 1: 0 is black and 1 is white, unless not even one of 255 steps would show (rule 5).
3. Whole numbers whose `high` reaches a quarter of what their type holds (16 bits: 65535), or that are all multiples of
   what 8 bits become when they are widened to it (16 bits: 257): 0 is black and the type's largest value is white.
4. `high` is within 8, 10, 12, 14 or 16 bits, as of cameras that store 12 bits in 16: 0 is black and the largest value
   of the smallest of these is white; for fractions only where `high` reaches a quarter of that.
5. Otherwise 0 is black and `high` is white.

In between values are scaled linearly and rounded. Plus infinity is white, minus infinity and NaN are black. A file's
tags for its largest value (MaxSampleValue, sBIT) are not asked: TIFF's is a statistic that viewers are told not to use,
and PNG's samples fill 16 bits whatever it says. Alpha is scaled by the same rule on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

USED_BITS = (8, 10, 12, 14, 16)


@dataclass(frozen=True)
class Levels:
    """The values that become 0 and 255."""

    black: float
    white: float

    def applied(self, samples: np.ndarray) -> np.ndarray:
        """Returns samples of any type and shape as uint8."""
        return self._table[samples] if samples.dtype == np.uint16 else self._calculated(samples)

    @cached_property
    def _table(self) -> np.ndarray:
        return self._calculated(np.arange(1 << 16))

    def _calculated(self, samples: np.ndarray) -> np.ndarray:
        halves = samples.astype(np.float64) / 2  # of the largest numbers there are, the difference would be infinite
        black, white = self.black / 2, self.white / 2
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = (halves - black) / ((white - black) or 0.5) * 255
        return np.nan_to_num(scaled.clip(0, 255), nan=0).round().astype(np.uint8)


def levels_of(bands: Iterable[np.ndarray], most: int = 0) -> Levels:
    """Returns what is black and white in a picture, given in bands of one type: see the rule at the top.

    Args:
        bands: All of the samples.
        most: The largest value that a whole number may have, where its type could hold more.
    """
    low, high, is_widened, kind = np.inf, -np.inf, True, np.dtype(np.uint8)
    for band in bands:
        kind = band.dtype
        finite = band if kind.kind in "iu" else band[np.isfinite(band)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
            is_widened = is_widened and _widened(finite)
    if low > high:
        return Levels(0, 1)  # not one is finite
    return _levels(low, high, kind.kind == "f", float(most or _largest(kind)), is_widened)


def _levels(low: float, high: float, is_fraction: bool, most: float, is_widened: bool) -> Levels:
    if low < 0:
        return Levels(low, high)
    if is_fraction and high <= 1:
        return Levels(0, 1 if high >= 1 / 255 else high or 1)
    if not is_fraction and (high >= most / 4 or is_widened):
        return Levels(0, most)
    fitting = next((2**bits - 1 for bits in USED_BITS if high < 2**bits), 0)
    return Levels(0, high if not fitting or (is_fraction and high < fitting / 4) else fitting)


def _largest(kind: np.dtype) -> int:
    return np.iinfo(kind).max if kind.kind in "iu" else 1


def _widened(samples: np.ndarray) -> bool:
    """Returns whether all are multiples of 257 (16 bits) or 16843009 (32 bits): a byte repeated."""
    most = _largest(samples.dtype) if samples.dtype.kind == "u" else 0
    return most > 255 and most % 255 == 0 and not (samples % (most // 255)).any()


BAND = 1 << 20  # pixels that are scaled together: some tens of megabytes
Bands = Callable[[], Iterator[np.ndarray]]  # begins anew at every call: all rows of a picture, (rows, width, channels)


@dataclass(frozen=True)
class Samples:
    """A picture of more than 8 bits a sample, as its file has it.

    Attributes:
        size: Width and height.
        bands: Reads its rows, a few megabytes at a time.
        colours: 1 for grey, 3 for RGB; channels behind them are alpha, or nothing that is shown.
        alpha: "straight", "premultiplied", or "" where it is seen through nowhere.
        transparent: The colour that is seen through, if there is one.
        is_inverted: Whether 0 is white.
        most: The largest value that a whole number may have, where its type could hold more.
    """

    size: tuple[int, int]
    bands: Bands
    colours: int
    alpha: str = ""
    transparent: tuple[int, ...] | None = None
    is_inverted: bool = False
    most: int = 0


def shown(samples: Samples) -> Image.Image:
    """Returns the picture in RGB, by the rule at the top."""
    count = samples.colours
    colour = levels_of((band[..., :count] for band in samples.bands()), samples.most)
    alpha = levels_of((band[..., count] for band in samples.bands()), samples.most) if samples.alpha else None
    image, top = Image.new("RGB", samples.size), 0
    for band in samples.bands():
        image.paste(Image.fromarray(_on_white(samples, band, colour, alpha)), (0, top))
        top += len(band)
    return image


def _on_white(samples: Samples, band: np.ndarray, colour: Levels, alpha: Levels | None) -> np.ndarray:
    stored = band[..., : samples.colours]
    rgb = colour.applied(stored)
    if samples.is_inverted:
        rgb = 255 - rgb
    if alpha is not None:
        opacity = alpha.applied(band[..., samples.colours, None]).astype(np.uint16)
        seen = rgb.astype(np.uint16) * (255 if samples.alpha == "premultiplied" else opacity)
        rgb = ((seen + (255 - opacity) * 255 + 127) // 255).clip(0, 255).astype(np.uint8)
    if samples.transparent is not None:
        rgb = np.where((stored == samples.transparent).all(axis=-1, keepdims=True), np.uint8(255), rgb)
    return np.ascontiguousarray(np.broadcast_to(rgb, (*rgb.shape[:2], 3)))
