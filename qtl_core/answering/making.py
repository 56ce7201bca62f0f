"""Answers for any number of pictures: each is read, explained a few at a time, and compared with those of training."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.answering.records import Answer, ImageRequest
from qtl_core.callbacks import ShouldStop, never_stop
from qtl_core.doubt import OodReference, OodReport, is_blank
from qtl_core.errors import StoppedByUser, UserError
from qtl_core.explanation import Explanation

if TYPE_CHECKING:
    from qtl_core.prediction import Predictor

BATCH_SIZE = 4  # pictures that are read and sent through the network at once: quickest of 1, 2, 4, 8, 16 on two cores
_decoding = threading.BoundedSemaphore(4)  # pictures are decoded at a time: the largest take half a gigabyte each


def all_answers(
    predictor: Predictor,
    pictures: Sequence[ImageRequest],
    reference: OodReference | str = "",
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
    from qtl_core.features.parallel import on_every_core

    size = max(1, min(BATCH_SIZE, math.ceil(len(pictures) / (os.cpu_count() or 1))))
    parts = [pictures[start : start + size] for start in range(0, len(pictures), size)]
    try:
        for found in on_every_core(lambda part: [*answers(predictor, part, reference)], parts, should_stop):
            yield from found
    except StoppedByUser:
        return


def answers(
    predictor: Predictor, pictures: Sequence[ImageRequest], reference: OodReference | str = ""
) -> Iterator[Answer]:
    """Answers for pictures that go through the network together, in their order.

    Args:
        predictor: What answers.
        pictures: The pictures.
        reference: What they are compared with, or why they cannot be.
    """
    began = time.perf_counter()
    read = [_read(predictor, picture) for picture in pictures]
    views = [found for found in read if not isinstance(found, str)]
    explanations = iter(predictor.explain_views(views, began) if views else ())
    for picture, found in zip(pictures, read, strict=True):
        if isinstance(found, str):
            yield Answer(picture.id, picture.name, error=found)
        else:
            explanation = next(explanations)
            yield Answer(picture.id, picture.name, explanation, ood=ood_report(explanation, reference))


def ood_report(explanation: Explanation, reference: OodReference | str) -> OodReport:
    """Returns what there is against an answer; see `answers` on the reference."""
    if isinstance(reference, str):
        return OodReport(is_blank(explanation.seen), unknown=reference)
    return reference.report(explanation.features, explanation.seen)


def _read(predictor: Predictor, picture: ImageRequest) -> np.ndarray | str:
    """Returns what the network is given of the picture, or the sentence that says why there is nothing to give."""
    if isinstance(picture.source, np.ndarray):
        return picture.source
    try:
        with _decoding:
            return predictor.see(picture.source)
    except UserError as error:
        return error.why or error.what
