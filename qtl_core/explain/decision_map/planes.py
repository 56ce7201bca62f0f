"""The plane of one epoch's map: where pictures lie on it, and the decision anywhere on it.

Of hidden units the plane is that of two units' values, the others at their mean. A linear head's plane lies among the
features: it holds the directions that decide, the differences of the classes' weights, or the two widest of them, and
where there is but one, the direction in which the pictures spread the most beside it. With two or three classes a
picture lies on the side of the class that is named for it, always.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from qtl_core.explain.decision_map.request import GRID, REACH
from qtl_core.network.head_scores import head_input, head_places, log_softmax
from qtl_core.runs.events import Arrays
from qtl_core.settings import ModelSettings

MARGIN = 1.05  # of the outermost picture's place, that the axes of a linear head reach to


@dataclass(frozen=True)
class Plane:
    """The plane of one epoch.

    Attributes:
        places: Where pictures lie, float32 (pictures, 2), or (pictures, 1) where there is but one axis.
        probabilities: Their class probabilities, float32 (pictures, classes).
        surface: Class probabilities on a grid from `low` to `high` on both axes, float32 (GRID, GRID, classes).
        directions: Of a linear head, the axes among the features, orthonormal, shape (2, features).
    """

    places: np.ndarray = field(repr=False)
    probabilities: np.ndarray = field(repr=False)
    surface: Callable[[float, float], np.ndarray] = field(repr=False)
    directions: np.ndarray | None = field(default=None, repr=False)


def units_plane(weights: Arrays, features: np.ndarray, model: ModelSettings, units: tuple[int, ...]) -> Plane:
    """Returns the plane of two hidden units, or of the only one.

    Args:
        weights: The head's after an epoch.
        features: Of the pictures, shape (pictures, features).
        model: The kind of head.
        units: The axes.
    """
    values = head_places(weights, features, model)
    mean = values.mean(axis=0)

    def surface(low: float, high: float) -> np.ndarray:
        at = np.tile(mean, (GRID, GRID, 1))
        for unit, grid in zip(units, _grid(low, high), strict=False):
            at[..., unit] = grid
        return _shares(weights, at)

    return Plane(values[:, units].astype(np.float32), _shares(weights, values), surface)


def linear_plane(weights: Arrays, features: np.ndarray, before: Plane | None = None) -> Plane:
    """Returns the plane of a linear head.

    Args:
        weights: The head's after an epoch.
        features: Of the pictures, shape (pictures, features).
        before: The plane of the epoch before, so that the second axis does not turn over from one to the next.
    """
    inputs = head_input(weights, features)
    mean = inputs.mean(axis=0)
    directions = _directions(np.asarray(weights["post_net.weight"], dtype=np.float64), inputs - mean)
    if before is not None and before.directions is not None:
        directions *= np.where((directions * before.directions).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)

    def surface(low: float, high: float) -> np.ndarray:
        along, up = _grid(low, high)
        return _shares(weights, mean + along[..., None] * directions[0] + up[..., None] * directions[1])

    places = ((inputs - mean) @ directions.T).astype(np.float32)
    return Plane(places, _shares(weights, inputs), surface, directions)


def ends_of(planes: Sequence[Plane], model: ModelSettings) -> tuple[float, float]:
    """Returns where the axes of a map begin and end, the same in every epoch."""
    if model.spec.has_circuit:
        return -REACH, REACH
    if model.head == "bottleneck":
        return -1.0, 1.0
    farthest = max((float(np.abs(plane.places).max(initial=0.0)) for plane in planes), default=0.0) or 1.0
    return (0.0, farthest) if model.spec.is_hidden else (-MARGIN * farthest, MARGIN * farthest)


def spread_out(places: np.ndarray, low: float, high: float) -> np.ndarray:
    """Returns places on two axes, shape (pictures, 2); those on one alone are spread at random, always alike."""
    if places.shape[1] == 2:
        return places
    spread = np.random.default_rng(0).uniform(low, high, len(places)).astype(np.float32)
    return np.stack([places[:, 0], spread], axis=1)


def _directions(weight: np.ndarray, centred: np.ndarray) -> np.ndarray:
    """Returns two orthonormal directions: those in which class scores part the most, then that of the widest spread."""
    deciding = _widest(weight - weight.mean(axis=0), 2 if len(weight) > 2 else 1)
    if len(weight) == 2 and deciding[0] @ (weight[1] - weight[0]) < 0:
        deciding = -deciding  # the second class lies to the right
    beside = centred - centred @ deciding.T @ deciding
    return np.concatenate([deciding, _widest(beside, 2 - len(deciding))])


def _widest(rows: np.ndarray, count: int) -> np.ndarray:
    """Returns the first right singular vectors, each with its largest part positive, shape (count, columns)."""
    found = np.linalg.svd(rows, full_matrices=False)[2][:count]
    if len(found) < count or rows.shape[1] == 1:  # a single feature has no second direction
        found = np.concatenate([found, np.zeros((count - len(found), rows.shape[1]))])
    largest = np.take_along_axis(found, np.abs(found).argmax(axis=1)[:, None], axis=1)
    return np.asarray(found * np.where(largest < 0, -1.0, 1.0))


def _grid(low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns both coordinates of the points of the grid, the first index along the first axis."""
    axis = np.linspace(low, high, GRID)
    along, up = np.meshgrid(axis, axis, indexing="ij")
    return along, up


def _shares(weights: Arrays, hidden: np.ndarray) -> np.ndarray:
    """Class probabilities of what the last layer reads, shape (..., width) to (..., classes), float32."""
    weight, bias = (np.asarray(weights[f"post_net.{name}"], dtype=np.float64) for name in ("weight", "bias"))
    return np.exp(log_softmax(hidden @ weight.T + bias)).astype(np.float32)
