"""Pictures of more than 8 bits a sample, shown in 8 by the rule of `levels`, a band of rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from qtl_core.datasets.decoding.levels import Levels, levels_of

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
