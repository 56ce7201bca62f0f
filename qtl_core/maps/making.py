"""Making a map from a run's weights and the kept features, in a worker process."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qtl_core.callbacks import ShouldStop, never_stop
from qtl_core.errors import StoppedByUser
from qtl_core.jobs import JobSpec, JobView
from qtl_core.maps.records import MOST_PICTURES, MapRequest, PictureMap
from qtl_core.training.events import Arrays


def map_job(request: MapRequest, owner: str = "") -> JobSpec[JobView[PictureMap]]:
    """Returns the job that makes the map in a worker."""
    return JobSpec("qtl_core.maps.making:perform", request, owner)


def perform(request: MapRequest, emit: Callable[[PictureMap], None], should_stop: ShouldStop) -> None:
    """Makes a map in a worker process."""
    emit(map_of(request, should_stop))


def map_of(request: MapRequest, should_stop: ShouldStop = never_stop) -> PictureMap:
    """Makes a map.

    Raises:
        UserError: The pictures or the network are not those the run was trained with.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.again import restore_preparation

    preparation = restore_preparation(request.prepared, should_stop, "There is no map of this run.")
    source, files = preparation.features, (*preparation.train_files, *preparation.prepared.val_files)
    chosen = _evenly(len(files))
    features = np.concatenate([source.train, source.val])[chosen]
    frames = [_frame(request, weights, features, should_stop) for _, weights in request.weights]
    places, probabilities, surface = (np.stack(part) for part in zip(*frames, strict=True))
    return PictureMap(
        qubits=request.qubits,
        classes=request.prepared.classes,
        epochs=np.array([epoch for epoch, _ in request.weights]),
        files=tuple(files[index] for index in chosen),
        labels=np.concatenate([source.train_labels, source.val_labels])[chosen],
        is_validation=chosen >= len(source.train_labels),
        pictures=len(files),
        places=places,
        probabilities=probabilities,
        surface=surface,
    )


def _frame(
    request: MapRequest, weights: Arrays, features: np.ndarray, should_stop: ShouldStop
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns places, probabilities and surface of one epoch; see `PictureMap`."""
    from qtl_core.maps.frame import Head, places_of, surface_of

    if should_stop():
        raise StoppedByUser
    head = Head(request.prepared.settings.circuit, weights)
    angles = head.angles(features)
    probabilities = head.probabilities(head.expectations(angles))
    return places_of(angles, request.qubits), probabilities, surface_of(head, angles.mean(axis=0), request.qubits)


def _evenly(pictures: int) -> np.ndarray:
    """Returns the indices of the pictures to show: all of them, or as many as can be told apart, evenly spread."""
    return np.unique(np.linspace(0, pictures - 1, min(pictures, MOST_PICTURES)).round().astype(int))
