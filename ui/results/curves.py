"""The curves of a run as a Plotly figure: accuracy above, loss below, over the same epochs.

The axes follow from the settings and not from what has arrived, so nothing moves while epochs come in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from qtl_core.runs.events import EpochDone
from qtl_core.runs.published import PublishedRun
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings, TrainingSettings
from qtl_core.training.schedules import learning_rate
from ui.base.theme import PUBLISHED, PUBLISHED_OPACITY, TRAINING, VALIDATION, epoch_ticks, plotly_layout
from ui.base.wording import what_is_learnt
from ui.results.rate_curve import HEIGHT as RATE_HEIGHT
from ui.results.rate_curve import has_rate_curve, rate_curve

HEIGHT = 500  # both charts, and the place below them where a finished run gets its replay buttons
BOTTOM = 100
NO_POINT = np.array([np.nan], dtype=np.float32)
FEW_EPOCHS = 60  # beyond, points would run into each other
FEW_STEPS = 50  # beyond, the marks of learning-rate steps would hatch the chart, and a word must do
ACCURACY, LOSS = ({"xaxis": f"x{chart}", "yaxis": f"y{chart}"} for chart in ("", "2"))
UPPER, LOWER = (0.565, 1.0), (0.0, 0.435)  # of the height
LOSS_TITLE = "Loss: how far off probabilities are; lower is better"


def history_figure(view: RunView, settings: RunSettings, published: PublishedRun | None = None) -> go.Figure:
    """Draws a run as far as it has come.

    Args:
        view: The run; one without epochs gives empty charts of the same size.
        settings: Its settings, from which the axes follow.
        published: A published run to draw faintly behind it.
    """
    behind = _published_curves(published) if published else []
    if has_rate_curve(settings.training):
        height = RATE_HEIGHT * _loss_range(view, published)[1]
        behind.append(rate_curve(view, settings.training, total_epochs(view, settings), height))
    curves = [style | points for style, points in zip(_styles(view), points_after(view, len(view.epochs)), strict=True)]
    return go.Figure([*behind, *curves], _layout(view, settings, published))


def points_after(view: RunView, epochs: int) -> list[dict[str, np.ndarray]]:
    """Returns the points that are drawn after `epochs` epochs: training, validation and best epoch, on both charts.

    They are the last six traces of the figure, and all of it that a replay changes.
    """
    done = view.epochs[:epochs]
    best = [epoch for epoch in done if epoch.is_best][-1:]
    sizes = (view.prepared.train_size, view.prepared.val_size) if view.prepared else (0, 0)
    return [
        _points(done, [epoch.train_accuracy for epoch in done], sizes[0]),
        _points(done, [epoch.val_accuracy for epoch in done], sizes[1]),
        _points(best, [epoch.val_accuracy for epoch in best]),
        _points(done, [epoch.train_loss for epoch in done]),
        _points(done, [epoch.val_loss for epoch in done]),
        _points(best, [epoch.val_loss for epoch in best]),
    ]


def total_epochs(view: RunView, settings: RunSettings) -> int:
    """Returns how many epochs the time axis must hold: those to come as well, while the run may get to them."""
    done = len(view.epochs)
    return done if view.is_over and done else max(settings.training.epochs, done)


def rate_steps(training: TrainingSettings, epochs: int) -> list[int]:
    """Returns the epochs at which the learning rate takes a step; none where it changes all the time, or never."""
    if training.schedule != "step":
        return []
    stepwise = replace(training, warm_up=0)
    rates = [learning_rate(stepwise, epoch, 1) for epoch in range(1, epochs + 1)]
    return [epoch for epoch in range(2, epochs + 1) if rates[epoch - 1] != rates[epoch - 2]]


def ended_early(view: RunView, settings: RunSettings) -> bool:
    """Returns whether a run came to its end before all its epochs, for want of a better one."""
    return view.ended is not None and view.ended.how == "finished" and len(view.epochs) < settings.training.epochs


def titles(settings: RunSettings) -> tuple[str, str]:
    """Returns what stands above the two charts."""
    return f"Accuracy: share of the {what_is_learnt(settings.data)} that are right", LOSS_TITLE


def _layout(view: RunView, settings: RunSettings, published: PublishedRun | None) -> dict[str, Any]:
    """Two charts one above the other, for Plotly in one piece: its helpers that add to a figure take 50 ms more."""
    total = total_epochs(view, settings)
    lines, words = _rate_marks(settings.training, total)
    if ended_early(view, settings):
        lines, words = [*lines, *_end_lines(total)], [*words, _end_words(total, settings.training)]
    layout = plotly_layout(height=HEIGHT, margin={"l": 8, "r": 8, "t": 56, "b": BOTTOM})
    x = layout.pop("xaxis") | {"range": [0.5, total + 0.5], "fixedrange": True, "anchor": "y"}
    y = layout.pop("yaxis") | {"fixedrange": True, "anchor": "x"}
    layout["legend"] |= {"y": 1.08}
    below = epoch_ticks(total) | {"anchor": "y2", "title": {"text": "Epoch", "standoff": 4}}
    return layout | {
        "xaxis": x | {"matches": "x2", "showticklabels": False},
        "xaxis2": x | below,
        "yaxis": y | {"domain": UPPER, "range": _accuracy_range(view, published), "tickformat": ".0%"},
        "yaxis2": y | {"domain": LOWER, "range": _loss_range(view, published), "tickformat": ".1f", "anchor": "x2"},
        "shapes": lines,
        "annotations": [*(_title(*each) for each in zip(titles(settings), (UPPER, LOWER), strict=True)), *words],
    }


def _title(text: str, domain: tuple[float, float]) -> dict[str, Any]:
    return {
        "text": text,
        "x": 0,
        "y": domain[1],
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13},
    }


def _points(epochs: Sequence[EpochDone], values: list[float], total: int = 0) -> dict[str, np.ndarray]:
    """Points of one curve, with the number of pictures right where the values are shares of `total`."""
    y = np.array(values, dtype=np.float32)
    points = {"x": np.array([epoch.epoch for epoch in epochs], dtype=np.float32), "y": y}
    if not epochs:
        points = {"x": NO_POINT, "y": NO_POINT}  # or the legend would come later, and move the charts
    return points | {"customdata": np.rint(y * total).astype(np.int32)} if total else points


def _styles(view: RunView) -> list[dict[str, Any]]:
    """Returns the styles of the curves of `points_after`, in the same order."""
    few = max(len(view.epochs), 1) <= FEW_EPOCHS
    sizes = (view.prepared.train_size, view.prepared.val_size) if view.prepared else (0, 0)
    above = [
        _line("Training", TRAINING, few, f"%{{y:.1%}} · %{{customdata}} of {sizes[0]}", legend=True),
        _line("Validation", VALIDATION, few, f"%{{y:.1%}} · %{{customdata}} of {sizes[1]}", legend=True),
        _ring(legend=True),
    ]
    below = [
        _line("Training", TRAINING, few, "%{y:.3f}", legend=False),
        _line("Validation", VALIDATION, few, "%{y:.3f}", legend=False),
        _ring(legend=False),
    ]
    return [*(style | ACCURACY for style in above), *(style | LOSS for style in below)]


def _line(name: str, colour: str, few: bool, hover: str, *, legend: bool) -> dict[str, Any]:
    return {
        "name": name,
        "legendgroup": name,
        "showlegend": legend,
        "mode": "lines+markers" if few else "lines",
        "cliponaxis": False,
        "line": {"color": colour, "width": 2},
        "marker": {"size": 5},
        "hovertemplate": hover,
    }


def _ring(*, legend: bool) -> dict[str, Any]:
    """Goes around the epoch whose weights are kept."""
    return {
        "name": "Best epoch",
        "legendgroup": "Best epoch",
        "showlegend": legend,
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"size": 14, "symbol": "circle-open", "color": VALIDATION, "line": {"width": 2.5}},
        "hoverinfo": "skip",
    }


def _published_curves(published: PublishedRun) -> list[dict[str, Any]]:
    return [
        {
            "x": [epoch.epoch for epoch in published.epochs],
            "y": [getattr(epoch, figure) for epoch in published.epochs],
            "name": "Published validation",
            "legendgroup": "Published validation",
            "showlegend": axes is ACCURACY,
            "mode": "lines",
            "opacity": PUBLISHED_OPACITY,
            "line": {"color": PUBLISHED, "width": 1.5, "dash": "dash"},
            "hovertemplate": hover,
            **axes,
        }
        for figure, axes, hover in (("val_accuracy", ACCURACY, "%{y:.1%}"), ("val_loss", LOSS, "%{y:.3f}"))
    ]


def _accuracy_range(view: RunView, published: PublishedRun | None) -> list[float]:
    """From a little below guessing up to all right; lower where a figure is."""
    guessing = 1 / len(view.prepared.classes) if view.prepared else 0.5
    shown = [share for epoch in view.epochs for share in (epoch.train_accuracy, epoch.val_accuracy)]
    shown += [epoch.val_accuracy for epoch in published.epochs] if published else []
    return [max(-0.02, min([guessing - 0.1, *(share - 0.04 for share in shown)])), 1.03]


def _loss_range(view: RunView, published: PublishedRun | None) -> list[float]:
    """From nothing to a little above guessing (the logarithm of the classes); higher where a figure is."""
    guessing = math.log(len(view.prepared.classes) if view.prepared else 2)
    shown = [loss for epoch in view.epochs for loss in (epoch.train_loss, epoch.val_loss) if math.isfinite(loss)]
    shown += [epoch.val_loss for epoch in published.epochs] if published else []
    return [0.0, 1.1 * max([guessing, *shown])]


def _rate_marks(training: TrainingSettings, epochs: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Returns lines where the learning rate changes, on both charts, and the words beside the first of them."""
    steps = rate_steps(training, epochs)
    if not steps:
        return [], []
    words = f" learning rate × {training.gamma:g}"
    if len(steps) > FEW_STEPS:
        words += f" every {training.step_size} epochs" if training.step_size > 1 else " every epoch"
        steps = steps[:1]
    note = {
        "x": steps[0] - 0.5,
        "y": 0,
        "xref": "x",
        "yref": "y domain",
        "text": words,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "bottom",
        "font": {"size": 11, "color": PUBLISHED},
    }
    return [_mark(epoch - 0.5, chart) for epoch in steps for chart in ("", "2")], [note]


def _end_lines(epochs: int) -> list[dict[str, Any]]:
    return [_mark(epochs + 0.5, chart) | {"line": {"color": VALIDATION, "width": 1.5}} for chart in ("", "2")]


def _end_words(epochs: int, training: TrainingSettings) -> dict[str, Any]:
    return {
        "x": epochs + 0.5,
        "y": 0,
        "xref": "x",
        "yref": "y domain",
        "text": f"ended early: {training.patience} without a better one ",
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "bottom",
        "yshift": 14,  # above the words on the learning rate, which may stand in the same place
        "font": {"size": 11, "color": VALIDATION},
    }


def _mark(x: float, chart: str) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "xref": f"x{chart}",
        "y0": 0,
        "y1": 1,
        "yref": f"y{chart} domain",
        "line": {"color": PUBLISHED, "width": 1, "dash": "dot"},
        "layer": "below",
    }
