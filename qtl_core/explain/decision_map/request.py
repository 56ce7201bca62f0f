"""A request for a map, and the map itself: whether a run can have one, and which of its epochs it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.events import Arrays, EpochDone, Prepared
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import CircuitSettings

GRID = 40  # points along each axis of the surface; the browser smooths between them
REACH = math.pi / 2  # the head's tanh keeps every angle within this
MOST_PICTURES = 800  # beyond, points hide each other


@dataclass(frozen=True)
class MapRequest:
    """The input of a map.

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


MOST_FRAMES = 60  # as the replay of the curves: enough to look like motion
FEWEST_FRAMES = 6  # below, nothing would seem to move
FRAME_WORK = 4e9  # amplitudes times gates in all: some ten seconds of one core; the paper's circuit needs 0.003e9


def why_no_map(view: RunView) -> str:
    """Returns the sentence that says why a run can have no map, or ""."""
    if view.prepared is None or not epochs_with_weights(view):
        return "There is a map once the first epoch is done."
    if view.prepared.settings.training.backbone_mode == "published":
        return (
            "As published, the image network itself drifts with every batch, so a picture has no fixed features to "
            "draw a map from; train with the truly frozen backbone to see one."
        )
    return why_no_head(view)


def request_of(view: TrainedRun, qubits: tuple[int, ...]) -> MapRequest:
    """Returns what to ask for: the epochs that still have their weights, thinned to what can be computed at ease.

    Args:
        view: A run for which `why_no_map` says nothing.
        qubits: The axes.
    """
    there, best = epochs_with_weights(view), view.best
    stride = math.ceil(len(there) / _most_frames(view.prepared))
    shown = {*there[stride - 1 :: stride], there[-1], *([best.epoch] if best else [])}
    weights = [(done.epoch, done.checkpoint.weights) for done in view.epochs if _has_weights(done)]
    return MapRequest(view.prepared, tuple(pair for pair in weights if pair[0] in shown), qubits)


def epochs_with_weights(view: RunView) -> list[int]:
    """Returns the epochs whose weights are still there: all of a run in memory, the last of one read from disk."""
    return [epoch.epoch for epoch in view.epochs if _has_weights(epoch)]


def _has_weights(epoch: EpochDone) -> bool:
    weights = epoch.checkpoint.weights
    return bool(weights) and all(np.isfinite(values).all() for values in weights.values())


def _most_frames(prepared: Prepared) -> int:
    """Returns how many epochs can be shown: fewer for circuits that take long."""
    pictures = min(prepared.train_size + prepared.val_size, MOST_PICTURES)
    return max(FEWEST_FRAMES, min(MOST_FRAMES, int(FRAME_WORK / _work(prepared.settings.circuit, pictures))))


def _work(circuit: CircuitSettings, pictures: int) -> int:
    """Returns amplitudes times gates of one epoch: a circuit for every picture and every node of the surface."""
    degree = max(1, circuit.depth) if circuit.reuploading else 1
    return (pictures + (2 * degree + 1) ** 2) * 2**circuit.qubits * circuit.qubits * (circuit.depth + 1)
