"""Data of a plane for the component that draws it (`assets/map.js`): points as they lie, and a surface an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qtl_core.explain.plane import GRID, Plane, PlanePoints
from ui.base.assets import packed
from ui.base.theme import WRONG, class_colour
from ui.results.decision_map_view import INT16_SCALE

WHOLE_REPLAY = 6000  # milliseconds: long enough to be followed
QUICKEST, SLOWEST = 120, 1200  # milliseconds an epoch


def plane_data(
    plane: Plane, classes: Sequence[str], columns: Sequence[str], *, identity: str, total: int, best: int, plays: bool
) -> dict[str, Any]:
    """Returns what the component draws of a trained run.

    Args:
        plane: The plane.
        classes: Class names; index = label.
        columns: What the two numbers are called.
        identity: Another one means another plane, which begins at its best epoch again.
        total: Epochs of the run.
        best: The epoch whose weights are kept.
        plays: Whether it is played once by itself, from before training.
    """
    said = [_sentence(plane, frame, total) for frame in range(len(plane.epochs))]
    frames = len(plane.epochs)
    return _points_data(plane.points, classes, columns, frames) | {
        "identity": identity,
        "epochs": plane.epochs.tolist(),
        "start": int(np.abs(plane.epochs - best).argmin()),
        "said": said,
        "about": f"Plane of {len(plane.points.names)} points, over what the head says at each place.",
        "predicted": packed(plane.probabilities.argmax(-1), np.uint8),
        "sure": packed((plane.probabilities.max(-1) * 255).round(), np.uint8),
        "winners": packed(plane.surface.argmax(-1), np.uint8),
        "surface": packed((plane.surface.max(-1) * 255).round(), np.uint8),
        "plays": plays,
        "fades": frames <= WHOLE_REPLAY // QUICKEST,
        "pace": min(SLOWEST, max(QUICKEST, WHOLE_REPLAY / max(1, frames))),
    }


def points_data(points: PlanePoints, classes: Sequence[str], columns: Sequence[str], identity: str) -> dict[str, Any]:
    """Returns what the component draws before anything is trained: the points alone."""
    held_out = int(points.is_validation.sum())
    shown = len(points.names) - held_out
    said = f"Before training; shown are {shown} points to learn from and {held_out} held out, of {points.total:,}."
    return _points_data(points, classes, columns, 1) | {
        "identity": identity,
        "epochs": [0],
        "start": 0,
        "said": [said],
        "about": "Plane of the points, before training.",
        "predicted": packed(points.labels, np.uint8),
        "sure": packed(np.zeros(len(points.labels)), np.uint8),
        "winners": "",
        "surface": "",
        "bare": True,
    }


def still_data(
    points: PlanePoints, surface: np.ndarray, at_points: np.ndarray, classes: Sequence[str], columns: Sequence[str]
) -> dict[str, Any]:
    """Returns what `assets/point.js` draws but for the point: one surface that stands still.

    Args:
        points: The points.
        surface: Class probabilities on the plane, shape (GRID, GRID, classes).
        at_points: Those of the points, shape (N, classes).
        classes: Class names; index = label.
        columns: What the two numbers are called.
    """
    return _points_data(points, classes, columns, 1) | {
        "axes": list(columns),
        "middle": points.middle.tolist(),
        "reach": points.reach.tolist(),
        "about": "Plane of the points, over what the head says at each place.",
        "predicted": packed(at_points.argmax(-1), np.uint8),
        "sure": packed((at_points.max(-1) * 255).round(), np.uint8),
        "winners": packed(surface.argmax(-1), np.uint8),
        "surface": packed((surface.max(-1) * 255).round(), np.uint8),
    }


def _points_data(points: PlanePoints, classes: Sequence[str], columns: Sequence[str], frames: int) -> dict[str, Any]:
    places = ((points.values - points.middle) / points.reach * INT16_SCALE).round()
    return {
        "classes": list(classes),
        "colours": [class_colour(label) for label in range(len(classes))],
        "wrong": WRONG,
        "along": columns[0],
        "up": columns[1],
        "upwards": True,
        "axis_ends": [_ends(points, axis) for axis in (0, 1)],
        "count": len(points.names),
        "names": [
            f"{name}: {columns[0]} {x:.3g}, {columns[1]} {y:.3g}"
            for name, (x, y) in zip(points.names, points.values.tolist(), strict=True)
        ],
        "labels": packed(points.labels, np.uint8),
        "validation": packed(points.is_validation, np.uint8),
        "places": packed(np.broadcast_to(places, (frames, *places.shape)), "<i2"),
        "grid": GRID,
        "sheet": "",
        "columns": 1,
        "edge": 1,
        "drawn": False,
    }


def _ends(points: PlanePoints, axis: int) -> list[str]:
    low, high = points.middle[axis] - points.reach[axis], points.middle[axis] + points.reach[axis]
    return [f"{low:.3g}".replace("-", "−"), f"{high:.3g}".replace("-", "−")]


def _sentence(plane: Plane, frame: int, total: int) -> str:
    held_out = plane.held_out
    right = f"{plane.right[frame]} of {held_out} held-out points right."
    epoch = int(plane.epochs[frame])
    return f"Epoch {epoch} of {total}: {right}" if epoch else f"Before training: {right}"
