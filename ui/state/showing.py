"""Show mode: whether the address asks for it, and what of it a session holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from ui.director import ShowLoop

SHOW_PARAMETER = "show"
_DIRECTOR, _SHOW_DATA = "show_director", "show_data"


def showing() -> bool:
    """Whether the link asks for show mode."""
    return st.query_params.get(SHOW_PARAMETER) == "1"


def end_show() -> None:
    """Leaves show mode: its director, its job and its data go."""
    if SHOW_PARAMETER in st.query_params:
        del st.query_params[SHOW_PARAMETER]
    if _DIRECTOR in st.session_state:
        st.session_state.pop(_DIRECTOR).close()
    st.session_state.pop(_SHOW_DATA, None)


def director(make: Callable[[], ShowLoop]) -> ShowLoop:
    """What prepares the rounds of this session's show."""
    if _DIRECTOR not in st.session_state:
        st.session_state[_DIRECTOR] = make()
    return st.session_state[_DIRECTOR]


def show_data(number: int, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the round of this number has the browser show; that of the round before is let go."""
    if st.session_state.get(_SHOW_DATA, (None,))[0] != number:
        st.session_state[_SHOW_DATA] = number, make()
    return st.session_state[_SHOW_DATA][1]
