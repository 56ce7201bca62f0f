"""Charts of an experiment in transfer: both ways to learn task B, and what was saved at every stop.

A line is the median of the seeds, and where nine of ten of them lie is shaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from qtl_core.drawing.plotly_parts import band_edges
from qtl_core.learn.experiments.experiment import Curves, Experiment, Quality
from qtl_core.learn.experiments.outcome import BAND, Effort, Outcome
from ui.base.reader import ink, paper
from ui.base.theme import CARRIED, PUBLISHED, SCRATCH, plotly_layout

HEIGHT = 340
BAND_OPACITY = 0.18
FLOOR = 1e-3  # of the target: an axis of powers of ten goes no further down, as nothing has no power of ten
SLACK = 1.6  # of the distance of the furthest median from the target: a band is cut off beyond
NAMES = {"scratch": "B from scratch", "transferred": "B from the carried start"}
LINES: dict[str, dict[str, Any]] = {
    "scratch": {"color": SCRATCH, "width": 2.5, "dash": "dash"},
    "transferred": {"color": CARRIED, "width": 2.5},
}
SYMBOLS = {"scratch": "square", "transferred": "circle"}


def curves_figure(experiment: Experiment, outcome: Outcome | None) -> go.Figure:
    """Draws how well B is done against what it took; before anything is learnt, the target alone."""
    quality = experiment.quality
    traces: list[dict[str, Any]] = []
    if outcome is not None:
        curves = outcome.curves
        first = {"color": PUBLISHED, "width": 1.5, "dash": "dot"}
        middle = _shown(np.median(curves.first, axis=0), quality)
        traces = [
            _line(curves.first_evaluations, middle, _first_name(curves), first),
            *_way("scratch", curves.evaluations, curves.scratch, quality),
            *_way("transferred", curves.evaluations, curves.transferred, quality),
            *(_reached(way, getattr(outcome, way), quality) for way in NAMES),
        ]
    layout = _layout(f"{_capital(experiment.evaluations)}", _axis_title(quality))
    layout["yaxis"] |= {"type": "log", "exponentformat": "none", "dtick": 1} if quality.log else {}
    if outcome is not None:
        layout["xaxis"]["range"] = [0, float(outcome.curves.evaluations[-1])]  # A may go on for longer
        layout["yaxis"]["range"] = _powers(outcome, quality.target) if quality.log else _around(outcome, quality.target)
    else:
        layout["xaxis"] |= {"range": [0, 1], "showticklabels": False}
        at, around = (float(np.log10(quality.target)), 1.5) if quality.log else (quality.target, 1.0)
        layout["yaxis"] |= {"range": [at - around, at + around], "showticklabels": False}
    layout["shapes"] = [_target_line(quality)]
    layout["annotations"] = [_target_words(quality)]
    return go.Figure(traces, layout)


def _first_name(curves: Curves) -> str:
    """Names task A's curve; where it goes on beyond the chart, up to where."""
    end = float(curves.first_evaluations[-1])
    return "A, learnt first" + (f" (up to {end:,.0f})" if end > curves.evaluations[-1] else "")


def stops_figure(experiment: Experiment, found: Sequence[Outcome], chosen: int, *, judged: bool) -> go.Figure:
    """Draws what is saved on average at every stop that is learnt, with its interval; the chosen stop is ringed."""
    stops = [each.value for each in experiment.likenesses]  # at equal distances, as on the slider
    places = [stops.index(each.likeness.value) for each in found]
    traces = [_saved(each, at, chosen=at == chosen, judged=judged) for at, each in zip(places, found, strict=True)]
    layout = _layout("How alike the tasks are", f"{_capital(experiment.evaluations)} saved")
    layout["xaxis"] |= {
        "range": [-0.4, len(stops) - 0.6],
        "tickvals": list(range(len(stops))),
        "ticktext": [f"{each:g}" for each in stops],
        "tickangle": 0,
        "showgrid": False,
    }
    layout["yaxis"] |= {"rangemode": "tozero"} if found else {"range": [-1, 1], "showticklabels": False}
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "layer": "below"}
    layout["shapes"] = [zero | {"line": {"color": PUBLISHED, "width": 1.5}}]
    layout["showlegend"] = False
    return go.Figure(traces, layout)


def _way(way: str, places: np.ndarray, values: np.ndarray, quality: Quality) -> list[dict[str, Any]]:
    low, middle, high = (_shown(each, quality) for each in np.percentile(values, (BAND[0], 50, BAND[1]), axis=0))
    common = {"x": places, "legendgroup": way}
    edges = band_edges(low, high, LINES[way]["color"], BAND_OPACITY, common)
    return [*edges, _line(places, middle, NAMES[way], LINES[way]) | {"legendgroup": way}]


def _line(x: np.ndarray, y: np.ndarray, name: str, line: dict[str, Any]) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": line}


