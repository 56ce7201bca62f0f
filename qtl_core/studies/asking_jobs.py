"""Forecasts said before a study starts, worked out in a worker: of each ready question, and of a plan.

No torch or numba at the top, because pages make jobs from this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.settings import RunSettings
from qtl_core.studies.forecast import Measured, forecast
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.questions import QUESTIONS
from qtl_core.studies.words import asked_words


@dataclass(frozen=True)
class QuestionForecast:
    """The forecast of a ready question.

    Attributes:
        name: The question's.
        words: Runs and time, as a sentence.
    """

    name: str
    words: str


@dataclass(frozen=True)
class PlanForecast:
    """The forecast of a plan, with its sentence, as a large plan takes seconds to count.

    Attributes:
        sentence: The plan as one sentence.
        words: Runs and time, as a sentence.
    """

    sentence: str
    words: str


def questions_job(base: RunSettings, workers: int, owner: str) -> JobSpec[JobView[tuple[QuestionForecast, ...]]]:
    """Returns the job that measures all questions that can be asked, one after another; its result grows by one each.

    Args:
        base: The settings they are asked of.
        workers: How many work at a time.
        owner: Whose job it is.
    """
    task = "qtl_core.studies.asking_jobs:run_questions_job"
    view: JobView[tuple[QuestionForecast, ...]] = JobView()
    return JobSpec(task, (base, workers), owner, view=view, fold=JobView.collect)


def run_questions_job(
    request: tuple[RunSettings, int], emit: Callable[[Progress | QuestionForecast], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process; a question that cannot be measured costs its own forecast alone."""
    base, workers = request
    measured = Measured()
    for each in QUESTIONS:
        try:
            if not each.why_not(base):
                emit(QuestionForecast(each.name, _words(each.plan(base), workers, should_stop, measured)))
        except UserError as error:
            emit(QuestionForecast(each.name, f"No forecast: {error.what}"))


def _words(plan: StudyPlan, workers: int, should_stop: ShouldStop, measured: Measured) -> str:
    return forecast(plan, workers, should_stop, measured=measured).words


def plan_job(plan: StudyPlan, workers: int, owner: str) -> JobSpec[JobView[PlanForecast]]:
    """Returns the job that measures a plan; arguments as for `questions_job`."""
    return JobSpec("qtl_core.studies.asking_jobs:run_plan_job", (plan, workers), owner)


def run_plan_job(
    request: tuple[StudyPlan, int], emit: Callable[[Progress | PlanForecast], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process."""
    plan, workers = request
    emit(PlanForecast(asked_words(plan), forecast(plan, workers, should_stop).words))
