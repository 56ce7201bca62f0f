"""Points of a plane in two classes: the paper's spirals, squares, and moons.

The spirals are those of the paper's own notebook (XanaduAI/quantum-transfer-learning, dressed_circuit.ipynb), to the
last bit: of 2,200 points a spiral, drawn from seed 21 and standardised, 200 are held out and the 2,000 after them are
learnt from, in the order that scikit-learn splits them in with seed 42. So a figure measured here stands beside the
published one on the same points.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from qtl_core.settings import DataSettings
from qtl_core.tables.numbers import Numbers, numbers_of

CLASSES = ("A", "B")
COLUMNS = ("x", "y")
DRAWN_FROM, DIVIDED_BY = 21, 42  # the notebook's seeds
HELD_OUT_SHARE, FEWEST_HELD_OUT = 10, 10  # one to every so many that are learnt from, and so many at least
NAMES = {"spirals": "Two spirals", "squares": "Squares", "moons": "Two moons"}
# A spiral's arm lies this far from the other's; squares and moons are drawn as large, so that scatter means the same.
ARM_DISTANCE = math.pi


def load_points(data: DataSettings) -> Numbers:
    """Returns the points that settings name: always the same for the same settings."""
    held_out = held_out_points(data.points)
    points, labels, order = _drawn(data)
    return numbers_of(
        NAMES[data.shape],
        "points",
        classes=CLASSES,
        columns=COLUMNS,
        values=points,
        labels=labels,
        train=order[held_out : held_out + data.points],
        val=order[:held_out],
        row_name=f"{data.shape}/{{}}".format,
    )


def fresh_points(data: DataSettings) -> tuple[np.ndarray, np.ndarray]:
    """Returns points drawn along with the others and neither learnt from nor held out, and their classes.

    There are as many as there are of both; nothing was chosen by them, so they judge what the held-out ones chose.
    """
    points, labels, order = _drawn(data)
    left = order[data.points + held_out_points(data.points) :]
    return points[left].astype(np.float32), labels[left]


def _drawn(data: DataSettings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns all points drawn, their classes, and the order in which parts are taken from them."""
    each = data.points + held_out_points(data.points)
    rng = np.random.RandomState(DRAWN_FROM)  # the legacy generator, whose numbers are fixed for ever
    points = turned(standardised(SHAPES[data.shape](each, data, rng)), data.rotation_degrees)
    return points, np.repeat((0, 1), each), np.random.RandomState(DIVIDED_BY).permutation(len(points))


def held_out_points(points: int) -> int:
    """Returns how many points are held out beside so many that are learnt from; 200 of the paper's 2,000."""
    return max(FEWEST_HELD_OUT, points // HELD_OUT_SHARE)


def spirals(each: int, data: DataSettings, rng: np.random.RandomState) -> np.ndarray:
    """Returns two spirals wound around each other, shape (2 each, 2), the first one's points first."""
    angle = np.sqrt(rng.rand(each, 1)) * data.turns * (2 * np.pi)
    x = -np.cos(angle) * angle + rng.rand(each, 1) * data.spread
    y = np.sin(angle) * angle + rng.rand(each, 1) * data.spread
    first = np.hstack((x, y))
    return np.vstack((first, -first))


def squares(each: int, data: DataSettings, rng: np.random.RandomState) -> np.ndarray:
    """Returns a chequerboard of two by two, shape (2 each, 2): the first class top right and bottom left."""
    inside = rng.rand(2 * each, 2) * 3 * ARM_DISTANCE
    side = np.where(rng.rand(2 * each) < 0.5, -1.0, 1.0)
    other = np.repeat((1.0, -1.0), each)
    return inside * np.stack((side, side * other), axis=1) + _scatter(each, data, rng)


def moons(each: int, data: DataSettings, rng: np.random.RandomState) -> np.ndarray:
    """Returns two half circles that reach into each other, as of `sklearn.datasets.make_moons`, shape (2 each, 2)."""
    angle = rng.rand(each) * math.pi
    upper = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    lower = np.stack((1 - np.cos(angle), 0.5 - np.sin(angle)), axis=1)
    return np.vstack((upper, lower)) * 2 * ARM_DISTANCE + _scatter(each, data, rng)


SHAPES: dict[str, Callable[[int, DataSettings, np.random.RandomState], np.ndarray]] = {
    "spirals": spirals,
    "squares": squares,
    "moons": moons,
}


def standardised(values: np.ndarray) -> np.ndarray:
    """Returns columns of mean 0 and spread 1, as `sklearn.preprocessing.StandardScaler` makes them."""
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """Returns points turned around the middle, against the clock."""
    if not degrees:
        return points
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.asarray(points @ np.array(((cos, sin), (-sin, cos))))


def _scatter(each: int, data: DataSettings, rng: np.random.RandomState) -> np.ndarray:
    return np.asarray((rng.rand(2 * each, 2) - 0.5) * data.spread)
