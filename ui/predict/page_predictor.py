"""Predictors of the Predict page: one run or two, each with its temperature and the book of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qtl_core.inference.requests import Answer, TrainedModel
from qtl_core.jobs import JobManager
from ui.session.answer_queue import AnswerProgress, AnswerQueue
from ui.session.picture_requests import UploadedPicture


@dataclass(frozen=True)
class PagePredictor:
    """A run that answers.

    Attributes:
        model: The run.
        book: Where its answers are.
        temperature: That of the probabilities it gives; 1 leaves them as trained.
    """

    model: TrainedModel
    book: AnswerQueue
    temperature: float = 1.0

    def refresh(self, jobs: JobManager, owner: str, pictures: Sequence[UploadedPicture]) -> AnswerProgress:
        """See `AnswerQueue.refresh`."""
        return self._at_temperature(self.book.refresh(jobs, owner, self.model, pictures))

    def wait(
        self, jobs: JobManager, owner: str, pictures: Sequence[UploadedPicture], patience: float
    ) -> AnswerProgress:
        """See `AnswerQueue.wait`."""
        return self._at_temperature(self.book.wait(jobs, owner, self.model, pictures, patience))

    def _at_temperature(self, progress: AnswerProgress) -> AnswerProgress:
        return replace(progress, answers=tuple(answer.at(self.temperature) for answer in progress.answers))


@dataclass(frozen=True)
class AnswerPair:
    """The answers for one picture.

    Attributes:
        first: By the run that answers, with an explanation.
        second: By the run to compare with; None where there is none, or it has not answered yet.
    """

    first: Answer
    second: Answer | None = None

    @property
    def differs(self) -> bool:
        """True if the two name different classes."""
        if self.second is None:
            return False
        return self.first.explained.prediction.label != self.second.explained.prediction.label


def paired(progress: Sequence[AnswerProgress]) -> list[AnswerPair]:
    """Returns what is said of every picture that the first run could read."""
    first, *rest = progress
    second = {answer.id: answer for each in rest for answer in each.answers if answer.explanation}
    return [AnswerPair(answer, second.get(answer.id)) for answer in first.answers if answer.explanation]


def agreement_in_words(pairs: Sequence[AnswerPair]) -> str:
    """Returns on how many of the pictures that both answered the two disagree; "" where none is."""
    both = [(pair, pair.second) for pair in pairs if pair.second]
    if not both:
        return ""
    pair, second = both[0]
    if set(pair.first.explained.classes) != set(second.explained.classes):
        return "They were trained on different classes, so their answers cannot be set against each other."
    differing, of = sum(pair.differs for pair, _ in both), f"{len(both)} picture{'s' if len(both) > 1 else ''}"
    if len(both) == 1:
        return "They disagree on this picture." if differing else "They agree on this picture."
    return f"They disagree on {differing} of {of}." if differing else f"They agree on all {of}."
