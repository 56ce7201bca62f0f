"""What the Learn page shows, and its part of the address."""

from __future__ import annotations

import streamlit as st

TOPIC_PARAMETER, TERM_PARAMETER = "topic", "term"
_LEARN_PLACE = "learn_place"


def learn_place() -> tuple[str, str]:
    """The kind ("topic" or "term") and the name of what the Learn page is to show, as the link has it: not checked.

    Where the link says nothing, it is what was shown last; a name of "" is nothing yet.
    """
    for kind in (TERM_PARAMETER, TOPIC_PARAMETER):
        if st.query_params.get(kind):
            return kind, st.query_params[kind]
    return st.session_state.get(_LEARN_PLACE, (TOPIC_PARAMETER, ""))


def show_in_learn(kind: str, name: str) -> None:
    """Puts a topic or a term on the Learn page, and into its link."""
    other = {TOPIC_PARAMETER: TERM_PARAMETER, TERM_PARAMETER: TOPIC_PARAMETER}[kind]
    st.session_state[_LEARN_PLACE] = kind, name
    if other in st.query_params:
        del st.query_params[other]
    if st.query_params.get(kind) != name:
        st.query_params[kind] = name
