"""Answers for any number of pictures: read, sent through the image network, explained; as a job for a worker too."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.errors import StoppedByUser, Unavailable, UserError
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.evaluation.ood import OodReference, OodReport, is_blank
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import Answer, ImageRequest, TrainedModel, loaded
from qtl_core.jobs import JobSpec, JobView

if TYPE_CHECKING:
    from qtl_core.inference.predictor import Predictor


BATCH_SIZE = 4  # pictures that are read and sent through the network at once: quickest of 1, 2, 4, 8, 16 on two cores
NOT_COMPARED = Unavailable("")  # in place of a reference where nobody asked for one
_decoding = threading.BoundedSemaphore(4)  # pictures are decoded at a time: the largest take half a gigabyte each


def all_answers(
    predictor: Predictor,
    pictures: Sequence[ImageRequest],
    reference: OodReference | Unavailable = NOT_COMPARED,
    should_stop: ShouldStop = never_stop,
) -> Iterator[Answer]:
    """Answers for any number of pictures, in their order, until told to stop.

    Every core takes some of its own, a few at a time. Sharing one picture among two cores would gain it 2 ms of 16, and
    lose far more where other programs keep the cores busy: threads that share wait for each other at every layer.

    Args:
        predictor: What answers.
        pictures: The pictures.
        reference: What they are compared with, or why they cannot be.
        should_stop: Asked often.
    """
    from qtl_core.common.parallel import on_every_core

    size = max(1, min(BATCH_SIZE, math.ceil(len(pictures) / (os.cpu_count() or 1))))
    parts = [pictures[start : start + size] for start in range(0, len(pictures), size)]
    try:
        for found in on_every_core(lambda part: [*answers(predictor, part, reference)], parts, should_stop):
            yield from found
    except StoppedByUser:
        return


def answers(
    predictor: Predictor, pictures: Sequence[ImageRequest], reference: OodReference | Unavailable = NOT_COMPARED
) -> Iterator[Answer]:
    """Answers for pictures that go through the network together, in their order.

    Args:
        predictor: What answers.
        pictures: The pictures.
        reference: What they are compared with, or why they cannot be.
    """
    began = time.perf_counter()
    read = [_read(predictor, picture) for picture in pictures]
    views = [found for found in read if not isinstance(found, Unavailable)]
    explanations = iter(predictor.explain_views(views, began) if views else ())
    for picture, found in zip(pictures, read, strict=True):
        if isinstance(found, Unavailable):
            yield Answer(picture.id, picture.name, error=found.why)
        else:
            explanation = next(explanations)
            yield Answer(picture.id, picture.name, explanation, ood=ood_report(explanation, reference))


def ood_report(explanation: Explanation, reference: OodReference | Unavailable) -> OodReport:
    """Compares a picture with the training pictures; returns its `OodReport`."""
    if isinstance(reference, Unavailable):
        return OodReport(is_blank(explanation.seen), unknown=reference.why)
    return reference.report(explanation.features, explanation.seen)


def _read(predictor: Predictor, picture: ImageRequest) -> np.ndarray | Unavailable:
    """Returns what the network is given of the picture, or why there is nothing to give."""
    if isinstance(picture.source, np.ndarray):
        return picture.source
    try:
        with _decoding:
            return predictor.see(picture.source)
    except UserError as error:
        return Unavailable(error.why or error.what)


def answering_job(
    model: TrainedModel, pictures: Sequence[ImageRequest], owner: str = "", *, with_ood: bool = True
) -> JobSpec[JobView[tuple[Answer, ...]]]:
    """Returns the job that answers for pictures one after another, in their order.

    Without any picture it only gets a worker ready for the model.

    Args:
        model: Who answers.
        pictures: The pictures.
        owner: Whose job it is.
        with_ood: Whether pictures are compared with those of training, too, which must be found again first.
    """
    payload = model, tuple(pictures), with_ood
    return JobSpec(
        "qtl_core.inference.answering:run_answering_job", payload, owner, view=JobView(result=()), fold=JobView.collect
    )


def run_answering_job(
    payload: tuple[TrainedModel, tuple[ImageRequest, ...], bool],
    emit: Callable[[Answer], None],
    should_stop: ShouldStop,
) -> None:
    """Answers in a worker process.

    Raises:
        UserError: The run's image network is not here.
    """
    from qtl_core.inference.references import reference_for

    model, pictures, with_ood = payload
    reference = reference_for(model, should_stop) if with_ood else NOT_COMPARED
    for answer in all_answers(loaded(model), pictures, reference, should_stop):
        emit(answer)
