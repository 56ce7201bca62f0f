"""Answers for any number of pictures: read, sent through the image network a few at a time, explained and doubted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.answering.records import Answer, Asked
from qtl_core.callbacks import ShouldStop, never_stop
from qtl_core.doubt import Doubt, Reference, is_blank
from qtl_core.errors import StoppedByUser, UserError
from qtl_core.explanation import Explanation

if TYPE_CHECKING:
    from qtl_core.prediction import Predictor

TOGETHER = 4  # pictures that are read and sent through the network at once: quickest of 1, 2, 4, 8, 16 on two cores
READERS = 2  # pictures that are decoded at a time: the largest allowed take half a gigabyte each


def all_answers(
    predictor: Predictor,
    pictures: Sequence[Asked],
    reference: Reference | str = "",
    should_stop: ShouldStop = never_stop,
) -> Iterator[Answer]:
    """Answers for any number of pictures, in their order, until told to stop.

    Few go through the network at once, with all cores at each; of many, every core takes some of its own.

    Args:
        predictor: What answers.
        pictures: The pictures.
        reference: What they are compared with, or why they cannot be.
        should_stop: Asked often.
    """
    from qtl_core.features.parallel import on_every_core

    parts = [pictures[start : start + TOGETHER] for start in range(0, len(pictures), TOGETHER)]
    if len(parts) < 2:
        yield from (answer for part in parts if not should_stop() for answer in answers(predictor, part, reference))
        return
    try:
        for found in on_every_core(lambda part: [*answers(predictor, part, reference, 1)], parts, should_stop):
            yield from found
    except StoppedByUser:
        return


def answers(
    predictor: Predictor, pictures: Sequence[Asked], reference: Reference | str = "", readers: int = READERS
) -> Iterator[Answer]:
    """Answers for pictures that are decoded side by side and go through the network together, in their order.

    Args:
        predictor: What answers.
        pictures: The pictures.
        reference: What they are compared with, or why they cannot be.
        readers: How many are decoded at a time.
    """
    began = time.perf_counter()
    read = _all_read(predictor, pictures, min(readers, len(pictures)))
    views = [found for found in read if not isinstance(found, str)]
    explanations = iter(predictor.explain_views(views, began) if views else ())
    for picture, found in zip(pictures, read, strict=True):
        if isinstance(found, str):
            yield Answer(picture.id, picture.name, error=found)
        else:
            told = next(explanations)
            yield Answer(picture.id, picture.name, told, doubt=doubt_about(told, reference))


def doubt_about(told: Explanation, reference: Reference | str) -> Doubt:
    """Returns what there is against an answer; see `answers` on the reference."""
    if isinstance(reference, str):
        return Doubt(is_blank(told.seen), unknown=reference)
    return reference.doubt(told.features, told.seen)


def _all_read(predictor: Predictor, pictures: Sequence[Asked], readers: int) -> list[np.ndarray | str]:
    if readers < 2:  # a pool of one would keep this core waiting for another: a fifth of the rate of many pictures
        return [_read(predictor, picture) for picture in pictures]
    with ThreadPoolExecutor(readers) as threads:
        return list(threads.map(partial(_read, predictor), pictures))


def _read(predictor: Predictor, picture: Asked) -> np.ndarray | str:
    """Returns what the network is given of the picture, or the sentence that says why there is nothing to give."""
    if isinstance(picture.source, np.ndarray):
        return picture.source
    try:
        return predictor.see(picture.source)
    except UserError as error:
        return error.why or error.what
