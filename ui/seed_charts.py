"""The spread over many seeds as Plotly figures: bands over the epochs, and how many seeds got how many right."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from qtl_core.published import PublishedRun
from qtl_core.seeds import SeedBand
from ui.theme import PUBLISHED, PUBLISHED_OPACITY, TRAINING, VALIDATION, plotly_layout

HEIGHT, COUNTS_HEIGHT = 420, 260
UPPER, LOWER = (0.56, 1.0), (0.0, 0.44)  # of the height
BAND_OPACITY = 0.22
AXES = {"accuracy": {"xaxis": "x", "yaxis": "y"}, "loss": {"xaxis": "x2", "yaxis": "y2"}}
FORMATS = {"accuracy": "%{y:.1%}", "loss": "%{y:.3f}"}
SPLITS = (("train", "Training", TRAINING), ("val", "Validation", VALIDATION))


def band_figure(band: SeedBand, published: PublishedRun | None = None) -> go.Figure:
    """Draws, for training and validation, the median over the seeds and where nine in ten lie, epoch by epoch.

    Args:
        band: The runs.
        published: A published run to draw faintly behind them.
    """
    traces = [trace for kind in AXES for each in SPLITS for trace in _band(band, kind, *each)]
    if published:
        traces = [*(_published(published, kind) for kind in AXES), *traces]
    return go.Figure(traces, _layout(band))


def counts_figure(band: SeedBand, published_count: int | None = None) -> go.Figure:
    """Draws how many seeds got how many validation pictures right, at the best epoch of each.

    Args:
        band: The runs.
        published_count: The published run's own count, to mark.
    """
    counts, seeds = np.unique(band.best_counts, return_counts=True)
    total = band.prepared.val_size
    bars = {
        "type": "bar",
        "x": counts,
        "y": seeds,
        "customdata": counts / total,
        "marker": {"color": VALIDATION},
        "hovertemplate": f"%{{x}} of {total} right (%{{customdata:.1%}}): %{{y}} seeds<extra></extra>",
    }
    layout = plotly_layout(height=COUNTS_HEIGHT, showlegend=False, hovermode="closest", bargap=0.15)
    layout["xaxis"] |= {
        "title": {"text": f"Validation pictures right, of {total}"},
        "fixedrange": True,
        "tickformat": "d",
    }
    layout["yaxis"] |= {"title": {"text": "Seeds"}, "fixedrange": True, "tickformat": "d"}
    marks = [] if published_count is None else [_mark(published_count)]
    return go.Figure([bars], layout | {"shapes": marks, "annotations": [_word(mark["x0"]) for mark in marks]})


def _band(band: SeedBand, kind: str, split: str, name: str, colour: str) -> list[dict[str, Any]]:
    low, middle, high = band.band(f"{split}_{kind}")
    epochs = np.arange(1, len(middle) + 1)
    common = {"x": epochs, "mode": "lines", "legendgroup": name, **AXES[kind]}
    edge = common | {"line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return [
        edge | {"y": low},
        edge | {"y": high, "fill": "tonexty", "fillcolor": f"rgba({red}, {green}, {blue}, {BAND_OPACITY})"},
        common
        | {
            "y": middle,
            "name": name,
            "showlegend": kind == "accuracy",
            "line": {"color": colour, "width": 2},
            "customdata": np.stack([low, high], axis=1),
            "hovertemplate": FORMATS[kind]
            + " ("
            + " to ".join(FORMATS[kind].replace("y", f"customdata[{end}]") for end in (0, 1))
            + ")",
        },
    ]


def _published(published: PublishedRun, kind: str) -> dict[str, Any]:
    return {
        "x": [epoch.epoch for epoch in published.epochs],
        "y": [getattr(epoch, f"val_{kind}") for epoch in published.epochs],
        "name": "Published validation",
        "legendgroup": "Published validation",
        "showlegend": kind == "accuracy",
        "mode": "lines",
        "opacity": PUBLISHED_OPACITY,
        "hovertemplate": FORMATS[kind],
        "line": {"color": PUBLISHED, "width": 1.5, "dash": "dash"},
        **AXES[kind],
    }


def _layout(band: SeedBand) -> dict[str, Any]:
    layout = plotly_layout(height=HEIGHT, margin={"l": 8, "r": 8, "t": 48, "b": 40})
    epochs = band.curves["val_loss"].shape[1]
    x = layout.pop("xaxis") | {"range": [0.5, epochs + 0.5], "tickformat": "d", "fixedrange": True}
    y = layout.pop("yaxis") | {"fixedrange": True}
    layout["legend"] |= {"y": 1.03}
    below = {"anchor": "y2", "dtick": 1 if epochs <= 12 else None, "title": {"text": "Epoch", "standoff": 4}}
    return layout | {
        "xaxis": x | {"anchor": "y", "matches": "x2", "showticklabels": False},
        "xaxis2": x | below,
        "yaxis": y | {"domain": UPPER, "tickformat": ".0%", "title": {"text": "Accuracy"}},
        "yaxis2": y | {"domain": LOWER, "rangemode": "tozero", "anchor": "x2", "title": {"text": "Loss"}},
    }


def _mark(count: int) -> dict[str, Any]:
    line = {"color": PUBLISHED, "width": 2, "dash": "dash"}
    return {"type": "line", "x0": count, "x1": count, "y0": 0, "y1": 1, "yref": "y domain", "line": line}


def _word(count: int) -> dict[str, Any]:
    return {
        "x": count,
        "y": 1,
        "yref": "y domain",
        "yanchor": "bottom",
        "text": f"published: {count}",
        "showarrow": False,
        "font": {"size": 12, "color": PUBLISHED},
    }
