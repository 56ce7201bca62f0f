"""What a session brought in: the file that is asked about, and what became of the last one."""

from __future__ import annotations

import streamlit as st

_BRING_IN_ROUND, _BRING_IN_JOB, _BROUGHT_IN = "bring_in_round", "bring_in_job", "brought_in"
_BROUGHT_WARNINGS, _ROWS_JOB, _HEAD_ROWS = "brought_in_warnings", "head_rows_job", "head_rows"


def bring_in_round() -> int:
    """How many files were brought in so far: a new round has an empty field for the next."""
    return st.session_state.get(_BRING_IN_ROUND, 0)


def bring_in_job() -> str:
    """The job that brings a file in for this session, or ""."""
    return st.session_state.get(_BRING_IN_JOB, "")


def remember_bring_in_job(job_id: str) -> None:
    """Notes the job that brings a file in; "" once it is over."""
    st.session_state[_BRING_IN_JOB] = job_id


def brought_in() -> tuple[str, tuple[str, ...]] | None:
    """What was brought in last, as the run's identifier and sentences on it."""
    return st.session_state.get(_BROUGHT_IN)


def brought_in_warnings() -> tuple[str, ...]:
    """Those of the sentences on what was brought in last that say that something is probably wrong."""
    return st.session_state.get(_BROUGHT_WARNINGS, ())


def remember_brought_in(run_id: str, sentences: tuple[str, ...], warnings: tuple[str, ...] = ()) -> None:
    """Notes what was brought in, and empties the field for files."""
    st.session_state[_BROUGHT_IN] = run_id, sentences
    st.session_state[_BROUGHT_WARNINGS] = warnings
    st.session_state[_BRING_IN_ROUND] = bring_in_round() + 1


def remember_refused(words: str) -> None:
    """Notes why a file was not brought in; the field keeps it."""
    st.session_state[_BROUGHT_IN] = "", (words,)
    st.session_state.pop(_BROUGHT_WARNINGS, None)


def forget_brought_in() -> None:
    """Forgets what was brought in, or refused, because another file is being chosen."""
    st.session_state.pop(_BROUGHT_IN, None)
    st.session_state.pop(_BROUGHT_WARNINGS, None)


def rows_job(file_id: str) -> str | None:
    """The job that looks how many rows of angles a dropped file holds; "" once it is over, None before it began."""
    asked, job_id = st.session_state.get(_ROWS_JOB, ("", ""))
    return job_id if asked == file_id else None


def remember_rows_job(file_id: str, job_id: str) -> None:
    """Notes the job that looks into a dropped file; "" once it is over."""
    st.session_state[_ROWS_JOB] = file_id, job_id


def head_rows(file_id: str) -> int:
    """How many rows of angles a dropped file holds; 0 where that is not known, or not yet."""
    asked, rows = st.session_state.get(_HEAD_ROWS, ("", 0))
    return rows if asked == file_id else 0


def remember_head_rows(file_id: str, rows: int) -> None:
    """Notes how many rows of angles a dropped file holds."""
    st.session_state[_HEAD_ROWS] = file_id, rows
