"""What a session ticked, deleted and trained again on the Runs page, and the keys of its table."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

_RUNS_BROUGHT = "runs_brought_in"
_RUNS_CHOSEN, _RUNS_TABLE, _RUNS_DELETED, _AGAIN = "runs_chosen", "runs_tables", "runs_just_deleted", "again_of"


def runs_table_key(shown: Sequence[str]) -> str:
    """The key of the table of these runs: its ticks are rows, so another order or choice is another table."""
    digest = hashlib.sha256(" ".join(shown).encode()).hexdigest()[:16]
    return f"runs_table_{st.session_state.get(_RUNS_TABLE, 0)}_{digest}"


def chosen_runs() -> tuple[str, ...]:
    """The runs that are ticked on the Runs page, in the order in which they were."""
    return st.session_state.get(_RUNS_CHOSEN, ())


def choose_runs(run_ids: Sequence[str]) -> None:
    """Remembers what is ticked in the table."""
    st.session_state[_RUNS_CHOSEN] = tuple(run_ids)


def tick_runs(run_ids: Sequence[str]) -> None:
    """Ticks these runs and no others, whatever the table on screen says: another one begins with them."""
    choose_runs(run_ids)
    st.session_state[_RUNS_TABLE] = st.session_state.get(_RUNS_TABLE, 0) + 1


def is_news(brought: str) -> bool:
    """Whether a run that was brought in, or that a link opens, is one that this was not asked of before."""
    known = st.session_state.get(_RUNS_BROUGHT, frozenset({""}))
    st.session_state[_RUNS_BROUGHT] = known | {brought}
    return brought not in known


def just_deleted() -> tuple[str, ...]:
    """The runs that this session deleted last, while that can be taken back in one click."""
    return st.session_state.get(_RUNS_DELETED, ())


def note_deleted(run_ids: Sequence[str]) -> None:
    """Remembers what was deleted last; nothing once it was taken back."""
    st.session_state[_RUNS_DELETED] = tuple(run_ids)


def again_of(job_id: str) -> str | None:
    """The kept run that this job trains again."""
    return st.session_state.get(_AGAIN, {}).get(job_id)


def note_again(job_id: str, run_id: str) -> None:
    """Remembers that a job trains a kept run again."""
    st.session_state[_AGAIN] = {**st.session_state.get(_AGAIN, {}), job_id: run_id}
