"""The training pictures nearest to a picture: in what the circuit sees, and in what the image network sees.

Imports no torch at the top: pages ask, a worker that remembers a run's features looks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.common.progress import ShouldStop
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from qtl_core.jobs import JobSpec, JobView
from qtl_core.pictures.sources.drawn.store import FOLDER as DRAWN
from qtl_core.runs.events import Arrays, Prepared

MAX_NEIGHBOURS = 6  # one row of tiles on a wide screen, two on a telephone
NO_NEIGHBOURS = "There are no neighbours to show."


@dataclass(frozen=True)
class Neighbour:
    """A training picture.

    Attributes:
        file: Where it is.
        label: Its true class.
        distance: How far away it is; see `Neighbours`.
    """

    file: str
    label: int
    distance: float


@dataclass(frozen=True)
class Neighbours:
    """The nearest training pictures, the nearest first.

    Attributes:
        by_angles: In the angles; the distance is the root mean square difference over the qubits, radians.
        by_features: In the features; the distance is 1 minus the cosine between them, 0 to 2.
        total: How many training pictures there are.
        missing: Why there are none, in a sentence, or "".
    """

    by_angles: tuple[Neighbour, ...] = ()
    by_features: tuple[Neighbour, ...] = ()
    total: int = 0
    missing: str = ""


Payload = tuple[Prepared, Arrays, np.ndarray, np.ndarray]


def neighbours_job(model: TrainedModel, explanation: Explanation, owner: str = "") -> JobSpec[JobView[Neighbours]]:
    """Returns the job that looks for a picture's neighbours."""
    payload: Payload = model.run.prepared, model.run.checkpoint.best_weights, explanation.features, explanation.angles
    return JobSpec("qtl_core.explain.neighbours:run_neighbours_job", payload, owner)


def run_neighbours_job(payload: Payload, emit: Callable[[Neighbours], None], should_stop: ShouldStop) -> None:
    """Looks in a worker process; where a run's pictures or features are gone, it says so.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    try:
        emit(neighbours_of(*payload, should_stop))
    except UserError as error:
        emit(Neighbours(missing=" ".join(part for part in (error.what, error.why, error.do) if part)))


def neighbours_of(
    prepared: Prepared, weights: Arrays, features: np.ndarray, angles: np.ndarray, should_stop: ShouldStop
) -> Neighbours:
    """Finds the neighbours of a picture among the pictures that its run was trained on.

    Args:
        prepared: What was trained on.
        weights: The head's weights.
        features, angles: The picture's, shape (features,) and (qubits,).
        should_stop: Asked often.

    Raises:
        UserError: The pictures or their features are not there any more.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.explain.decision_map.frames import MapHead
    from qtl_core.training.feature_memory import restore_preparation

    if prepared.settings.training.backbone_mode == "published":
        why = "As published, the image network drifts with every batch, so no training picture has fixed features."
        raise UserError(NO_NEIGHBOURS, why)
    found = restore_preparation(_with_drawn_files(prepared), should_stop, NO_NEIGHBOURS)
    known = found.features.train  # (pictures, features)
    theirs = MapHead(prepared.settings.circuit, weights).angles(known)
    apart = {
        "by_angles": np.sqrt(np.square(theirs - angles).mean(axis=1)),
        "by_features": 1 - known @ features / (np.linalg.norm(known, axis=1) * np.linalg.norm(features) + 1e-12),
    }
    rows = {
        name: tuple(
            Neighbour(found.train_files[index], int(found.source.train_labels[index]), float(distances[index]))
            for index in np.argsort(distances, kind="stable")[:MAX_NEIGHBOURS]
        )
        for name, distances in apart.items()
    }
    return Neighbours(rows["by_angles"], rows["by_features"], total=len(known))


def _with_drawn_files(prepared: Prepared) -> Prepared:
    """Returns what a run was trained on, with the places of its files where it only has their names in the drawn set.

    Such is the run that comes along: it was trained elsewhere, on pictures that are drawn alike everywhere.

    Raises:
        UserError: They were never drawn on this machine.
    """
    if all(Path(file).is_absolute() for file in prepared.val_files):
        return prepared
    folder = next(paths.existing(DRAWN), None)
    if folder is None:
        why = "The drawn pictures it learnt from are not on this machine."
        raise UserError(
            NO_NEIGHBOURS, why, f"Train once on drawn pictures with {prepared.backbone_title}, and they will be."
        )
    return replace(prepared, val_files=tuple(str(folder / file) for file in prepared.val_files))
