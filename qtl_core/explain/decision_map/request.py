"""A request for a map, and the map itself: whether a run can have one, and which of its epochs it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.events import Arrays, EpochDone, Prepared
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import CircuitSettings, ModelSettings

GRID = 40  # points along each axis of the surface; the browser smooths between them
REACH = math.pi / 2  # the head's tanh keeps every angle within this
MOST_UNITS = 6  # hidden units that can be axes: 15 pairs to choose from
MOST_PICTURES = 800  # beyond, points hide each other


@dataclass(frozen=True)
class MapRequest:
    """The input of a map.

    Attributes:
        prepared: What was trained: settings, pictures, network.
        weights: (epoch, head's weights after it) of every epoch to show, ascending.
        axes: The two qubits whose angles, or the two hidden units whose values, are the axes; one where there is only
            one; none for a linear head.
    """

    prepared: Prepared
    weights: tuple[tuple[int, Arrays], ...]
    axes: tuple[int, ...]


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class PictureMap:
    """A map for F epochs of N pictures.

    Attributes:
        axes: See `MapRequest`.
        model: The kind of head.
        low, high: What both axes reach from and to: of angles -pi/2 and pi/2, in radians.
        classes: Class names; index = label.
        epochs: The epochs shown, shape (F,).
        files: File of every picture: training ones first.
        labels: True class of every picture, shape (N,).
        is_validation: Which pictures are validation pictures, shape (N,).
        pictures: How many pictures there are in all: N, or more where not all are shown.
        places: Where every picture lies on both axes, float32 (F, N, 2); with one qubit or unit, the second column only
            spreads the points.
        probabilities: Every picture's class probabilities, float32 (F, N, classes).
        surface: Class probabilities on the plane, float32 (F, GRID, GRID, classes); the first index goes along the
            first axis.
    """

    axes: tuple[int, ...]
    model: ModelSettings
    low: float
    high: float
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


def axes_of(view: TrainedRun) -> list[tuple[int, ...]]:
    """Returns the pairs of qubits or hidden units that can be the axes of a run's map, the first to begin with.

    Of many hidden units those that weigh the most in the last layer. A single one is alone, and a linear head has none.
    """
    spec, last = (
        view.prepared.settings.model.spec,
        view.checkpoint.best_weights.get("post_net.weight", np.zeros((1, 0))),
    )
    if not spec.is_hidden:
        return [()]
    width = last.shape[1]
    shown = np.arange(width)
    if width > MOST_UNITS:
        shown = np.sort(np.argsort(-np.abs(last).max(axis=0), kind="stable")[:MOST_UNITS])
    return [tuple(map(int, pair)) for pair in combinations(shown, 2)] or [(0,)]


def request_of(view: TrainedRun, axes: tuple[int, ...]) -> MapRequest:
    """Returns what to ask for: the epochs that still have their weights, thinned to what can be computed at ease.

    Args:
        view: A run for which `why_no_map` says nothing.
        axes: One of `axes_of`.
    """
    there, best = epochs_with_weights(view), view.best
    stride = math.ceil(len(there) / _most_frames(view.prepared))
    shown = {*there[stride - 1 :: stride], there[-1], *([best.epoch] if best else [])}
    weights = [(done.epoch, done.checkpoint.weights) for done in view.epochs if _has_weights(done)]
    return MapRequest(view.prepared, tuple(pair for pair in weights if pair[0] in shown), axes)


def epochs_with_weights(view: RunView) -> list[int]:
    """Returns the epochs whose weights are still there: all of a run in memory, the last of one read from disk."""
    return [epoch.epoch for epoch in view.epochs if _has_weights(epoch)]


def _has_weights(epoch: EpochDone) -> bool:
    weights = epoch.checkpoint.weights
    return bool(weights) and all(np.isfinite(values).all() for values in weights.values())


def _most_frames(prepared: Prepared) -> int:
    """Returns how many epochs can be shown: fewer for circuits that take long."""
    if not prepared.settings.model.spec.has_circuit:
        return MOST_FRAMES
    pictures = min(prepared.train_size + prepared.val_size, MOST_PICTURES)
    return max(FEWEST_FRAMES, min(MOST_FRAMES, int(FRAME_WORK / _work(prepared.settings.circuit, pictures))))


def _work(circuit: CircuitSettings, pictures: int) -> int:
    """Returns amplitudes times gates of one epoch: a circuit for every picture and every node of the surface."""
    degree = max(1, circuit.depth) if circuit.reuploading else 1
    return (pictures + (2 * degree + 1) ** 2) * 2**circuit.qubits * circuit.qubits * (circuit.depth + 1)
