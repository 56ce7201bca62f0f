"""Leafing through a long list: which part of it is on screen."""

from __future__ import annotations

import streamlit as st


def leaf(count: int, each: int, key: str, noun: str) -> slice:
    """Shows page numbers where one page is not enough, and returns the part of the list to show.

    Args:
        count: Length of the list; it may change between two calls.
        each: Entries on one page.
        key: Beginning of the widget's key, which keeps the page number.
        noun: What is listed, for the line beside the numbers.
    """
    pages = max(1, -(-count // each))
    if pages == 1:
        return slice(0, count)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_row"):
        page = st.pagination(pages, key=f"{key}_{pages}", max_visible_pages=5)  # of another length: from its beginning
        start, end = (page - 1) * each, min(page * each, count)
        st.caption(f"{start + 1} to {end} of {count} {noun}", width="content")
    return slice(start, end)
