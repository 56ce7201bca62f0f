"""Shows a job's result, or a bar with the time left until it is there."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress
from qtl_core.jobs import JobSnapshot, JobSpec, JobView
from ui.base import job_managers
from ui.base.errors import show_user_error
from ui.session import session
from ui.session.refresh import refreshing
from ui.widgets.status import show_report
from ui.widgets.wait_times import note_seconds, show_wait, usual_seconds

REFRESH_SECONDS = 0.4
PATIENCE = 0.5  # seconds: what is found within them needs no sentence that flashes up

Found = TypeVar("Found")
ProgressWords = Callable[[Progress | None], str]


def show_awaited(
    key: Hashable,
    make: Callable[[], JobSpec[JobView[Found]]],
    show: Callable[[Found], None],
    words: ProgressWords,
) -> None:
    """Shows what a job finds; it is done once for the session.

    Args:
        key: What is asked, of which picture.
        make: Returns the job.
        show: Shows what it found; called inside a fragment, so widgets may choose what of it.
        words: Says what is being done, given how far it is; the time left is put behind it.
    """
    jobs = job_managers.express_jobs()
    find = partial(session.predict.reasons.find_or_start, key, make)
    jobs.wait(find().id, PATIENCE)
    show_once_over(find, show, words, kind_of(key))


def show_once_over(
    find: Callable[[], JobSnapshot[JobView[Found]]],
    show: Callable[[Found], None],
    words: ProgressWords,
    kind: str = "",
    stop: Callable[[], None] | None = None,
) -> None:
    """Shows what a job finds once it is over, and until then a bar that looks for it again and again.

    Args:
        find: Gives the job as it is now.
        show: As for `show_awaited`.
        words: Likewise.
        kind: What sort of wait this is, so that the last one's seconds forecast it; by default the sentence it shows.
        stop: Ends the wait by asking for something else; a button calls it. None where a wait is too short for one.
    """
    waiting = not find().is_over
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(find, show, words, waiting, kind or words(None), stop)


def kind_of(key: Hashable) -> str:
    """Returns what sort of question a key asks: its first word ("heat map"), and its last if that is one."""
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join(dict.fromkeys(part for part in (parts[0], parts[-1]) if isinstance(part, str)))


def _panel(
    find: Callable[[], JobSnapshot[JobView[Found]]],
    show: Callable[[Found], None],
    words: ProgressWords,
    waiting: bool,
    kind: str,
    stop: Callable[[], None] | None,
) -> None:
    snapshot = find()
    if waiting and snapshot.is_over:
        if snapshot.seconds is not None and not snapshot.view.error:
            note_seconds(kind, snapshot.seconds)
        st.rerun()  # without the refreshing
    if snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
    elif snapshot.is_over and snapshot.view.result is not None:
        show(snapshot.view.result)
    else:
        show_job_wait(snapshot, words(snapshot.view.progress), kind)
        if stop is not None and st.button("Stop", icon=":material/stop:", key=f"stop_{kind}".replace(" ", "_")):
            stop()
            st.rerun()  # all of the page, as it is to ask for something else


def show_job_wait(snapshot: JobSnapshot[Any], words: str, kind: str) -> None:
    """Shows a bar and the time left of a job that a panel of its own waits for.

    Args:
        snapshot: The job; its view has `progress`.
        words: What it is doing.
        kind: As for `show_once_over`.
    """
    elapsed, usual = snapshot.seconds, usual_seconds(kind)
    if elapsed is None or usual is None:  # it waits for its turn, or nothing is known but how long somebody has waited
        elapsed, usual = snapshot.age, None
    show_wait(f"wait_{kind}".replace(" ", "_"), words, elapsed, usual, snapshot.view.progress)


def show_job_report(key: str, snapshot: JobSnapshot[Any], beginning: str = "Getting ready") -> None:
    """Shows how far a job is; until it counts anything, a bar with how long it has been beginning.

    Args:
        key: Tells the bar from others on the page.
        snapshot: The job; its view has `progress`.
        beginning: What it does before its first report.
    """
    report = snapshot.view.progress
    if report is not None and report.total:
        show_report(key, report)
    else:
        show_job_wait(snapshot, f"{report.stage if report else beginning} …", f"{key} beginning")
