"""The run behind a server: loaded once, warmed, and asked with what one or several requests brought together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from fastapi import Request
from PIL import Image

from qtl_core.common.errors import Unavailable
from qtl_core.export.tables import answer_object, number_answer_object
from qtl_core.inference.answering import all_answers
from qtl_core.inference.number_answers import column_names
from qtl_core.inference.number_rows import AskedRow, answered_rows
from qtl_core.inference.references import reference_for
from qtl_core.inference.requests import ImageRequest, TrainedModel
from qtl_core.serving.bodies import content_type, pictures_in
from qtl_core.serving.limits import Limits
from qtl_core.serving.rows import MULTIPART, rows_in
from qtl_core.settings.readout_words import exact_words

Answer = dict[str, Any]


class ServedRun(ABC):
    """A run that answers.

    Args:
        model: The run.
        limits: What a request may bring.

    Attributes:
        asks_for: What it answers for.
        most_at_once: Questions that are answered together.
        most_waiting: Questions that may wait.
        notes: Sentences on its answers.
    """

    asks_for: Literal["pictures", "rows"]
    most_at_once: int
    most_waiting: int

    def __init__(self, model: TrainedModel, limits: Limits) -> None:
        self.model, self.limits = model, limits
        said = exact_words(model.run.prepared.settings)
        self.notes = [said] if said else []

    @property
    def classes(self) -> list[str]:
        """The classes, by label."""
        return list(self.model.run.prepared.classes)

    @abstractmethod
    async def questions_in(self, request: Request, content: bytes) -> list[Any]:
        """Returns what a request asks.

        Raises:
            Refused, UserError: It cannot be asked.
        """

    @abstractmethod
    def is_one(self, request: Request) -> bool:
        """Returns whether a request asks one thing, so that its answer is an object and no list."""

    @abstractmethod
    def answer(self, questions: Sequence[Any]) -> list[Answer]:
        """Answers questions, those of several requests among them, in their order."""


class ServedPictures(ServedRun):
    """A run that learnt pictures.

    Args:
        model: The run.
        limits: What a request may bring.
        weights: A weights file for its image network, where the one it was trained with lies elsewhere now.

    Raises:
        UserError: The run, or its image network's weights, cannot be used.
    """

    asks_for = "pictures"

    def __init__(self, model: TrainedModel, limits: Limits, weights: str = "") -> None:
        from qtl_core.inference.predictor import Predictor

        super().__init__(model, limits)
        self.most_at_once, self.most_waiting = limits.batch, limits.waiting
        self.predictor, self.reference = Predictor(model.run, weights), reference_for(model)
        if isinstance(self.reference, Unavailable):
            self.notes.append(f"No word on doubt: {self.reference.why}")
        side = self.predictor.spec.transform.crop
        self.answer([ImageRequest("", "", np.asarray(Image.new("RGB", (side, side))))])  # the first takes longest

    async def questions_in(self, request: Request, content: bytes) -> list[ImageRequest]:
        """Returns the pictures of a request. Raises as `pictures_in`."""
        return await pictures_in(request, content, self.limits)

    def is_one(self, request: Request) -> bool:
        """Returns whether the body is a picture, and no form."""
        return content_type(request) != MULTIPART

    def answer(self, questions: Sequence[ImageRequest]) -> list[Answer]:
        """Answers for pictures; one that cannot be read gets an error of its own."""
        return [answer_object(each) for each in all_answers(self.predictor, questions, self.reference)]


class ServedNumbers(ServedRun):
    """A run that learnt numbers."""

    asks_for = "rows"

    def __init__(self, model: TrainedModel, limits: Limits) -> None:
        super().__init__(model, limits)
        self.most_at_once, self.most_waiting = limits.batch_rows, limits.waiting_rows

    async def questions_in(self, request: Request, content: bytes) -> list[AskedRow]:
        """Returns the rows of a request. Raises as `rows_in`."""
        return rows_in(content_type(request), content, column_names(self.model.run), self.limits.rows)

    def is_one(self, request: Request) -> bool:
        """Returns False: rows come in lists."""
        return False

    def answer(self, questions: Sequence[AskedRow]) -> list[Answer]:
        """Answers for rows; one without all its numbers gets an error of its own."""
        columns = column_names(self.model.run)
        answered = answered_rows(self.model.run, questions)
        return [number_answer_object(row.name, found, columns, row.error) for row, found in answered]


def served(model: TrainedModel, limits: Limits, weights: str = "") -> ServedRun:
    """Returns a run ready to answer.

    Raises:
        UserError: See `ServedPictures`.
    """
    is_numbers = model.run.prepared.settings.data.is_numbers
    return ServedNumbers(model, limits) if is_numbers else ServedPictures(model, limits, weights)
