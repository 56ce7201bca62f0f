"""The blur of a picture, measured by blurring it again: what was sharp changes much, what was blurred hardly.

Crete, Dolmiere, Ladret, Nicolas: The blur effect: perception and estimation with a new no-reference perceptual blur
metric, SPIE 6492 (2007). It needs no sharp picture to compare with, and does not mind how much contrast there is.
"""

from __future__ import annotations

import numpy as np

WINDOW = 11  # pixels of the mean that blurs it again, as in scikit-image


def blur_effect(grey: np.ndarray) -> float:
    """Returns how blurred a picture is: 0 for sharp edges, towards 1 for none, the worse of its two directions.

    Args:
        grey: Brightness, float (height, width); its scale does not matter.
    """
    return max(_along(grey), _along(grey.T))


def _along(grey: np.ndarray) -> float:
    """The blur from row to row: the share of the differences of neighbours that a further blur leaves."""
    rows = len(grey)
    if rows <= WINDOW:
        return 0.0  # too few to tell
    sums = np.cumsum(np.pad(grey, ((WINDOW // 2 + 1, WINDOW // 2), (0, 0)), mode="edge"), axis=0, dtype=np.float64)
    blurred = (sums[WINDOW:] - sums[:-WINDOW]) / WINDOW  # (rows, columns)
    sharp = np.abs(np.diff(grey, axis=0))
    lost = np.maximum(0, sharp - np.abs(np.diff(blurred, axis=0)))
    whole = float(sharp.sum())
    return 1.0 if whole == 0 else (whole - float(lost.sum())) / whole
