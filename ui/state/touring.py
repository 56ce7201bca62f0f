"""Where a session is in the guided tour, and its part of the address."""

from __future__ import annotations

import streamlit as st

STOP_PARAMETER = "stop"
_TOUR_STOP, _TOUR_HEADS = "tour_stop", "tour_heads_job"


def tour_stop(stops: int) -> int:
    """The stop of the tour that the link names, from 1; else the one that this session was at."""
    asked = st.query_params.get(STOP_PARAMETER, "")
    known = st.session_state.get(_TOUR_STOP, 1)
    return int(asked) if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= stops else known


def show_tour_stop(stop: int) -> None:
    """Goes to a stop of the tour, and writes it into the link."""
    st.session_state[_TOUR_STOP] = stop
    if st.query_params.get(STOP_PARAMETER) != str(stop):
        st.query_params[STOP_PARAMETER] = str(stop)


def heads_job() -> str | None:
    """The identifier of the comparison of heads that this session has asked for."""
    return st.session_state.get(_TOUR_HEADS)


def show_heads_job(job_id: str) -> None:
    """Remembers a comparison of heads."""
    st.session_state[_TOUR_HEADS] = job_id
