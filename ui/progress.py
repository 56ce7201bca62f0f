"""How far something is: a bar below a sentence."""

from __future__ import annotations

import streamlit as st


def show_progress(key: str, share: float, words: str) -> None:
    """Shows how far something is, 0 to 1, and what it is doing; `key` tells it from others on the page.

    The words are not the bar's own label, because a browser fetches the code of Streamlit's bar when it first meets
    one: until then there would be a grey box without a word.
    """
    with st.container(gap="xxsmall", key=f"progress_{key}"):
        st.markdown(words)
        st.progress(share)
