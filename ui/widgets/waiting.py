"""Shows a job's result, or a progress sentence until it is there."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TypeVar

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress
from qtl_core.jobs import JobSnapshot, JobSpec, JobView
from ui.base import job_managers
from ui.base.errors import show_user_error
from ui.session import session
from ui.session.refresh import refreshing

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
        words: Says what is being done, given how far it is.
    """
    jobs = job_managers.express_jobs()
    find = partial(session.predict.reasons.find_or_start, key, make)
    jobs.wait(find().id, PATIENCE)
    show_once_over(find, show, words)


def show_once_over(
    find: Callable[[], JobSnapshot[JobView[Found]]],
    show: Callable[[Found], None],
    words: ProgressWords,
) -> None:
    """Shows what a job finds once it is over, and until then a sentence that looks for it again and again.

    Args:
        find: Gives the job as it is now.
        show: As for `show_awaited`.
        words: Likewise.
    """
    waiting = not find().is_over
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(find, show, words, waiting)


def _panel(
    find: Callable[[], JobSnapshot[JobView[Found]]],
    show: Callable[[Found], None],
    words: ProgressWords,
    waiting: bool,
) -> None:
    snapshot = find()
    if waiting and snapshot.is_over:
        st.rerun()  # without the refreshing
    if snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
    elif snapshot.is_over and snapshot.view.result is not None:
        show(snapshot.view.result)
    else:
        st.markdown(words(snapshot.view.progress))
