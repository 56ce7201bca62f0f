"""The kept runs: those that a person can choose from, on any page, and the one that was opened.

A store that cannot be used costs a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot
from qtl_core.runs.store import RunRecord, cached_run, newest_runs
from qtl_core.runs.view import RunView
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.session import session
from ui.session.screen import kept_record

MAX_RUNS = 50  # the newest; a longer list is not read


def choosable_runs(most: int = MAX_RUNS, also: Sequence[str] = ()) -> list[RunRecord]:
    """Returns the newest runs that have weights and are over, newest first; says where none can be read at all.

    Args:
        most: How many of the newest.
        also: Runs that the address names: they are offered however old they are.
    """
    try:
        found = list(islice(filter(_can_answer, newest_runs()), most))
        known = {record.id for record in found}
        return found + [record for record in _named(dict.fromkeys(filter(None, also))) if record.id not in known]
    except UserError as error:
        st.warning(as_plain_text(f"Kept runs cannot be offered here. {error}"))
        return []


def _can_answer(record: RunRecord) -> bool:
    return record.right is not None and record.state != "running"


def _named(run_ids: Iterable[str]) -> Iterator[RunRecord]:
    for run_id in run_ids:
        with suppress(UserError):
            if _can_answer(record := kept_record(run_id)):
                yield record


def open_kept(run_id: str) -> None:
    """Puts a kept run on screen, with its settings, on all pages.

    Raises:
        UserError: There is no such run, or its row is damaged.
    """
    session.screen.show_kept_run(run_id, kept_record(run_id).settings)


def opened_run() -> JobSnapshot[RunView] | None:
    """Returns the kept run that is open, as a job that is over; one that cannot be read is closed, and said."""
    run_id = session.screen.kept_run
    if run_id is None:
        return None
    live = job_managers.studio_jobs().snapshot(run_id)
    if live is not None and not live.is_over:
        return live  # it is being trained by this very server
    try:
        record = kept_record(run_id)
        view = cached_run(run_id, record.version)
    except UserError as error:
        session.screen.show_job(None)
        st.warning(as_plain_text(str(error)))
        return None
    times = record.created, record.started, record.updated
    return JobSnapshot(run_id, "", "done", 0, view, record.version, *times, None)
