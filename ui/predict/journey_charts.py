"""The stages of a picture's way through the network as charts: pure functions of an explanation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from qtl_core.inference.explanation import Explanation
from ui.base.theme import EMBEDDING, MEASUREMENT, PUBLISHED, plotly_layout

OUTLINE = {"color": PUBLISHED, "width": 1}
ROW = 26  # pixels of height for each bar
ROUND = 80  # pixels around the bars
MOST_ROWS = 16  # qubits, hidden units or features in a chart; a circuit has 12 qubits at most


def features_chart(explanation: Explanation) -> go.Figure:
    """Draws what the image network made of the picture: one thin bar a feature."""
    bars = {"type": "bar", "y": explanation.features, "marker": {"color": PUBLISHED, "line": {"width": 0}}}
    bars |= {"hovertemplate": "feature %{x}: %{y:.3f}<extra></extra>"}
    return _figure([bars], height=190, bargap=0, xaxis={"title": "Feature"}, yaxis={"title": "Value"})


def angles_chart(explanation: Explanation) -> go.Figure:
    """The angle that every qubit is turned by, in degrees."""
    degrees = np.degrees(explanation.angles)
    names = _names(explanation, range(len(degrees)))
    bars = _rows(names, degrees, EMBEDDING, "%{y}: %{x:.1f}°<extra></extra>", "%{x:.1f}°")
    return _wide([bars], len(degrees), [-110, 110], "Angle in degrees", tickvals=[-90, -45, 0, 45, 90])


def hidden_chart(explanation: Explanation) -> go.Figure:
    """<Z> of every qubit after the circuit, or the values of the hidden units, of many those that say the most."""
    shown = explanation.telling(MOST_ROWS)
    values = explanation.hidden[list(shown)]
    bars = _rows(_names(explanation, shown), values, MEASUREMENT, "%{y}: %{x:.4f}<extra></extra>", "%{x:.3f}")
    if explanation.model.head == "mlp":
        reach = [-0.05, 1.25] if values.max(initial=0.0) <= 0 else [0, 1.25 * float(values.max())]
        return _wide([bars], len(shown), reach, "Value of the unit")
    title = "Expectation value" if explanation.model.spec.has_circuit else "Value of the unit"
    return _wide([bars], len(shown), [-1.25, 1.25], title, tickvals=[-1, -0.5, 0, 0.5, 1])


def share_rows(explanation: Explanation) -> tuple[list[str], np.ndarray]:
    """Returns what adds up to the class scores: names, and shares of shape (names, classes), the bias last.

    Of many hidden numbers those with the largest shares stand alone, and the others in one row together.
    """
    shown = explanation.telling(MOST_ROWS)
    rest = np.delete(explanation.shares, list(shown), axis=0)
    names, values = _names(explanation, shown), [explanation.shares[list(shown)]]
    if len(rest):
        names.append(f"The other {len(rest):,}")
        values.append(rest.sum(axis=0, keepdims=True))
    return [*names, "Bias"], np.vstack([*values, explanation.bias])


def shares_chart(explanation: Explanation, colours: Sequence[str]) -> go.Figure:
    """Draws what every qubit, hidden unit or feature, and the bias, adds to every class score or takes from it."""
    names, values = share_rows(explanation)
    bars = [
        _rows(names, values[:, label], colours[label], "%{y}: %{x:+.4f}<extra>%{fullData.name}</extra>", "")
        | {"name": plain_name(name)}
        for label, name in enumerate(explanation.classes)
    ]
    reach = 1.1 * max(1e-6, float(np.abs(values).max()))
    figure = _wide(bars, len(names) * max(1, len(bars) * 0.7), [-reach, reach], "Share in the class score")
    return figure.update_layout(showlegend=True, barmode="group")


def probabilities_chart(explanation: Explanation, colours: Sequence[str]) -> go.Figure:
    """The probability of every class."""
    shares = list(explanation.prediction.probabilities.values())
    names = [plain_name(name) for name in explanation.classes]
    bars = _rows(names, np.array(shares), PUBLISHED, "%{y}: %{x:.2%}<extra></extra>", "%{x:.1%}")
    bars["marker"] = {"color": list(colours)}
    return _wide([bars], len(names), [0, 1.15], "Probability", tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])


def _names(explanation: Explanation, shown: Iterable[int]) -> list[str]:
    """For example "Qubit 0", "Hidden unit 3" or "Feature 17"."""
    unit = explanation.unit
    return [f"{unit[0].upper()}{unit[1:]} {number}" for number in shown]


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
