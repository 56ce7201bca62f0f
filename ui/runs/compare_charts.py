"""The charts of a comparison as Plotly figures; the same as files are drawn by `qtl_core.compare.charts`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from qtl_core.compare.charts import DASHES, ROW, SYMBOLS, accuracy_range, loss_range
from qtl_core.compare.files import interval_of
from qtl_core.compare.sides import Side, common_noun
from qtl_core.drawing.charts.scene import MOST_MARKS, shortened
from ui.base.theme import RUNS, plotly_layout

HEIGHT = 520
UPPER, LOWER = (0.56, 1.0), (0.0, 0.44)  # of the height
LONGEST = 46  # characters of a name in the legend
FIGURES = (("val_accuracy", "", "%{y:.1%}"), ("val_loss", "2", "%{y:.3f}"))


def curves_figure(sides: Sequence[Side]) -> go.Figure:
    """Draws every run's validation accuracy and loss by epoch, one over the other."""
    traces = [_curve(side, at, *figure) for figure in FIGURES for at, side in enumerate(sides)]
    return go.Figure(traces, _curves_layout(sides))


def accuracies_figure(sides: Sequence[Side]) -> go.Figure:
    """Draws every run's best validation accuracy as a point, with its 95% interval."""
    shown = [(at, side, interval) for at, side in enumerate(sides) if (interval := interval_of(side.record))]
    layout = plotly_layout(height=ROW * len(sides) + 80, showlegend=False, hovermode="closest")
    layout["xaxis"] |= {
        "tickformat": ".0%",
        "fixedrange": True,
        "title": {"text": f"Validation {common_noun(sides)} right"},
    }
    layout["yaxis"] |= {
        "range": [len(sides) - 0.5, -0.5],
        "tickvals": list(range(len(sides))),
        "fixedrange": True,
        "ticktext": [f"<b>{side.letter}</b>" for side in sides],
    }
    return go.Figure([_dot(at, side, *interval) for at, side, interval in shown], layout)


def _curve(side: Side, at: int, figure: str, axes: str, hover: str) -> dict[str, Any]:
    few = len(side.view.epochs) <= MOST_MARKS
    return {
        "x": [epoch.epoch for epoch in side.view.epochs],
        "y": [getattr(epoch, figure) for epoch in side.view.epochs],
        "xaxis": f"x{axes}",
        "yaxis": f"y{axes}",
        "name": _name(side),
        "legendgroup": side.letter,
        "showlegend": not axes,
        "mode": "lines+markers" if few else "lines",
        "cliponaxis": False,
        "line": {"color": RUNS[at], "width": 2, "dash": _dash(at)},
        "marker": {"symbol": SYMBOLS[at], "size": 7},
        "hovertemplate": hover,
    }


def _dot(at: int, side: Side, low: float, high: float) -> dict[str, Any]:
    record = side.record
    share = (record.right or 0) / record.val_size
    hover = f"{_name(side)}<br>{record.right} of {record.val_size}: {share:.1%}, between {low:.1%} and {high:.1%}"
    return {
        "x": [share],
        "y": [at],
        "mode": "markers",
        "cliponaxis": False,
        "hovertemplate": f"{hover}<extra></extra>",
        "marker": {"symbol": SYMBOLS[at], "size": 11, "color": RUNS[at]},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - share],
            "arrayminus": [share - low],
            "color": RUNS[at],
            "thickness": 2,
            "width": 5,
        },
    }


def _name(side: Side) -> str:
    """Plotly takes tags in a name for its own: here they are letters like any other."""
    return escape(shortened(side.title, LONGEST))


def _dash(at: int) -> str:
    return ",".join(f"{length}px" for length in DASHES[at]) or "solid"


def _curves_layout(sides: Sequence[Side]) -> dict[str, Any]:
    epochs = max((len(side.view.epochs) for side in sides), default=1)
    layout = plotly_layout(height=HEIGHT + 20 * (len(sides) // 2), margin={"l": 8, "r": 8, "t": 8, "b": 40})
    x = layout.pop("xaxis") | {"range": [0.5, epochs + 0.5], "tickformat": "d", "fixedrange": True}
    y = layout.pop("yaxis") | {"fixedrange": True}
    below = {"anchor": "y2", "dtick": 1 if epochs <= 12 else None, "title": {"text": "Epoch", "standoff": 4}}
    return layout | {
        "xaxis": x | {"anchor": "y", "matches": "x2", "showticklabels": False},
        "xaxis2": x | below,
        "yaxis": y
        | {
            "domain": UPPER,
            "range": accuracy_range(sides),
            "tickformat": ".0%",
            "title": {"text": "Validation accuracy"},
        },
        "yaxis2": y
        | {"domain": LOWER, "range": loss_range(sides), "anchor": "x2", "title": {"text": "Validation loss"}},
    }
