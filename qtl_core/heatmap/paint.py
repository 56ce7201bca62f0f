"""A heat map laid over its picture. Brighter is always more, so that it can be read without seeing hues."""

from __future__ import annotations

import numpy as np

# From almost black over violet and orange to pale yellow, evenly brighter: five places of matplotlib's "inferno".
RAMP = np.array([[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 164]], dtype=float)


def is_blank(places: np.ndarray) -> bool:
    """Whether a map says nothing: no place is more than 0, or some are no numbers."""
    return not (np.isfinite(places).all() and places.max() > 0)


def blended(seen: np.ndarray, places: np.ndarray, opacity: float) -> np.ndarray:
    """Returns the picture with its map over it, uint8 (side, side, 3).

    The map is shown relative to its own brightest place, so two pictures' maps cannot be compared.

    Args:
        seen: The picture, uint8 (side, side, 3).
        places: The map, 0 or more, shape (rows, columns).
        opacity: 0 shows the picture alone, 1 the map alone.

    Raises:
        ValueError: The map is blank.
    """
    heat = ramp_colours(enlarged(places, seen.shape[0]))
    return np.rint((1 - opacity) * seen + opacity * heat).astype(np.uint8)


def enlarged(places: np.ndarray, side: int) -> np.ndarray:
    """Returns a map as large as its picture, float (side, side), its brightest place 1.

    Raises:
        ValueError: The map is blank.
    """
    from PIL import Image

    if is_blank(places):
        raise ValueError("a blank map has no brightest place")
    image = Image.fromarray(places.astype(np.float32)).resize((side, side), Image.Resampling.BILINEAR)
    pixels = np.asarray(image)
    return pixels / pixels.max()


def ramp_colours(shares: np.ndarray) -> np.ndarray:
    """Returns the colour of every share from 0 to 1, float (..., 3), channels 0 to 255."""
    at = np.linspace(0, 1, len(RAMP))
    return np.stack([np.interp(shares, at, channel) for channel in RAMP.T], axis=-1)
