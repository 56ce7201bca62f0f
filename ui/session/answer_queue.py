"""A session's answers for its pictures: what is known, what a worker is finding out, which files may go.

Pictures go to the worker in parts of bounded size, one part at a time, so that any number of them takes little memory
on the way. Everything is held by the session alone and goes with it, also from the job manager.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qtl_core.common.errors import Unavailable
from qtl_core.inference.answering import answering_job
from qtl_core.inference.requests import Answer, TrainedModel
from qtl_core.jobs import JobManager
from qtl_core.jobs.messages import ErrorMessage
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.settings.backbones import InputTransform
from ui.base.streamlit_internals import UploadedFile
from ui.base.uploads import placeholder_content, put_placeholder
from ui.session.picture_requests import UploadedPicture, first_part

Key = tuple[str, str]  # of a model and of a picture


def without_file(upload: UploadedFile, answer: Answer) -> Answer:
    """Lets go of an upload; returns the answer with the very pixels that now stand in its place, held once for all."""
    explanation = answer.explanation
    if explanation is None:
        if placeholder_content(upload.getvalue()) is None:
            put_placeholder(upload, Unavailable(answer.error))
        return answer
    if not explanation.seen.flags.writeable:  # they are those already
        return answer
    known = placeholder_content(upload.getvalue())
    if known is None:
        known = put_placeholder(upload, explanation.seen)
    assert isinstance(known, np.ndarray), "what has an explanation has pixels"
    return replace(answer, explanation=replace(explanation, seen=known))


LET_GO = (
    "Its file was let go once another run had seen it, and this run's image network looks at pictures in its own way. "
    "Take it out of the list and drop it again."
)


def known_answers(model: TrainedModel, pictures: Sequence[UploadedPicture], but: Container[Key]) -> dict[Key, Answer]:
    """Returns the answers for files that another run could not read, that there was no room for, or that are gone."""
    unanswered = [picture for picture in pictures if (model.key, picture.id) not in but]
    problems = {picture: _problem(model, picture.known) for picture in unanswered}
    return {
        (model.key, picture.id): Answer(picture.id, picture.name, error=why) for picture, why in problems.items() if why
    }


def _problem(model: TrainedModel, known: np.ndarray | Unavailable | None) -> str:
    """Returns why a run has nothing to answer from, of what was put in a file's place; "" where it has."""
    if isinstance(known, Unavailable):
        return known.why
    return LET_GO if known is not None and not sees_usual_square(model) else ""


def sees_usual_square(model: TrainedModel) -> bool:
    """Returns whether a run's image network is given the square that all registered ones are given."""
    data = model.run.prepared.settings.data
    return data.is_numbers or spec_of(data.backbone).transform.square == InputTransform().square


@dataclass(frozen=True)
class AnswerProgress:
    """The progress of the answers.

    Attributes:
        answers: Those there are, in the order of the pictures.
        total: How many pictures there are.
        failure: Why no more will come, or None.
        left_out: How many pictures have no answer because a person pressed Stop.
        seconds: How long the missing ones have been waited for.
        new: How many answers have come since.
    """

    answers: tuple[Answer, ...]
    total: int
    failure: ErrorMessage | None
    left_out: int = 0
    seconds: float = 0.0
    new: int = 0

    @property
    def is_over(self) -> bool:
        """True if nothing more will come."""
        return self.failure is not None or len(self.answers) + self.left_out == self.total

    @property
    def seconds_left(self) -> float | None:
        """Seconds that the others take if they go as those did that have come meanwhile; None before any."""
        return self.seconds / self.new * (self.total - len(self.answers)) if self.new else None


