"""Live answers: small frames of a camera through a kept run, as numbers alone, several watchers' frames together.

What a bar moves by is a few numbers, so nothing else travels: no explanation, and of a kept run only its name, which
the worker reads once and keeps loaded. A picture that is held still is explained by `qtl_core.inference.answering`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from qtl_core.common.progress import ShouldStop
from qtl_core.evaluation.ood import OodReport
from qtl_core.inference.answering import all_answers
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.explanation import Prediction
from qtl_core.inference.references import reference_for
from qtl_core.inference.requests import Answer, ImageRequest, TrainedModel, kept_model, loaded, named_model
from qtl_core.jobs import JobSpec, JobView

LARGEST_FRAME = 256 * 1024  # bytes: a JPEG of 341 x 256 pixels has some 20 KB


@dataclass(frozen=True)
class LiveRun:
    """A run that answers live: a kept one by its name, a try that is not kept with all that answers takes.

    Attributes:
        id: Its identifier, or "bundled".
        version: Differs once the run has gone on (`RunRecord.version`); 0 where it does not go on.
        trial: The run itself where it is not kept; it is sent along with the frames, some 100 KB.
    """

    id: str
    version: int = 0
    trial: TrainedModel | None = field(default=None, repr=False, compare=False)

    def model(self) -> TrainedModel:
        """Returns the run as a model.

        Raises:
            UserError: There is no such run, or its files are damaged.
        """
        if self.trial is not None:
            return self.trial
        return named_model(RUN_ID) if self.id == RUN_ID else kept_model(self.id, self.version)


@dataclass(frozen=True)
class Frame:
    """A frame of a camera.

    Attributes:
        id: Whose it is: a watcher has one under way at a time.
        content: A JPEG of at most `LARGEST_FRAME` bytes.
    """

    id: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class LiveAnswer:
    """The answer for one frame.

    Attributes:
        id: That of the frame.
        prediction: What the run says; None where the frame cannot be read.
        ood: What there is against it.
        error: Why it cannot be read, else "".
    """

    id: str
    prediction: Prediction | None = None
    ood: OodReport | None = None
    error: str = ""


def live_answers_job(
    run: LiveRun, frames: Sequence[Frame], owner: str = ""
) -> JobSpec[JobView[tuple[LiveAnswer, ...]]]:
    """Returns the job that answers for frames of several watchers; without any it only gets a worker ready."""
    return JobSpec(
        "qtl_core.inference.live_answers:run_live_answers_job",
        (run, tuple(frames)),
        owner,
        view=JobView(result=()),
        fold=JobView.collect,
    )


def run_live_answers_job(
    payload: tuple[LiveRun, tuple[Frame, ...]], emit: Callable[[LiveAnswer], None], should_stop: ShouldStop
) -> None:
    """Answers in a worker process.

    Raises:
        UserError: The run or its image network is not here.
    """
    run, frames = payload
    model = run.model()
    asked = [ImageRequest(frame.id, "frame", frame.content) for frame in frames]
    for answer in all_answers(loaded(model), asked, reference_for(model, should_stop), should_stop):
        emit(_light(answer))


def _light(answer: Answer) -> LiveAnswer:
    if answer.explanation is None:
        return LiveAnswer(answer.id, error=answer.error)
    return LiveAnswer(answer.id, answer.explanation.prediction, answer.ood)
