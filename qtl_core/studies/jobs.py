"""A study as a job: trained in a worker, and found again by its own identifier after a reload or in another tab.

No torch or numba at the top, because pages make jobs from this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.studies.store import StudyStore

OVER = "over"  # the fact that says that nothing is left to train: all is there, or the time that was given is over

WHERE = "where"  # the fact that says where it is trained, or was last, in words


def workers_here() -> int:
    """Returns how many runs are trained at a time on this machine."""
    return os.cpu_count() or 1


def study_job(study_id: str, owner: str) -> JobSpec[JobView[int]]:
    """Returns the job that trains what a study has no rows of yet; its result is how many rows there are then."""
    return JobSpec("qtl_core.studies.jobs:run_study_job", study_id, owner, id=job_of(study_id))


def job_of(study_id: str) -> str:
    """Returns the identifier of the job that trains a study: one that goes on takes the place of the one before."""
    return f"study-{study_id}"


def run_study_job(study_id: str, emit: Callable[[Progress | int], None], should_stop: ShouldStop) -> None:
    """Does the job in a worker process; each row is kept as it comes, so that a kill loses a chunk at most."""
    from qtl_core.studies.execution import train_study
    from qtl_core.studies.workers import usual

    store = StudyStore(study_id)
    done = store.rows()
    workers = usual([run for key, run in store.plan.runs().items() if key not in done])
    store.keep_fact(WHERE, workers.words)
    try:
        for _ in train_study(store, emit, should_stop, workers):
            pass
    finally:
        workers.close()
    store.keep_fact(OVER, True)
    emit(store.count())
