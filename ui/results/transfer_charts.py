"""Charts of a carried start, one from scratch and their control: accuracy by number of training pictures, and by epoch.

The line is the median of the seeds, and where 90% of them lie is shaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from qtl_core.drawing.plotly_parts import band_edges
from qtl_core.training.transfer.arms import ALL, ENOUGH, TEST, Amount, Arm, TransferComparison, bands
from ui.base.theme import CARRIED, PUBLISHED, SCRATCH, plotly_layout

HEIGHT, BAND_OPACITY = 300, 0.2
NAMES = {
    "carried": "Carried start",
    "scratch": "From scratch",
    "control": "Control: as much stands still, nothing carried",
}
LINES: dict[str, dict[str, Any]] = {
    "carried": {"color": CARRIED, "width": 2.5},
    "scratch": {"color": SCRATCH, "width": 2.5, "dash": "dash"},
    "control": {"color": PUBLISHED, "width": 2.5, "dash": "dot"},
}
SYMBOLS = {"carried": "circle", "scratch": "square", "control": "diamond"}


def amounts_figure(found: TransferComparison) -> go.Figure:
    """Draws the accuracy that the comparison is judged by against the training pictures of each class."""
    places = list(range(len(found.amounts)))
    traces = [
        trace
        for name in _arms(found.amounts)
        for trace in _band(name, places, np.array([bands(_judged(each, name, found)) for each in found.amounts]).T)
    ]
    layout = plotly_layout(height=HEIGHT)
    layout["xaxis"] |= {
        "title": {"text": f"Training {found.prepared.settings.data.noun} of each class"},
        "tickvals": list(range(len(found.planned))),
        "ticktext": [_amount_name(each, found) for each in found.planned],
        "range": [-0.2, len(found.planned) - 0.8],
        "fixedrange": True,
    }
    layout["yaxis"] |= _share_axis("Test accuracy" if found.judged_by == TEST else "Validation accuracy, last epoch")
    return go.Figure(traces, layout)


def epochs_figure(amount: Amount) -> go.Figure:
    """Draws the validation accuracy before the first step and after every epoch, on one amount of data."""
    traces = [
        trace
        for name, accuracies in ((name, _arm(amount, name).accuracies) for name in _arms([amount]))
        for trace in _band(name, list(range(accuracies.shape[1])), bands(accuracies), marks=False)
    ]
    layout = plotly_layout(height=HEIGHT)
    layout["xaxis"] |= {"title": {"text": "Epoch (0: before any training)"}, "tickformat": "d", "fixedrange": True}
    layout["yaxis"] |= _share_axis("Validation accuracy")
    line = {"color": PUBLISHED, "width": 1, "dash": "dot"}
    layout["shapes"] = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": ENOUGH, "y1": ENOUGH, "line": line}]
    return go.Figure(traces, layout)


def _arms(amounts: Sequence[Amount]) -> list[str]:
    """Returns which starts are drawn: the control where every amount has one."""
    return [name for name in NAMES if all(getattr(amount, name) is not None for amount in amounts)]


def _arm(amount: Amount, name: str) -> Arm:
    arm: Arm = getattr(amount, name)
    return arm


def _judged(amount: Amount, name: str, found: TransferComparison) -> np.ndarray:
    return _arm(amount, name).judged(found.judged_by)


def _amount_name(per_class: int, found: TransferComparison) -> str:
    if per_class != ALL:
        return str(per_class)
    counts = found.prepared.train_counts
    return f"all ({min(counts)})" if counts and min(counts) == max(counts) else "all"


def _band(name: str, places: Sequence[int], values: np.ndarray, *, marks: bool = True) -> list[dict[str, Any]]:
    """The traces of one start; `values` has shape (3, places): low, median and high."""
    low, middle, high = values
    common: dict[str, Any] = {"x": list(places), "legendgroup": name}
    return [
        *band_edges(low, high, LINES[name]["color"], BAND_OPACITY, common),
        common
        | {
            "y": middle,
            "name": NAMES[name],
            "mode": "lines+markers" if marks else "lines",
            "cliponaxis": False,
            "line": LINES[name],
            "marker": {"size": 8, "symbol": SYMBOLS[name]},
            "customdata": np.stack([low, high], axis=1),
            "hovertemplate": "%{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})",
        },
    ]


def _share_axis(title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "tickformat": ".0%", "fixedrange": True}
