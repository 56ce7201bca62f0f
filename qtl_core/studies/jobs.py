"""A study as a job: trained in a worker, and found again by its own identifier after a reload or in another tab.

No torch or numba at the top, because pages make jobs from this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.studies.answer import ANSWER, answer_of, keep_answer
from qtl_core.studies.store import StudyStore
from qtl_core.studies.winner import with_repeat

OVER = "over"  # the fact that says that nothing is left to train: all is there, or the time that was given is over

OWNER = "owner"  # the fact that says whose it is, on a server that answers a room
WHERE = "where"  # the fact that says where it is trained, or was last, in words


def workers_here() -> int:
    """Returns how many runs are trained at a time on this machine."""
    return os.cpu_count() or 1


@dataclass(frozen=True)
class StudyRequest:
    """A request to train a study.

    Attributes:
        study: Its identifier.
        repeats_best: Whether the best setting so far is to be trained again first, with seeds that chose nothing.
    """

    study: str
    repeats_best: bool = False


def study_job(study_id: str, owner: str, *, repeats_best: bool = False) -> JobSpec[JobView[int]]:
    """Returns the job that trains what a study has no rows of yet; its result is how many rows there are then."""
    request = StudyRequest(study_id, repeats_best)
    return JobSpec("qtl_core.studies.jobs:run_study_job", request, owner, id=job_of(study_id))


def job_of(study_id: str) -> str:
    """Returns the identifier of the job that trains a study: one that goes on takes the place of the one before."""
    return f"study-{study_id}"


def run_study_job(request: StudyRequest, emit: Callable[[Progress | int], None], should_stop: ShouldStop) -> None:
    """Does the job in a worker process; each row is kept as it comes, so that a kill loses a chunk at most."""
    from qtl_core.studies.execution import train_study
    from qtl_core.studies.workers import usual

    store = StudyStore(request.study)
    if request.repeats_best:
        _plan_repeat(store)
    store.keep_fact(OVER, False)
    done = store.rows()
    workers = usual([run for key, run in store.plan.runs().items() if key not in done])
    store.keep_fact(WHERE, workers.words)
    try:
        for _ in train_study(store, emit, should_stop, workers):
            pass
    finally:
        workers.close()
    emit(Progress("Working out what came of it", store.count(), store.count()))
    keep_answer(store, answer_of(store))
    store.keep_fact(OVER, True)
    emit(store.count())


def _plan_repeat(store: StudyStore) -> None:
    """Adds the repeat of the best setting to the plan."""
    with store.locked():
        store.plan = with_repeat(store.plan, store.rows())
        store.keep_fact("plan", store.plan.to_dict())
        store.keep_fact(ANSWER, None)  # it knows nothing of these runs
