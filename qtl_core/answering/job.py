"""The job that answers for pictures, and what a worker does of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qtl_core.answering.making import all_answers
from qtl_core.answering.models import loaded
from qtl_core.answering.records import Answer, ImageRequest, TrainedModel
from qtl_core.callbacks import ShouldStop
from qtl_core.jobs import JobSpec, JobView


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
    return JobSpec("qtl_core.answering.job:perform", payload, owner, view=JobView(result=()), fold=JobView.collect)


def perform(
    payload: tuple[TrainedModel, tuple[ImageRequest, ...], bool],
    emit: Callable[[Answer], None],
    should_stop: ShouldStop,
) -> None:
    """Answers in a worker process.

    Raises:
        UserError: The run's image network is not here.
    """
    from qtl_core.references import reference_for

    model, pictures, with_ood = payload
    reference = reference_for(model, should_stop) if with_ood else ""
    for answer in all_answers(loaded(model), pictures, reference, should_stop):
        emit(answer)
