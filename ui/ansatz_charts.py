"""How the gradients of one or two ansaetze fade with the number of qubits, as a Plotly figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from qtl_core.ansatz import PlateauPoint
from ui.theme import ANSATZ, OTHER_ANSATZ, plotly_layout

HEIGHT = 340
Curve = tuple[str, Sequence[PlateauPoint]]
STYLES = (  # of the circuit on the table, and of the one it is compared with
    {"colour": ANSATZ, "dash": "solid", "symbol": "circle"},
    {"colour": OTHER_ANSATZ, "dash": "dash", "symbol": "diamond"},
)
# Whole numbers of their own: Plotly would write the 0.2 between 0.1 and 1 as "2".
TICKS = [step * 10.0**power for power in range(-8, 1) for step in (1, 2, 5)]


def plateau_figure(curves: Sequence[Curve]) -> go.Figure:
    """Draws the variance of the derivative against the number of qubits, on a logarithmic axis with standard errors.

    Args:
        curves: Name and points of the circuit on the table, and of the one it is compared with if there is one.
    """
    highest = max(curves, key=lambda curve: _middle(curve[1]))
    traces = [
        _trace(*curve, style, "top right" if curve is highest else "bottom left")
        for curve, style in zip(curves, STYLES, strict=False)
        if curve[1]
    ]
    layout = plotly_layout(height=HEIGHT, showlegend=False, hovermode="closest")
    last = max((point.qubits for _, points in curves for point in points), default=2)
    layout["xaxis"] |= {"title": {"text": "Qubits"}, "dtick": 1, "range": [1.5, last + 0.5], "fixedrange": True}
    layout["yaxis"] |= {
        "type": "log",
        "tickvals": TICKS,
        "title": {"text": "Variance of the gradient"},
        "fixedrange": True,
    }
    return go.Figure(traces, layout)


def _middle(points: Sequence[PlateauPoint]) -> float:
    return points[len(points) // 2].variance if points else 0.0


def _trace(name: str, points: Sequence[PlateauPoint], style: dict[str, str], beside: str) -> dict[str, Any]:
    middle = len(points) // 2  # a name at an end would be cut off, and one on the falling side would lie on the curve
    return {
        "x": [point.qubits for point in points],
        "y": [point.variance for point in points],
        "error_y": {"type": "data", "array": [point.error for point in points]},
        "customdata": [(point.error, point.samples) for point in points],
        "name": name,
        "mode": "lines+markers+text",
        "text": [name if at == middle else "" for at in range(len(points))],
        "textposition": beside,
        "textfont": {"color": style["colour"]},
        "cliponaxis": False,
        "line": {"color": style["colour"], "dash": style["dash"], "width": 2},
        "marker": {"symbol": style["symbol"], "size": 8},
        "hovertemplate": "%{x} qubits: %{y:.2e} ± %{customdata[0]:.0e} from %{customdata[1]} random settings",
    }
