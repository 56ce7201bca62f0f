"""The plane of two numbers a row: where the points lie, and what the head says anywhere, before training and by epoch.

No projection is needed: what is drawn is all that the head knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.explain.decision_map.request import epochs_with_weights
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.head_scores import MEAN, SCALE, class_scores, log_softmax
from qtl_core.network.initial_weights import initial_weights
from qtl_core.pictures.sources.dataset import labels_of
from qtl_core.runs.events import Arrays, EpochDone, Prepared
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.tables.catalogue import load_numbers
from qtl_core.training.parts import with_parts

GRID = 56  # points along each axis of the surface; the browser smooths between them
MOST_TRAINING, MOST_VALIDATION = 500, 300  # points that are shown; beyond, they hide each other
MARGIN = 1.08  # the plane reaches so far beyond the outermost points
MOST_FRAMES = 40
FRAME_WORK = 1.5e9  # amplitudes times gates in all: some seconds of one core


@dataclass(frozen=True)
class PlaneRequest:
    """The input of a plane.

    Attributes:
        prepared: What was trained.
        weights: (epoch, head's weights after it) of every epoch to show, ascending; epoch 0 is before training.
    """

    prepared: Prepared
    weights: tuple[tuple[int, Arrays], ...]


@dataclass(frozen=True, eq=False)
class PlanePoints:
    """Points of a plane.

    Attributes:
        names: What each point is called.
        values: Their two numbers, shape (N, 2).
        labels: True class, shape (N,).
        is_validation: Which are held out, shape (N,).
        total: How many there are in all: N, or more where not all are shown.
        middle, reach: The plane shown is `middle` plus and minus `reach` along each axis, shape (2,) each.
    """

    names: tuple[str, ...]
    values: np.ndarray
    labels: np.ndarray
    is_validation: np.ndarray
    total: int
    middle: np.ndarray
    reach: np.ndarray


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane by epoch.

    Attributes:
        points: The points.
        epochs: The epochs shown, shape (F,); 0 is before training.
        probabilities: Every point's class probabilities, float32 (F, N, classes).
        surface: Class probabilities on the plane, float32 (F, GRID, GRID, classes); first axis the first number.
        right: For how many of all held-out points the answer was right, shape (F,).
        held_out: How many held-out points there are.
    """

    points: PlanePoints
    epochs: np.ndarray
    probabilities: np.ndarray
    surface: np.ndarray
    right: np.ndarray
    held_out: int


def is_plane(prepared: Prepared) -> bool:
    """Returns whether a run learnt two numbers a row, so that all it knows can be drawn."""
    return prepared.settings.data.is_numbers and prepared.feature_size == 2


def plane_request(run: TrainedRun) -> PlaneRequest:
    """Returns what to ask for: the start and the epochs that still have their weights, thinned to what is quick.

    The best epoch is among them in any case: its weights are kept beside the last one's.
    """
    there, best = epochs_with_weights(run), run.best
    stride = max(1, math.ceil(len(there) / _most_frames(run.prepared)))
    shown = {*there[stride - 1 :: stride], there[-1]} if there else set()
    kept = {done.epoch: done.checkpoint.weights for done in run.epochs if done.epoch in shown}
    if best and run.checkpoint.best_weights:
        kept[best.epoch] = run.checkpoint.best_weights
    weights = sorted(kept.items(), key=itemgetter(0))
    if there and there[0] == 1:
        weights.insert(0, (0, start_weights(run)))
    return PlaneRequest(run.prepared, tuple(weights))


def start_weights(run: TrainedRun) -> Arrays:
    """Returns the head's weights before the first epoch: what was carried over, or what its seed draws."""
    checkpoint, prepared = run.checkpoint, run.prepared
    if checkpoint.start_weights:
        return checkpoint.start_weights
    settings = prepared.settings
    drawn = initial_weights(
        prepared.feature_size,
        len(prepared.classes),
        settings.circuit,
        settings.training.q_delta,
        settings.training.seed,
        settings.model,
    )
    return drawn | {name: values for name, values in checkpoint.weights.items() if name in (MEAN, SCALE)}


@dataclass(frozen=True, eq=False)
class KnownRows:
    """The rows of a run, found again where they came from.

    Attributes:
        names: What each is called: those that are learnt from first.
        values: Shape (rows, columns), float32.
        labels: True classes, shape (rows,).
        trained: How many are learnt from.
    """

    names: tuple[str, ...]
    values: np.ndarray
    labels: np.ndarray
    trained: int

    @property
    def points(self) -> PlanePoints:
        """Those to show, of rows of two numbers."""
        return points_of(self.names, self.values, self.labels, self.trained)


def rows_of_settings(settings: RunSettings) -> tuple[KnownRows, tuple[str, ...], tuple[str, ...]]:
    """Returns the rows that settings learn from and hold out, their classes and the names of the columns.

    Raises:
        UserError: There is no such table, or it cannot be used.
    """
    numbers = load_numbers(settings.data)
    dataset = with_parts(numbers.dataset, settings.data, settings.training.seed)
    both = (*dataset.train, *dataset.val)
    names = tuple(picture.path.as_posix() for picture in both)
    rows = KnownRows(names, numbers.values(both), np.array(labels_of(both)), len(dataset.train))
    return rows, dataset.classes, numbers.columns


def rows_of_run(prepared: Prepared) -> KnownRows | None:
    """Returns a run's rows, or None where they are not there any more, or are others now."""
    try:
        rows, classes, columns = rows_of_settings(prepared.settings)
    except UserError:
        return None
    same = (classes, columns, rows.names[rows.trained :], rows.trained)
    then = (prepared.classes, prepared.feature_names, prepared.val_files, prepared.train_size)
    return rows if same == then else None


def plane_job(request: PlaneRequest, owner: str = "") -> JobSpec[JobView[Plane]]:
    """Returns the job that makes the plane in a worker."""
    return JobSpec("qtl_core.explain.plane:run_plane_job", request, owner)


def run_plane_job(request: PlaneRequest, emit: Callable[[Plane], None], should_stop: ShouldStop) -> None:
    """Makes a plane in a worker process."""
    emit(plane_of(request, should_stop))


def plane_of(request: PlaneRequest, should_stop: ShouldStop = never_stop) -> Plane:
    """Makes a plane.

    Raises:
        UserError: The numbers are not those the run was trained with.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.feature_memory import restore_preparation

    preparation = restore_preparation(request.prepared, should_stop, "The plane of this run cannot be drawn.")
    source = preparation.features
    points = points_of(
        (*preparation.train_files, *preparation.prepared.val_files),
        np.concatenate([source.train, source.val]),
        np.concatenate([source.train_labels, source.val_labels]),
        len(source.train_labels),
    )
    frames = []
    for _, weights in request.weights:
        if should_stop():
            raise StoppedByUser
        frames.append(_frame(request.prepared, weights, points, source.val))
    at_points, surface, at_validation = (np.stack(part) for part in zip(*frames, strict=True))
    right = (at_validation.argmax(axis=-1) == source.val_labels).sum(axis=1)
    return Plane(points, np.array([epoch for epoch, _ in request.weights]), at_points, surface, right, len(source.val))


def plane_now(prepared: Prepared, epoch: EpochDone, points: PlanePoints) -> Plane:
    """Makes the plane of one epoch, in a moment where `is_quick` says so; what is right is what the epoch says."""
    found = probabilities_at(
        prepared, epoch.checkpoint.weights, np.concatenate([points.values, grid_of(points.middle, points.reach)])
    )
    shown = len(points.values)
    right = np.array([round(epoch.val_accuracy * prepared.val_size)])
    surface = found[None, shown:].reshape(1, GRID, GRID, -1)
    return Plane(points, np.array([epoch.epoch]), found[None, :shown], surface, right, prepared.val_size)


def is_quick(prepared: Prepared) -> bool:
    """Returns whether one epoch's plane takes some hundredths of a second, so that a page can make it itself."""
    return _most_frames(prepared) >= MOST_FRAMES // 2


def points_of(names: tuple[str, ...], values: np.ndarray, labels: np.ndarray, trained: int) -> PlanePoints:
    """Returns the points to show: all, or as many of each part as can be told apart, evenly picked.

    Args:
        names: What each is called: those that are learnt from first.
        values: Shape (rows, 2).
        labels: True classes, shape (rows,).
        trained: How many are learnt from.
    """
    shown = np.concatenate([_evenly(0, trained, MOST_TRAINING), _evenly(trained, len(names), MOST_VALIDATION)])
    low, high = values.min(axis=0), values.max(axis=0)
    reach = np.maximum((high - low) / 2 * MARGIN, 1e-9)
    return PlanePoints(
        tuple(names[at] for at in shown.tolist()),
        values[shown],
        labels[shown],
        shown >= trained,
        len(names),
        (low + high) / 2,
        reach,
    )


def grid_of(middle: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Returns the points of the surface, shape (GRID * GRID, 2): the second number runs faster."""
    axis = np.linspace(-1, 1, GRID)
    first, second = np.meshgrid(middle[0] + reach[0] * axis, middle[1] + reach[1] * axis, indexing="ij")
    return np.stack((first.ravel(), second.ravel()), axis=1)


def probabilities_at(prepared: Prepared, weights: Arrays, values: np.ndarray) -> np.ndarray:
    """Returns class probabilities of rows by given weights, float32 (rows, classes)."""
    scores = class_scores(prepared.settings.circuit, weights, values, prepared.settings.model)
    return np.exp(log_softmax(scores)).astype(np.float32)


def _frame(
    prepared: Prepared, weights: Arrays, points: PlanePoints, held_out: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    grid = grid_of(points.middle, points.reach)
    found = probabilities_at(prepared, weights, np.concatenate([points.values, grid, held_out]))
    ends = np.cumsum((len(points.values), len(grid)))
    shown, surface, others = found[: ends[0]], found[ends[0] : ends[1]], found[ends[1] :]
    return shown, surface.reshape(GRID, GRID, -1), others


def _most_frames(prepared: Prepared) -> int:
    """Returns how many epochs can be shown: fewer for circuits that take long."""
    circuit = prepared.settings.circuit
    if not prepared.settings.model.spec.has_circuit:
        return MOST_FRAMES
    rows = GRID * GRID + MOST_TRAINING + MOST_VALIDATION
    work = rows * 2**circuit.qubits * circuit.qubits * (circuit.depth + 1) * (3 if circuit.rotation != "ry" else 1)
    return max(3, min(MOST_FRAMES, int(FRAME_WORK / work)))


def _evenly(start: int, end: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(start, end - 1, min(end - start, most)).round().astype(int))
