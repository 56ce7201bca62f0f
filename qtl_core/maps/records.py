"""What a map is asked with, and what it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qtl_core.training.events import Arrays, Prepared

GRID = 40  # points along each axis of the surface; the browser smooths between them
REACH = math.pi / 2  # the head's tanh keeps every angle within this
MOST_PICTURES = 800  # beyond, points hide each other


@dataclass(frozen=True)
class MapRequest:
    """What a map is made from.

    Attributes:
        prepared: What was trained: settings, pictures, network.
        weights: (epoch, head's weights after it) of every epoch to show, ascending.
        qubits: The two qubits whose angles are the axes; one where there is only one.
    """

    prepared: Prepared
    weights: tuple[tuple[int, Arrays], ...]
    qubits: tuple[int, ...]


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class PictureMap:
    """A map for F epochs of N pictures.

    Attributes:
        qubits: See `MapRequest`.
        classes: Class names; index = label.
        epochs: The epochs shown, shape (F,).
        files: File of every picture: training ones first.
        labels: True class of every picture, shape (N,).
        is_validation: Which pictures are validation pictures, shape (N,).
        pictures: How many pictures there are in all: N, or more where not all are shown.
        places: The two angles of every picture in radians, float32 (F, N, 2); with one qubit, the second column only
            spreads the points.
        probabilities: Every picture's class probabilities, float32 (F, N, classes).
        surface: Class probabilities on the plane, float32 (F, GRID, GRID, classes); first axis the first qubit's angle,
            both from -pi/2 to pi/2.
    """

    qubits: tuple[int, ...]
    classes: tuple[str, ...]
    epochs: np.ndarray
    files: tuple[str, ...]
    labels: np.ndarray
    is_validation: np.ndarray
    pictures: int
    places: np.ndarray
    probabilities: np.ndarray
    surface: np.ndarray
