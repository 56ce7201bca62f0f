"""Actions on the run on screen: start it, stop it, take it away, go on with it.

Nothing is drawn here, and nothing that draws is imported: the buttons that call this are on the page before charts are.
"""

from __future__ import annotations

from typing import Any

from qtl_core.jobs import JobSnapshot, JobSpec
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings, TransferSettings
from qtl_core.training.run import RunRequest, again_request, continue_request, continued, training_job
from qtl_core.training.stepping import finish, first_step, next_step
from ui.base import job_managers
from ui.session import session
from ui.session.kept_runs import opened_run

STEP_WAIT_SECONDS = 0.9  # most epochs are done by then, and nothing has to appear on the page and go again
STOP_WAIT_SECONDS = 0.9  # a stopped job is over by then, and the page can say so at once


def start() -> None:
    """Starts a run with the settings on screen, unless one is under way or this is a double click's second half."""
    if session.training.is_double_click or is_open(shown_run()):
        return
    _submit(RunRequest(session.screen.settings))


def step(view: RunView | None, drawn_for: RunSettings) -> None:
    """Trains one epoch, and waits the moment that this takes; nothing where a run is under way.

    Args:
        view: The run on screen, if it is midway and of the settings on screen.
        drawn_for: The settings that were on screen when that was said.
    """
    if is_open(shown_run()):
        return
    onward = view if view is not None and session.screen.settings == drawn_for else None
    if onward is None and session.training.is_double_click and session.training.tried == session.screen.settings:
        return
    _submit(next_step(onward) if onward is not None else first_step(session.screen.settings))
    session.training.to_replay = None
    if session.screen.job:
        job_managers.studio_jobs().wait(session.screen.job, STEP_WAIT_SECONDS)
    if onward is None:
        session.training.note_start()  # a second click may have waited as long, and would begin another run
    else:
        session.training.forget_start()


def go_to_the_end(view: RunView) -> None:
    """Trains all epochs that are left of a run that is midway."""
    if not session.training.is_double_click and not is_open(shown_run()):
        _submit(finish(view))


def stop() -> None:
    """Stops the run on screen, and waits the moment that this takes."""
    if job_id := session.screen.job:
        job_managers.studio_jobs().stop(job_id)
        job_managers.studio_jobs().wait(job_id, STOP_WAIT_SECONDS)


def reset() -> None:
    """Takes the run off the screen, stopping it first; settings stay."""
    if is_open(shown_run()):
        stop()
    session.training.forget_start()
    session.screen.show_job(None)


def go_on(view: RunView, more_epochs: int) -> None:
    """Continues a run that is over."""
    request = continued(view, more_epochs)
    # Or the result would be marked as one of other settings.
    session.screen.choose("epochs", request.settings.training.epochs)
    _submit(request)


def continue_kept(run_id: str) -> None:
    """Goes on with a kept run that was broken off, up to the epochs it was begun for.

    Raises:
        UserError: It cannot go on.
    """
    request = continue_request(run_id)
    session.screen.choose_settings(request.settings)
    _submit(request)


def train_again(run_id: str) -> None:
    """Trains a kept run again from the beginning, with what it really used; nothing may stand in for anything.

    Raises:
        UserError: It cannot be read.
    """
    request = again_request(run_id)
    session.screen.choose_settings(request.settings)
    _submit(request)
    if session.screen.job:
        session.runs.trained_again[session.screen.job] = run_id


def begin_from(run_id: str) -> None:
    """Has the settings on screen start from a kept run, with all that can travel."""
    session.screen.choose_settings(session.screen.settings.changed(**vars(TransferSettings(run_id))))


def shown_run() -> JobSnapshot[RunView] | None:
    """Returns the run on screen, if there is one: a job of this server, or else a kept run that was opened."""
    job_id = session.screen.job
    return (job_managers.find_run_job(job_id) if job_id else None) or opened_run()


def is_open(snapshot: JobSnapshot[Any] | None) -> bool:
    """Returns whether a job is queued or running."""
    return snapshot is not None and not snapshot.is_over


def _job(request: RunRequest) -> JobSpec[RunView]:
    job, program = training_job(request, session.owner), session.training.logged_for
    if not program:
        return job
    from qtl_core.tracking.live_log import logged_job  # what draws into logs, which the first Start need not wait for

    return logged_job(job, program)


def _submit(request: RunRequest) -> None:
    session.training.tried = session.screen.settings  # or the playground would try what was just started
    session.screen.show_job(job_managers.studio_jobs().submit(_job(request)))
    session.training.to_replay = session.screen.job
    session.training.note_start()
