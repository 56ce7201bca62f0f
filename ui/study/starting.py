"""Making studies, and having them trained, stopped and gone on with."""

from __future__ import annotations

from dataclasses import replace

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.pictures.sources.catalogue import settled
from qtl_core.settings import RunSettings
from qtl_core.studies.jobs import OWNER, job_of, study_job
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.store import StudyStore, delete_study, kept_studies
from qtl_core.studies.study_file import free_name
from ui.base import job_managers
from ui.session import session
from ui.session.visitor import owner
from ui.widgets.materials import RunInputs

STOP_WAIT_SECONDS = 0.9  # a stopped job is over by then, and the page can say so at once


def base_settings(inputs: RunInputs) -> RunSettings:
    """Returns the settings of all that does not vary: those on Train, with what is really there of the pictures."""
    return replace(session.screen.settings, data=inputs.data)


def start(plan: StudyPlan) -> None:
    """Makes a study and has it trained; nothing where this is a double click's second half.

    Raises:
        UserError: It cannot be kept, or too many are under way.
    """
    if session.training.is_double_click:
        return
    session.training.note_start()
    name = free_name(plan.name, {each.plan.name for each in kept_studies()})
    base = replace(plan.base, data=settled(plan.base.data))  # whenever it goes on, it is about the same pictures
    store = StudyStore.create(replace(plan, name=name, base=base))
    store.keep_fact(OWNER, owner())
    try:
        go_on(store.id)
    except UserError:
        delete_study(store)  # it has no row yet, and would only be in the way
        raise
    session.screen.select(study=store.id)
    stop_measuring()


def stop_measuring() -> None:
    """Stops what measures how long studies would take: what is wanted now would wait for it, or be measured beside."""
    state = session.studies
    for measuring in (state.forecast_job, state.plan_job):
        job_managers.stop_replaced(job_managers.express_jobs(), measuring, "", session.owner)
    state.forecast_job = state.plan_job = None


def go_on(study_id: str, *, repeats_best: bool = False, more_seconds: int = 0) -> None:
    """Trains what has no row yet.

    Args:
        study_id: The study.
        repeats_best: Whether the best setting is trained again first, with fresh seeds.
        more_seconds: The seconds of training that it is given beyond those that it has had; 0 for its budget.

    Raises:
        UserError: It is under way already, or too many are.
    """
    if more_seconds:
        StudyStore(study_id).give_more(more_seconds)
    jobs = job_managers.study_jobs()
    jobs.go_on(jobs.submit(study_job(study_id, session.owner, repeats_best=repeats_best)), wanted=True)


def stop(study_id: str) -> None:
    """Stops a study, and waits the moment that this takes; its rows are kept."""
    job_managers.study_jobs().stop(job_of(study_id))
    job_managers.study_jobs().wait(job_of(study_id), STOP_WAIT_SECONDS)


def is_trained_here(study_id: str) -> bool:
    """Returns whether a job of this server trains a study, or waits to."""
    job = job_snapshot(study_id)
    return job is not None and not job.is_over


def is_trained_elsewhere(store: StudyStore) -> bool:
    """Returns whether a study is trained by another server over the same data folder, or by a shell."""
    return not is_trained_here(store.id) and store.is_locked()


def job_snapshot(study_id: str) -> JobSnapshot[JobView[int]] | None:
    """Returns the job that trains a study, or trained it last on this server."""
    return job_managers.study_jobs().snapshot(job_of(study_id))
