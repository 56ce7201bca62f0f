"""Data of the plane in which a point is moved: the surface of the run that answers, and the points it learnt from."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from qtl_core.explain.plane import GRID, grid_of, probabilities_at, rows_of_run
from qtl_core.inference.requests import TrainedModel
from ui.results.plane_view import still_data


@st.cache_data(max_entries=16, show_spinner=False)
def _known(key: str, _model: TrainedModel) -> tuple[np.ndarray, dict[str, Any] | None] | None:
    """Returns the first held-out row and, of two numbers, the plane; None where the numbers are not here any more."""
    prepared = _model.run.prepared
    rows = rows_of_run(prepared)
    if rows is None:
        return None
    first = rows.values[rows.trained].astype(float)
    if prepared.feature_size != 2:
        return first, None
    points, weights = rows.points, _model.run.checkpoint.best_weights
    grid = probabilities_at(prepared, weights, grid_of(points.middle, points.reach)).reshape(GRID, GRID, -1)
    at_points = probabilities_at(prepared, weights, points.values)
    return first, still_data(points, grid, at_points, prepared.classes, prepared.feature_names)


def known_rows(model: TrainedModel) -> np.ndarray | None:
    """Returns a row that the run was checked with, shape (columns,); None where it is not here any more."""
    found = _known(model.key, model)
    return None if found is None else found[0]


def point_data(model: TrainedModel, point: list[float]) -> dict[str, Any] | None:
    """Returns what `assets/point.js` draws, or None where the points are not here any more."""
    found = _known(model.key, model)
    if found is None or found[1] is None:
        return None
    return found[1] | {"point": point, "identity": model.key}
