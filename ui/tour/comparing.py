"""Comparisons that stops of the tour train, at a button each: all share a queue, and none is to wait for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

import streamlit as st

from qtl_core.jobs import JobSnapshot, JobSpec, JobView
from ui.base import job_managers
from ui.base.errors import guarded
from ui.session import session
from ui.widgets.status import show_progress
from ui.widgets.waiting import show_job_report
from ui.widgets.waiting_turn import waiting_words

Slot = Literal["heads_job", "spiral_heads_job", "carry_job"]  # where `session.tour` holds the job of each
SLOTS: tuple[Slot, ...] = get_args(Slot)


def shown(slot: Slot) -> JobSnapshot[Any] | None:
    """Returns the comparison that this visitor asked for at a stop, or None."""
    job_id = getattr(session.tour, slot)
    return job_managers.studio_jobs().snapshot(job_id) if job_id else None


def stop_comparisons() -> None:
    """Ends the comparisons that this visitor asked for at any stop."""
    for slot in SLOTS:
        found = shown(slot)
        if found is not None and not found.is_over:
            job_managers.studio_jobs().drop(found.id)


def begin(slot: Slot, job: JobSpec[JobView[Any]]) -> None:
    """Begins the comparison of a stop in place of all that other stops train, and of its own last one."""
    stop_comparisons()
    jobs, before = job_managers.studio_jobs(), getattr(session.tour, slot)
    if before:
        jobs.forget(before)
    setattr(session.tour, slot, jobs.submit(job))


def show_button(slot: Slot, label: str, icon: str, start: Callable[[], None], more: str) -> JobSnapshot[Any] | None:
    """Shows the button that begins a comparison, and returns the one that is there.

    Args:
        slot: Whose it is.
        label, icon: What it says.
        start: Begins the comparison.
        more: What is said when the pointer rests on it.
    """
    snapshot = shown(slot)
    st.button(
        label,
        icon=icon,
        type="primary" if snapshot is None else "secondary",
        on_click=guarded()(start),
        disabled=snapshot is not None and not snapshot.is_over,
        help=more,
    )
    return snapshot


def show_how_far(key: str, snapshot: JobSnapshot[Any]) -> None:
    """Shows what a comparison waits for, or how far it is; nothing once it is over."""
    if snapshot.state == "queued":
        show_progress(key, 0.0, waiting_words(job_managers.studio_jobs(), snapshot))
    elif not snapshot.is_over:
        show_job_report(key, snapshot)
