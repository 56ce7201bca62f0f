"""Playground mode: every change of a setting trains at once, in the same run of the page that shows the change.

A try is begun before the widgets are drawn and waited for after them, so its result is on the page at once. One that
takes longer, as the first does while its worker starts, is shown as soon as it is there; one that is refused leaves
the run on screen, marked as other settings', and says why.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.jobs import JobSnapshot
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.settings.relevant import train_the_same
from qtl_core.training.playground import PRESS_START, playground_job, why_not
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.base.wording import duration
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.widgets.materials import RunInputs
from ui.widgets.settings_controls import labelled
from ui.widgets.status import differences, left_words, share_of, show_progress
from ui.widgets.waiting import show_job_wait

WAIT_SECONDS = 0.5  # a page that stands still for longer feels stuck
REFRESH_SECONDS = 0.3

Run = JobSnapshot[RunView]


def begin(snapshot: Run | None, run_inputs: RunInputs) -> None:
    """Begins a try of the settings on screen, if they are new and there is nothing against it.

    Args:
        snapshot: The run on screen; one under way is left alone, and so is one of these very settings.
        run_inputs: What a run would really use.
    """
    settings = session.screen.settings
    tried = session.training.tried
    if not session.training.playground or (tried is not None and train_the_same(settings, tried)):
        return
    session.training.tried = settings
    _drop_attempt()
    really = replace(settings, data=run_inputs.data)
    if run_inputs.problem or why_not(really) or _stands_in_the_way(snapshot, really):
        job_managers.playground_jobs().warm()  # the next change is to find a worker
        return
    session.training.attempt = job_managers.playground_jobs().submit(playground_job(really, session.owner))


def finish(snapshot: Run | None) -> Run | None:
    """Waits a moment for the try under way; returns the run to show: that try's, or the one on screen."""
    found = _attempt(WAIT_SECONDS) if session.training.playground else None
    if found is None or found.state != "done":
        return snapshot
    if snapshot is not None and snapshot.owner == session.owner:
        job_managers.playground_jobs().forget(snapshot.id)  # the try before this one; a run that was started stays
    session.training.attempt = None
    session.screen.show_job(found.id)
    return found


def show_switch() -> None:
    """Shows the switch, and below it why the run on screen does not follow, if so."""
    st.toggle(
        labelled("Retrain at every change", "Playground: the charts follow while you move a slider."),
        key=keys.PLAYGROUND,
        persist_state="session",
        help="Runs that take a second or less, with pictures the image network has seen before. They are not kept on "
        "disk, and can be watched again once this is switched off.",
    )


def show_word(run_inputs: RunInputs) -> None:
    """Says, while the switch is on, that a try is under way or why there is none."""
    if not session.training.playground:
        return
    waiting = _is_open(_attempt())
    really = replace(session.screen.settings, data=run_inputs.data)
    refreshing(_word, REFRESH_SECONDS if waiting else None)(really, waiting)


def show_time(snapshot: Run | None, really: RunSettings) -> bool:
    """Says how long the run on screen took, if it is of these settings; so no forecast need be measured."""
    view = snapshot.view if snapshot is not None and session.training.playground else None
    if view is None or view.ended is None or view.prepared is None or differences(view.prepared.settings, really):
        return False
    st.markdown(f":material/timer: **Time here** training took {duration(view.ended.seconds_training)}.")
    return True


def _word(really: RunSettings, waiting: bool) -> None:
    found = _attempt()
    if waiting and not _is_open(found):
        st.rerun()
    if waiting and found is not None and (report := found.view.progress):
        words = f":material/hourglass_top: {report.stage}{left_words(report)} …"
        show_progress("playground", share_of(report), words)
    elif waiting and found is not None and (found.seconds or 0) > WAIT_SECONDS:
        show_job_wait(found, ":material/hourglass_top: Retraining, while a worker starts …", "retraining")
    elif waiting:
        st.caption(":material/hourglass_top: Retraining …")
    elif found is not None and found.error:
        st.caption(f":material/pan_tool: {as_plain_text(' '.join(part for part in found.error if part))}")
    elif reason := why_not(really):
        st.caption(f":material/pan_tool: {reason} {PRESS_START}")


def _stands_in_the_way(snapshot: Run | None, really: RunSettings) -> bool:
    if snapshot is None:
        return False
    view = snapshot.view
    same = view.ended is not None and view.prepared and not differences(view.prepared.settings, really)
    return not snapshot.is_over or bool(same)


def _drop_attempt() -> None:
    if (before := session.training.attempt) is not None:
        job_managers.playground_jobs().stop(before)
        job_managers.playground_jobs().forget(before)
    session.training.attempt = None


def _attempt(patience: float = 0.0) -> Run | None:
    """Returns the try under way once it is over, or as it is after `patience` seconds."""
    job_id = session.training.attempt
    return job_managers.playground_jobs().wait(job_id, patience) if job_id else None


def _is_open(snapshot: Run | None) -> bool:
    return snapshot is not None and not snapshot.is_over
