"""What a session keeps of the pictures it brought and of the angles it turned; all of it leaves with the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:  # every page begins by asking for the state: what answers pictures is imported where it is needed
    from qtl_core.jobs import JobManager
    from ui.answer_book import AnswerQueue
    from ui.reason_book import ExplanationJobs

_BOOK, _OTHER_BOOK, _REASONS = "answer_book", "other_answer_book", "reason_book"
_CIRCUIT_BOOK, _TURNED = "circuit_book", "turned_angles"


def answer_book() -> AnswerQueue:
    """This session's answers for the pictures it brought."""
    return _book(_BOOK)


def other_answer_book() -> AnswerQueue:
    """The same of the run that is compared with."""
    return _book(_OTHER_BOOK)


def circuit_book() -> AnswerQueue:
    """The same for the picture in the circuit; whether it is unlike those of training is not asked there."""
    return _book(_CIRCUIT_BOOK, with_ood=False)


def reason_book(jobs: JobManager) -> ExplanationJobs:
    """What this session asked about its answers; the worker processes are those of `jobs`."""
    from ui.reason_book import ExplanationJobs

    if _REASONS not in st.session_state:
        st.session_state[_REASONS] = ExplanationJobs(jobs)
    return st.session_state[_REASONS]


def turned(circuit: str) -> dict[int, float]:
    """The trained angles of this circuit that were turned by hand, radians by position; to be changed by the caller.

    Those of one circuit are remembered at a time: whoever puts another one on the table lets go of them.
    """
    if st.session_state.get(_TURNED, ("", {}))[0] != circuit:
        st.session_state[_TURNED] = circuit, {}
    return st.session_state[_TURNED][1]


def _book(key: str, *, with_ood: bool = True) -> AnswerQueue:
    from ui.answer_book import AnswerQueue

    return st.session_state.setdefault(key, AnswerQueue(with_ood=with_ood))
