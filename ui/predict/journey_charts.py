"""The stages of a picture's way through the network as charts: pure functions of an explanation."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from qtl_core.inference.explanation import Explanation
from ui.base.theme import EMBEDDING, MEASUREMENT, PUBLISHED, class_colour, plotly_layout

OUTLINE = {"color": PUBLISHED, "width": 1}
ROW = 26  # pixels of height for each bar
ROUND = 80  # pixels around the bars


def features_chart(explanation: Explanation) -> go.Figure:
    """Draws what the image network made of the picture: one thin bar a feature."""
    bars = {"type": "bar", "y": explanation.features, "marker": {"color": PUBLISHED, "line": {"width": 0}}}
    bars |= {"hovertemplate": "feature %{x}: %{y:.3f}<extra></extra>"}
    return _figure([bars], height=190, bargap=0, xaxis={"title": "Feature"}, yaxis={"title": "Value"})


def angles_chart(explanation: Explanation) -> go.Figure:
    """The angle that every qubit is turned by, in degrees."""
    degrees = np.degrees(explanation.angles)
    bars = _rows(_qubits(explanation), degrees, EMBEDDING, "%{y}: %{x:.1f}°<extra></extra>", "%{x:.1f}°")
    return _wide([bars], len(degrees), [-110, 110], "Angle in degrees", tickvals=[-90, -45, 0, 45, 90])


def expectations_chart(explanation: Explanation) -> go.Figure:
    """<Z> of every qubit after the circuit."""
    bars = _rows(
        _qubits(explanation), explanation.expectations, MEASUREMENT, "%{y}: %{x:.4f}<extra></extra>", "%{x:.3f}"
    )
    return _wide(
        [bars], len(explanation.expectations), [-1.25, 1.25], "Expectation value", tickvals=[-1, -0.5, 0, 0.5, 1]
    )


def shares_chart(explanation: Explanation) -> go.Figure:
    """Draws what every qubit, and the bias, adds to every class score or takes from it."""
    names = [*_qubits(explanation), "Bias"]
    values = np.vstack([explanation.shares, explanation.bias])
    bars = [
        _rows(names, values[:, label], class_colour(label), "%{y}: %{x:+.4f}<extra>%{fullData.name}</extra>", "")
        | {"name": plain_name(name)}
        for label, name in enumerate(explanation.classes)
    ]
    reach = 1.1 * max(1e-6, float(np.abs(values).max()))
    figure = _wide(bars, len(names) * max(1, len(bars) * 0.7), [-reach, reach], "Share in the class score")
    return figure.update_layout(showlegend=True, barmode="group")


def probabilities_chart(explanation: Explanation) -> go.Figure:
    """The probability of every class."""
    shares = list(explanation.prediction.probabilities.values())
    names = [plain_name(name) for name in explanation.classes]
    bars = _rows(names, np.array(shares), PUBLISHED, "%{y}: %{x:.2%}<extra></extra>", "%{x:.1%}")
    bars["marker"] = {"color": [class_colour(label) for label in range(len(names))]}
    return _wide([bars], len(names), [0, 1.15], "Probability", tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])


def _qubits(explanation: Explanation) -> list[str]:
    return [f"Qubit {number}" for number in range(len(explanation.angles))]


def _rows(names: list[str], values: np.ndarray, colour: str, hover: str, text: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": values,
        "hovertemplate": hover,
        "texttemplate": text,
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": colour, "line": OUTLINE},
    }


def _wide(bars: list[dict[str, Any]], rows: float, reach: list[float], title: str, **axis: Any) -> go.Figure:
    """Bars from left to right with a line at zero, the first on top."""
    x = {"title": title, "range": reach, "zeroline": True, "zerolinecolor": PUBLISHED, **axis}
    return _figure(bars, height=int(ROUND + ROW * rows), xaxis=x, yaxis={"autorange": "reversed", "showgrid": False})


def _figure(
    bars: list[dict[str, Any]], height: int, xaxis: dict[str, Any], yaxis: dict[str, Any], **changes: Any
) -> go.Figure:
    layout = plotly_layout(height=height, showlegend=False, hovermode="closest", **changes)
    layout["xaxis"] |= {"fixedrange": True} | xaxis
    layout["yaxis"] |= {"fixedrange": True} | yaxis
    return go.Figure(bars, layout)


def plain_name(name: str) -> str:
    """Keeps a class's name, which is that of a person's folder, from being read as Plotly's markup."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace("$", "&#36;")
