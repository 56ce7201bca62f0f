"""The reader's text colour, for charts: Plotly's own is too pale for small letters."""

from __future__ import annotations

import streamlit as st


def text_colour() -> str | None:
    """Returns the text colour of the theme that the reader uses, or None until the browser has said which."""
    theme = st.context.theme.type
    return st.get_option(f"theme.{theme}.textColor") if theme else None
