"""The training pictures nearest to a picture: in what the head makes of them, and in what the image network sees.

Imports no torch at the top: pages ask, a worker that remembers a run's features looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ShouldStop
from qtl_core.evaluation.ood import directions
from qtl_core.inference.bundled import bundled_reference, drawn_example
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.references import evenly
from qtl_core.inference.requests import TrainedModel
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.head_scores import head_places
from qtl_core.pictures.sources.drawn.contents import CLASSES, COUNTS, file_name
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
        jpeg: The picture itself where `file` is but its name in the drawn set.
    """

    file: str
    label: int
    distance: float
    jpeg: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Neighbours:
    """The nearest training pictures, the nearest first.

    Attributes:
        by_head: In the angles of the circuit, radians, or the values of the hidden units; the distance is the root mean
            square difference over them. None of the bundled head, and of a linear one, which reads the features.
        by_features: In the features; the distance is that of `qtl_core.evaluation.ood`, so that the mean of its first
            `evaluation.ood.NEIGHBOURS` is the distance in an `OodReport`.
        total: How many training pictures are compared with.
        missing: Why there are none, in a sentence, or "".
    """

    by_head: tuple[Neighbour, ...] = ()
    by_features: tuple[Neighbour, ...] = ()
    total: int = 0
    missing: str = ""


Payload = tuple[Prepared, Arrays, np.ndarray]


def neighbours_job(model: TrainedModel, explanation: Explanation, owner: str = "") -> JobSpec[JobView[Neighbours]]:
    """Returns the job that looks for a picture's neighbours."""
    payload: Payload = model.run.prepared, model.run.checkpoint.best_weights, explanation.features
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


def neighbours_of(prepared: Prepared, weights: Arrays, features: np.ndarray, should_stop: ShouldStop) -> Neighbours:
    """Finds the neighbours of a picture among the pictures that its run was trained on.

    Args:
        prepared: What was trained on.
        weights: The head's weights.
        features: The picture's, shape (features,).
        should_stop: Asked often.

    Raises:
        UserError: The pictures or their features are not there any more.
        StoppedByUser: `should_stop` said so.
    """
    if not all(Path(file).is_absolute() for file in prepared.val_files):
        return _among_drawings(features, should_stop)
    if prepared.settings.training.backbone_mode == "published":
        why = "As published, the image network drifts with every batch, so no training picture has fixed features."
        raise UserError(NO_NEIGHBOURS, why)
    known, files, labels = _trained_on(prepared, should_stop)
    by_features = 1 - directions(known) @ directions(features)
    by_head: tuple[Neighbour, ...] = ()
    if prepared.settings.model.spec.is_hidden:
        ours, theirs = (head_places(weights, rows, prepared.settings.model) for rows in (features[None], known))
        by_head = _nearest(np.sqrt(np.square(theirs - ours).mean(axis=1)), files, labels)
    return Neighbours(by_head, _nearest(by_features, files, labels), total=len(known))


def _trained_on(prepared: Prepared, should_stop: ShouldStop) -> tuple[np.ndarray, Sequence[str], np.ndarray]:
    """Returns features (pictures, features), files and labels of what pictures are compared with."""
    from qtl_core.training.feature_memory import restore_preparation

    found = restore_preparation(prepared, should_stop, NO_NEIGHBOURS)
    chosen = evenly(np.arange(len(found.train_files)))
    return found.features.train[chosen], [found.train_files[at] for at in chosen], found.source.train_labels[chosen]


def _nearest(distances: np.ndarray, files: Sequence[str], labels: np.ndarray) -> tuple[Neighbour, ...]:
    order = np.argsort(distances, kind="stable")[:MAX_NEIGHBOURS]
    return tuple(Neighbour(files[at], int(labels[at]), float(distances[at])) for at in order)


def _among_drawings(features: np.ndarray, should_stop: ShouldStop) -> Neighbours:
    """Looks among what comes along with the bundled head, and draws what it finds: the set need not be on disk.

    Of its training drawings only the directions come along, and no angle can be made of those.
    """
    known = bundled_reference().training
    files = [file_name("train", name, number) for name in CLASSES for number in range(COUNTS["train"][name])]
    labels = np.repeat(np.arange(len(CLASSES)), [COUNTS["train"][name] for name in CLASSES])
    nearest = _nearest(1 - known @ directions(features), files, labels)
    drawn = []
    for each in nearest:
        if should_stop():
            raise StoppedByUser
        drawn.append(replace(each, jpeg=drawn_example(each.file)))
    return Neighbours((), tuple(drawn), total=len(known))
