"""A run's answers for pictures that a person brings, as background work in a worker that keeps the run loaded.

The pictures come with the job and leave with it: nothing of them is written to disk. Imports no torch at the top,
because pages ask for answers; they are made in a worker process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qtl_core import runs
from qtl_core.bundled import RUN_ID, bundled_run
from qtl_core.callbacks import ShouldStop, never_stop
from qtl_core.doubt import Doubt, Reference, is_blank
from qtl_core.errors import StoppedByUser, UserError
from qtl_core.explanation import Explanation
from qtl_core.jobs import JobSpec
from qtl_core.training.view import RunView

if TYPE_CHECKING:
    from qtl_core.prediction import Predictor

TOGETHER = 4  # pictures that are read and sent through the network at once: quickest of 1, 2, 4, 8, 16 on two cores
READERS = 2  # pictures that are decoded at a time: the largest allowed take half a gigabyte each
KEPT_MODELS = 3  # runs that a worker keeps loaded, some 50 MB each


@dataclass(frozen=True)
class Model:
    """A run that answers.

    Attributes:
        key: Differs whenever its answers could.
        run: The run.
    """

    key: str
    run: RunView = field(repr=False, compare=False)


@dataclass(frozen=True)
class Asked:
    """A picture that is asked about.

    Attributes:
        id: Tells it from all others, also from those of the same name.
        name: What its owner calls it.
        source: Its bytes, or the file they are in.
    """

    id: str
    name: str
    source: bytes | Path = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What a run says of a picture: an explanation, or why there is none.

    Attributes:
        id, name: Those of the picture.
        explanation: None where it cannot be read.
        error: Why it cannot, else "".
        doubt: What there is against the explanation's answer.
    """

    id: str
    name: str
    explanation: Explanation | None = None
    error: str = ""
    doubt: Doubt | None = None

    def at(self, temperature: float) -> Answer:
        """Returns the same answer with its probabilities at a temperature; see `Prediction.at`."""
        told = self.explanation
        if told is None or told.prediction.temperature == temperature:
            return self
        return replace(self, explanation=replace(told, prediction=told.prediction.at(temperature)))


def model_of(run: RunView, key: str) -> Model:
    """Returns a run as a model: what answers, without most of its training's history, which would be sent along.

    Args:
        run: A run with at least one epoch.
        key: See `Model`.
    """
    best, last = run.best, run.epochs[-1]
    return Model(key, replace(run, epochs=(last,) if best is last else (best, last)))


@lru_cache(maxsize=KEPT_MODELS)
def kept_model(run_id: str, version: int) -> Model:
    """Returns a kept run as a model.

    Args:
        run_id: The run's identifier.
        version: Differs once the run has gone on (`RunSummary.version`).

    Raises:
        UserError: There is no such run, or its files are damaged.
    """
    return model_of(runs.load_run(run_id), f"{run_id}-{version}")


def named_model(name: str) -> Model:
    """Returns a kept run as a model, or by the name "bundled" the one that comes with the app.

    Raises:
        UserError: There is no such run, or its files are damaged.
    """
    return model_of(bundled_run() if name == RUN_ID else runs.load_run(name), name)


def answering_job(model: Model, pictures: Sequence[Asked], owner: str = "") -> JobSpec[tuple[Answer, ...]]:
    """Returns the job that answers for pictures; its view are the answers so far, in the order of the pictures."""
    return JobSpec(
        task="qtl_core.answering:perform",
        payload=(model, tuple(pictures)),
        view=(),
        fold=lambda answers, answer: (*answers, answer),
        owner=owner,
    )


def perform(payload: tuple[Model, tuple[Asked, ...]], emit: Callable[[Answer], None], should_stop: ShouldStop) -> None:
    """Answers in a worker process.

    Raises:
        UserError: The run's image network is not here.
    """
    from qtl_core.references import reference_for

    model, pictures = payload
    for answer in all_answers(loaded(model), pictures, reference_for(model, should_stop), should_stop):
        emit(answer)


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
    with ThreadPoolExecutor(readers) as threads:
        read = list(threads.map(partial(_read, predictor), pictures))
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


def _read(predictor: Predictor, picture: Asked) -> np.ndarray | str:
    """Returns what the network is given of the picture, or the sentence that says why there is nothing to give."""
    try:
        return predictor.see(picture.source)
    except UserError as error:
        return error.why or error.what


@lru_cache(maxsize=KEPT_MODELS)
def loaded(model: Model) -> Predictor:
    """Returns the run ready for pictures, from this worker's memory where it was asked before.

    Raises:
        UserError: The run's image network is not here.
    """
    from qtl_core.prediction import Predictor

    return Predictor(model.run)
