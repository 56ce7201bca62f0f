"""Both trainings in a worker process, point by point, with progress and a stop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

from qtl_core.common.progress import Progress, ShouldStop, emit_counted
from qtl_core.jobs import JobSpec, JobView
from qtl_core.learn.optics import quantum_to_classical as q2c
from qtl_core.learn.optics import quantum_to_quantum as q2q

STAGE = "Learning"
Q2QPart = q2q.Point | q2q.Finding
Q2CPart = q2c.Point | q2c.Finding


def one_thread() -> threadpool_limits:
    """Keeps numpy to one thread within (scikit-learn brings the way to).

    On matrices this small a second thread only waits, and on a busy machine it made a training twenty times as long.
    """
    return threadpool_limits(1)


def q2q_job(settings: q2q.Settings, owner: str = "") -> JobSpec[JobView[tuple[Q2QPart, ...]]]:
    """Returns the job that trains quantum to quantum; its result grows point by point and ends with the outcome."""
    view = JobView[tuple[Q2QPart, ...]](result=())
    return JobSpec("qtl_core.learn.optics.jobs:run_q2q_job", settings, owner, view=view, fold=JobView.collect)


def q2c_job(settings: q2c.Settings, owner: str = "") -> JobSpec[JobView[tuple[Q2CPart, ...]]]:
    """Returns the job that trains quantum to classical, likewise."""
    view = JobView[tuple[Q2CPart, ...]](result=())
    return JobSpec("qtl_core.learn.optics.jobs:run_q2c_job", settings, owner, view=view, fold=JobView.collect)


def run_q2q_job(settings: q2q.Settings, emit: Callable[[Progress | Q2QPart], None], should_stop: ShouldStop) -> None:
    """Trains quantum to quantum in a worker process."""
    with one_thread():
        emit_counted(q2q.learn(settings, np.arange(q2q.SEEDS), should_stop), STAGE, q2q.POINTS + 2, emit)


def run_q2c_job(settings: q2c.Settings, emit: Callable[[Progress | Q2CPart], None], should_stop: ShouldStop) -> None:
    """Trains quantum to classical in a worker process."""
    with one_thread():
        emit_counted(q2c.learn(settings, np.arange(q2c.SEEDS), should_stop), STAGE, q2c.POINTS + 2, emit)
