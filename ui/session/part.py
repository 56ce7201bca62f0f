"""A part of a session: an object that `st.session_state` holds under one key, made when it is first asked for."""

from __future__ import annotations

from typing import ClassVar, Self

import streamlit as st


class SessionPart:
    """The state that one feature keeps for a session; its attributes are typed and are read and set as usual.

    Streamlit hands the same object to every run of the session's pages, so what is set on one page is there on the
    next. It goes with the session. A reload of the page in the browser begins another session.

    Attributes:
        KEY: Where `st.session_state` has it.
    """

    KEY: ClassVar[str]

    @classmethod
    def here(cls) -> Self:
        """Returns this session's."""
        if cls.KEY not in st.session_state:
            st.session_state[cls.KEY] = cls.begin()
        return st.session_state[cls.KEY]

    @classmethod
    def begin(cls) -> Self:
        """Returns what a new session begins with."""
        return cls()
