"""The reliability diagram: how often a run is right, over how sure it says it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from qtl_core.calibration import Calibration, Reliability
from ui.theme import PUBLISHED, VALIDATION, plotly_layout

HEIGHT = 340
SMALLEST, LARGEST = 8, 26  # pixels: the area of a point is its share of the pictures
HOVER = "says %{x:.1%}, right %{y:.1%}<br>%{customdata} pictures<extra>%{fullData.name}</extra>"


def reliability_figure(found: Calibration, classes: int) -> go.Figure:
    """Draws every bin of confidence as a point, its size after its pictures; on the line, percentages are honest.

    Args:
        found: The measurement.
        classes: How many classes there are: nobody is less sure than one in that many.
    """
    traces = [_line(), _points(found.plain, "As trained", "circle", VALIDATION)]
    if found.scaled:
        traces.append(_points(found.scaled, "With temperature scaling", "diamond-open", PUBLISHED))
    layout = plotly_layout(height=HEIGHT, hovermode="closest")
    layout["xaxis"] |= _axis("How sure it says it is", [1 / classes - 0.05, 1.04])
    layout["yaxis"] |= _axis("Share that is right", [-0.06, 1.08])
    return go.Figure(traces, layout)


def _axis(title: str, reach: list[float]) -> dict[str, Any]:
    return {"title": {"text": title}, "range": reach, "tickformat": ".0%", "fixedrange": True}


def _line() -> dict[str, Any]:
    return {
        "x": [0, 1],
        "y": [0, 1],
        "mode": "lines",
        "name": "Percentages that mean what they say",
        "hoverinfo": "skip",
        "line": {"color": PUBLISHED, "width": 1.5, "dash": "dash"},
    }


def _points(found: Reliability, name: str, symbol: str, colour: str) -> dict[str, Any]:
    there = found.counts > 0
    share = np.sqrt(found.counts[there] / found.counts.max())
    return {
        "x": found.confidence[there],
        "y": found.accuracy[there],
        "customdata": found.counts[there],
        "name": name,
        "mode": "markers",
        "hovertemplate": HOVER,
        "marker": {
            "symbol": symbol,
            "color": colour,
            "size": SMALLEST + (LARGEST - SMALLEST) * share,
            "opacity": 0.85,
            "line": {"width": 2},
        },
    }
