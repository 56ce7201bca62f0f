"""The side that Bloch spheres are seen from: one convention for every sphere that is drawn, here and in the browser.

x points to the right, z (|0>) up, y away from the reader. The gates of the recipe turn arrows within the x-z plane, so
the reader looks along y, and only a little from above and from the left: a turn in that plane keeps its drawn length
within 3%, while y, drawn with a quarter of its length, still shows.
"""

from __future__ import annotations

import math

import numpy as np

AZIMUTH = ELEVATION = math.radians(10)  # of the reader, from the y axis
RIGHT = np.array([math.cos(AZIMUTH), math.sin(AZIMUTH), 0.0])
UP = np.array([-math.sin(AZIMUTH) * math.sin(ELEVATION), math.cos(AZIMUTH) * math.sin(ELEVATION), math.cos(ELEVATION)])
TOWARDS = np.cross(RIGHT, UP)  # the reader's own direction


def projected(points: np.ndarray) -> np.ndarray:
    """Returns where points are seen: (..., 3) to (..., 2), to the right and up, in the sphere's radii."""
    return np.stack([points @ RIGHT, points @ UP], axis=-1)
