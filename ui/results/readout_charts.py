"""Charts of readouts: accuracy and confidence along one setting with bands over draws, and an answer shot by shot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from qtl_core.drawing.plotly_parts import band_edges
from qtl_core.readout.flicker import Flicker
from qtl_core.readout.sweeps import Sweep
from qtl_core.settings.groups import FIELDS
from ui.base.theme import PUBLISHED, TRAINED_ROTATION, VALIDATION, plotly_layout

CURVES = {"accuracy": ("Right", VALIDATION, "circle"), "confidence": ("Mean confidence", TRAINED_ROTATION, "square")}


def sweep_figure(sweep: Sweep) -> go.Figure:
    """Draws accuracy and mean confidence along the axis; what is exact is dotted, 90% of the draws are shaded."""
    by_shots = sweep.axis == "shots"
    values = list(sweep.values)
    traces: list[dict[str, Any]] = []
    for name, (title, colour, symbol) in CURVES.items():
        low, middle, high = sweep.band(name)
        if sweep.draws > 1:
            traces += band_edges(low, high, colour, 0.2, {"x": values})
        traces.append(
            {
                "x": values,
                "y": middle,
                "name": title,
                "mode": "lines+markers",
                "cliponaxis": False,
                "line": {"color": colour, "width": 2.5, "dash": "solid" if name == "accuracy" else "dash"},
                "marker": {"size": 7, "symbol": symbol},
                "customdata": np.stack([low, high], axis=1),
                "hovertemplate": "%{y:.1%}"
                + (" (%{customdata[0]:.1%} to %{customdata[1]:.1%})" if sweep.draws > 1 else ""),
            }
        )
    layout = plotly_layout(height=300)
    title = "Shots of each picture" if by_shots else f"Rate: {FIELDS[sweep.axis].label}"
    layout["xaxis"] |= {"title": {"text": title}, "fixedrange": True, "type": "log" if by_shots else "linear"}
    if by_shots:
        layout["xaxis"] |= {"dtick": 1}  # powers of ten alone: a 2 or 5 between them would be read as shots
    layout["yaxis"] |= {"tickformat": ".0%", "fixedrange": True}
    line = {"color": PUBLISHED, "width": 1, "dash": "dot"}
    exact = [float(getattr(sweep.exact, name)[0]) for name in CURVES]
    layout["shapes"] = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line} for y in exact
    ]
    return go.Figure(traces, layout)


def trail_figure(found: Flicker, colours: Sequence[str]) -> go.Figure:
    """Draws the probability of every class after each shot, made of all shots so far."""
    shots = np.arange(1, len(found.trail) + 1)
    traces: list[dict[str, Any]] = [
        {
            "x": shots,
            "y": found.trail[:, label],
            "name": name,
            "mode": "lines",
            "line": {"color": colours[label], "width": 2, "shape": "hv"},
            "hovertemplate": "%{y:.1%}",
        }
        for label, name in enumerate(found.classes)
    ]
    layout = plotly_layout(height=260)
    layout["xaxis"] |= {"title": {"text": "Shots so far"}, "fixedrange": True}
    layout["yaxis"] |= {"tickformat": ".0%", "range": [-0.02, 1.02], "fixedrange": True}
    dotted = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y}
        | {"line": {"color": colours[label], "width": 1, "dash": "dot"}}
        for label, y in enumerate(found.exact.tolist())
    ]
    layout["shapes"] = dotted
    return go.Figure(traces, layout)
