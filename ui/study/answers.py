"""Answers worked out in a worker: asked for again as runs come, the last one shown until the next is there.

A page never waits longer than a moment, and never builds a large study's keys: of one study at most one piece of work
of a kind is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from qtl_core.jobs import JobSnapshot, JobSpec
from ui.base import job_managers
from ui.session import session
from ui.session.refresh import refreshing
from ui.session.studies import Asked

REFRESH_SECONDS = 0.4
PATIENCE = 0.5  # seconds: what is there within them needs no sentence that flashes up


def newest(
    what: str, key: Hashable, make: Callable[[], JobSpec[Any]], same: Hashable = None
) -> JobSnapshot[Any] | None:
    """Returns the newest of a kind that is there, or the first that is still under way.

    Args:
        what: The study and the kind: of these one is under way at a time.
        key: What is asked exactly; with the number of runs, so that more runs are asked about anew.
        make: Returns the job.
        same: What must be equal for an earlier one to stand in until the newest is there.
    """
    kept, answers = session.studies.answers, job_managers.study_answers()
    before = kept.get(what)
    if before is None or before.same != same:
        before = kept[what] = Asked(same)
    under_way = answers.find(before.asked) if before.asked is not None else None
    if under_way is None or under_way.is_over:
        before.asked = key
        job_managers.express_jobs().wait(answers.find_or_start(key, make).id, PATIENCE)
        under_way = answers.find(key)
    if under_way is not None and under_way.is_over:
        before.shown = before.asked
    return (answers.find(before.shown) if before.shown is not None else None) or under_way


def show_waiting(job_id: str, words: str, *, live: bool) -> None:
    """Shows that something is being worked out, and the page again once it is.

    Args:
        job_id: What is waited for.
        words: What it is.
        live: Whether what stands around it refreshes itself, and will find it.
    """
    if live:
        st.caption(words)
    else:
        refreshing(_waiting, REFRESH_SECONDS)(job_id, words)


def _waiting(job_id: str, words: str) -> None:
    snapshot = job_managers.express_jobs().snapshot(job_id)
    if snapshot is None or snapshot.is_over:
        st.rerun()
    st.caption(words)
