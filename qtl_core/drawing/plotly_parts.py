"""The parts that charts of Plotly's have in common, as plain dictionaries: nothing of Plotly is imported here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

_GRID = "rgba(138, 141, 148, 0.25)"  # a grey that is faint on paper and on night alike


def plotly_layout(**changes: Any) -> dict[str, Any]:
    """A base layout for a Plotly figure.

    Text colour and font are left to Streamlit, which sets them from the theme the reader uses.

    Args:
        **changes: Further layout entries; they replace the base's of the same name.

    Returns:
        What `figure.update_layout(...)` takes.
    """
    axis = {"automargin": True, "gridcolor": _GRID, "zeroline": False}
    base = {
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "margin": {"l": 8, "r": 8, "t": 32, "b": 8},
        "height": 320,
        "hovermode": "x unified",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": dict(axis),
        "yaxis": dict(axis),
    }
    return base | changes


def band_edges(
    low: np.ndarray, high: np.ndarray, colour: str, opacity: float, common: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Returns the edges of a band: two traces without lines, legend or hover, the space between them shaded.

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