def _reached(way: str, effort: Effort, quality: Quality) -> dict[str, Any]:
    """The median of what it took, on the target's line; hollow where most seeds never got there."""
    hollow = "-open" if effort.missed * 2 > len(effort.each) else ""
    colour = LINES[way]["color"]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [effort.median],
        "y": [quality.target],
        "legendgroup": way,
        "showlegend": False,
        "cliponaxis": False,
        "name": f"{NAMES[way]}, median",
        "hovertemplate": "%{x:,.0f}<extra>%{fullData.name}</extra>",
        "marker": {
            "size": 13,
            "symbol": f"{SYMBOLS[way]}{hollow}",
            "color": colour,
            "opacity": 1,
            "line": {"width": 2, "color": colour if hollow else paper() or "#FFFFFF"},
        },
    }


def _saved(outcome: Outcome, place: int, *, chosen: bool, judged: bool) -> dict[str, Any]:
    certain = judged and outcome.verdict != "uncertain"
    colour = {"saved": CARRIED, "lost": SCRATCH, "uncertain": PUBLISHED}[outcome.verdict] if judged else PUBLISHED
    bars = {"array": [outcome.high - outcome.difference], "arrayminus": [outcome.difference - outcome.low]}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [place],
        "y": [outcome.difference],
        "name": outcome.likeness.task_a,
        "cliponaxis": False,
        "error_y": {"type": "data", "symmetric": False, "color": colour, "thickness": 2, "width": 5, **bars},
        "hovertemplate": f"%{{y:,.1f}} ({outcome.low:,.1f} to {outcome.high:,.1f})<extra></extra>",
        "marker": {
            "size": 15 if chosen else 10,
            "symbol": "circle" if certain else "circle-open",
            "color": colour,
            "opacity": 1,
            "line": {"width": 3 if chosen else 2, "color": (ink() or colour) if chosen and certain else colour},
        },
    }


def _layout(x: str, y: str) -> dict[str, Any]:
    coloured = {"color": ink()} if ink() else {}
    layout = plotly_layout(height=HEIGHT, hovermode="closest", font=coloured, dragmode=False)
    for axis, title in (("xaxis", x), ("yaxis", y)):
        layout[axis] |= {"exponentformat": "none", "separatethousands": True}  # 10,000 as in the sentences, not 10k
        layout[axis] |= {"fixedrange": True, "tickfont": coloured, "title": {"text": title, "font": coloured}}
    layout["xaxis"]["title"]["standoff"] = 12
    return layout


def _target_line(quality: Quality) -> dict[str, Any]:
    line = {"color": PUBLISHED, "width": 1.5, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": quality.target, "y1": quality.target, "line": line}


def _target_words(quality: Quality) -> dict[str, Any]:
    """The words at the line's end, on the side that the curves have left by then."""
    at = np.log10(quality.target) if quality.log else quality.target
    lower = quality.better == "lower"
    return {
        "text": f"learnt {'below' if lower else 'above'} this line",
        "xref": "paper",
        "x": 1,
        "xanchor": "right",
        "y": at,
        "yanchor": "bottom" if lower else "top",
        "showarrow": False,
        "bgcolor": paper() or "rgba(0, 0, 0, 0)",
        "opacity": 0.9,
        "font": {"size": 12} | ({"color": ink()} if ink() else {}),
    }


def _axis_title(quality: Quality) -> str:
    return _capital(quality.name) + (f", {quality.unit}" if quality.unit else "")


def _shown(values: np.ndarray, quality: Quality) -> np.ndarray:
    """Returns values as an axis of powers of ten can place them: nothing, and less, is far below what it shows."""
    shown: np.ndarray = np.maximum(values, 1e-3 * FLOOR * quality.target) if quality.log else values
    return shown


def _powers(outcome: Outcome, target: float) -> list[float]:
    """Returns the lowest and the highest power of ten that is shown."""
    both = np.concatenate([outcome.curves.scratch, outcome.curves.transferred])
    low = max(np.percentile(both, BAND[0], axis=0).min(), FLOOR * target)
    return [float(np.log10(low)) - 0.1, float(np.log10(np.percentile(both, BAND[1], axis=0).max())) + 0.1]


def _around(outcome: Outcome, target: float) -> list[float]:
    """Returns the ends of an axis that holds the bands, but for a few seeds far beyond where all medians are."""
    both = [outcome.curves.scratch, outcome.curves.transferred]
    medians = np.concatenate([np.median(values, axis=0) for values in both])
    edges = np.concatenate([np.percentile(values, BAND, axis=0).ravel() for values in both])
    furthest = SLACK * float(np.abs(medians - target).max())
    low, high = max(float(edges.min()), target - furthest), min(float(edges.max()), target + furthest)
    margin = 0.06 * (max(high, target) - min(low, target))
    return [min(low, target) - margin, max(high, target) + margin]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
