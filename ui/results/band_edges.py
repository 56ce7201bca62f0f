"""The edges of a shaded band in a chart of Plotly's, between the low and the high values of many runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def band_edges(
    low: np.ndarray, high: np.ndarray, colour: str, opacity: float, common: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Returns two traces without lines, legend or hover, the space between them shaded.

    Args:
        low, high: The values at every place, shape (places,).
        colour: As "#rrggbb".
        opacity: Of the shading, 0 to 1.
        common: What all traces of the band share, such as "x" and the axes.
    """
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    edge = {**common, "mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
    shading = {"fill": "tonexty", "fillcolor": f"rgba({red}, {green}, {blue}, {opacity})"}
    return [edge | {"y": low}, edge | {"y": high} | shading]