class AnswerQueue:
    """The answers of one session.

    Args:
        with_ood: Whether pictures are compared with those of training, too.
    """

    def __init__(self, *, with_ood: bool = True) -> None:
        self.with_ood = with_ood
        self.lock = threading.Lock()  # a page run may begin while an older one still looks
        self.answers: dict[Key, Answer] = {}
        self.part: _Part | None = None
        self.failure: tuple[str, ErrorMessage] | None = None
        self.asked: set[Key] = set()  # model and picture of all that answers are wanted for
        self.left_out: set[Key] = set()  # those of them that were not answered when Stop was pressed
        self.since: tuple[float, int] | None = None  # when answers began to be missing, and how many there were then

    def refresh(
        self, jobs: JobManager, owner: str, model: TrainedModel, pictures: Sequence[UploadedPicture]
    ) -> AnswerProgress:
        """Takes in what has been answered, and asks for the next part; pictures that are gone are forgotten."""
        with self.lock:
            self._collect()
            keys = [(model.key, picture.id) for picture in pictures]
            self.asked = set(keys)
            self.left_out &= self.asked
            self.answers |= known_answers(model, pictures, self.answers)
            self.answers = {key: self.answers[key] for key in keys if key in self.answers}
            self._let_go(model, pictures)
            if self.part and not self.part.keys & set(keys):
                self.part = None
            failure = self.failure[1] if self.failure and self.failure[0] == model.key else None
            known = self.answers.keys() | self.left_out
            missing = [picture for picture, key in zip(pictures, keys, strict=True) if key not in known]
            if missing and self.part is None and failure is None:
                self.part = _Part(jobs, owner, model, first_part(missing), self.with_ood)
            if not missing or failure is not None:
                self.since = None
            elif self.since is None or self.since[1] > len(self.answers):
                self.since = time.monotonic(), len(self.answers)
            began, had = self.since or (time.monotonic(), len(self.answers))
            return AnswerProgress(
                tuple(self.answers.values()),
                len(pictures),
                failure,
                len(self.left_out),
                seconds=time.monotonic() - began,
                new=len(self.answers) - had,
            )

    def wait(
        self, jobs: JobManager, owner: str, model: TrainedModel, pictures: Sequence[UploadedPicture], patience: float
    ) -> AnswerProgress:
        """Does the same, and if all can be answered within `patience` seconds, waits for it."""
        deadline = time.monotonic() + patience
        while True:
            progress, part = self.refresh(jobs, owner, model, pictures), self.part
            left = deadline - time.monotonic()
            if progress.is_over or part is None or left <= 0:
                return progress
            part.jobs.wait(part.job, left)

    def clear(self) -> None:
        """Forgets all pictures."""
        with self.lock:
            self.answers, self.part, self.left_out = {}, None, set()

    def stop(self) -> None:
        """Leaves out all pictures that have no answer yet; pictures that come later are answered."""
        with self.lock:
            self._collect()
            self.part, self.left_out = None, self.asked - self.answers.keys()

    def go_on(self) -> None:
        """Asks for those that were left out after all."""
        with self.lock:
            self.left_out = set()

    def try_again(self) -> None:
        """Forgets that something went wrong."""
        self.failure = None

    def _let_go(self, model: TrainedModel, pictures: Sequence[UploadedPicture]) -> None:
        """Lets go of the files that have been answered for, where the answering run has seen what others will."""
        if not sees_usual_square(model):
            return
        for picture in pictures:
            key = (model.key, picture.id)
            if key in self.answers and isinstance(picture.source, UploadedFile):
                self.answers[key] = without_file(picture.source, self.answers[key])

    def _collect(self) -> None:
        if self.part is None:
            return
        snapshot = self.part.jobs.snapshot(self.part.job)
        if snapshot is None:
            self.part = None
            return
        self.answers |= {(self.part.model, answer.id): answer for answer in snapshot.view.result}
        if snapshot.is_over:
            if snapshot.view.error:
                self.failure = (self.part.model, snapshot.view.error)
            self.part = None


class _Part:
    """Pictures that a worker has; what the manager knows of them goes when nobody holds this any more."""

    def __init__(
        self, jobs: JobManager, owner: str, model: TrainedModel, pictures: Sequence[UploadedPicture], with_ood: bool
    ) -> None:
        self.jobs, self.model = jobs, model.key
        self.keys = {(model.key, picture.id) for picture in pictures}
        asked = [picture.asked() for picture in pictures]
        self.job = jobs.submit(answering_job(model, asked, owner, with_ood=with_ood))
        weakref.finalize(self, _drop, jobs, self.job).atexit = False


def _drop(jobs: JobManager, job: str) -> None:
    # In a thread, because the garbage collector may call from anywhere, also from within the manager.
    threading.Thread(target=jobs.drop, args=[job], daemon=True).start()
