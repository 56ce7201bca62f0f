"""Facts of a run that learnt rows of numbers, for a page's fields: each column's range, and the points of a plane.

Of people's tables the ranges and middles alone are published; points of a drawn shape are nobody's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from qtl_core.explain.plane import KnownRows, is_plane, rows_of_run
from qtl_core.inference.number_answers import column_names
from qtl_core.network.head_scores import MEAN, SCALE
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import TrainedRun

DIGITS = 4
WIDE = 2.5  # standard deviations to each side of the mean, where the rows themselves are not here any more


def number_facts(view: TrainedRun) -> dict[str, Any]:
    """Returns them: `are_known` says whether the ranges are those of the training rows, or a guess."""
    rows = rows_of_run(view.prepared)
    low, middle, high = _guessed(view) if rows is None else _ranges(rows.values[: rows.trained])
    named = zip(column_names(view), _plain(low), _plain(middle), _plain(high), strict=True)
    columns = [{"name": name, "low": least, "start": start, "high": most} for name, least, start, most in named]
    return {"columns": columns, "are_known": rows is not None, "points": _points(view.prepared, rows)}


def _ranges(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return values.min(axis=0), np.median(values, axis=0), values.max(axis=0)


def _guessed(view: TrainedRun) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    weights, size = view.checkpoint.best_weights, view.prepared.feature_size
    mean, reach = weights.get(MEAN, np.zeros(size)), WIDE / weights.get(SCALE, np.ones(size))
    return mean - reach, mean, mean + reach


def _plain(values: np.ndarray) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values.tolist()]


def _points(prepared: Prepared, rows: KnownRows | None) -> list[list[float]]:
    if rows is None or not is_plane(prepared) or prepared.settings.data.source != "points":
        return []
    shown = rows.points
    return [[*_plain(value), int(label)] for value, label in zip(shown.values, shown.labels, strict=True)]
