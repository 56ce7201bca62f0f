"""The reader, as the browser tells of them."""

from __future__ import annotations

import streamlit as st


def ink() -> str | None:
    """The text colour of the theme that the reader uses, once the browser has said which."""
    theme = st.context.theme.type
    return st.get_option(f"theme.{theme}.textColor") if theme else None


def paper() -> str | None:
    """The background colour of the theme that the reader uses, once the browser has said which."""
    theme = st.context.theme.type
    return st.get_option(f"theme.{theme}.backgroundColor") if theme else None
