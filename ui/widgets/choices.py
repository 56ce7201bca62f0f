"""Choosing one of a few or of many, and leafing through a long list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar, overload

import streamlit as st

from ui.base.errors import as_plain_text

Option = TypeVar("Option")
MOST_PILLS = 9  # the cells of three classes' confusion matrix; of more, a list is easier to read


@overload
def choose_one(
    label: str, options: Sequence[Option], words: Callable[[Option], str], key: str, *, required: Literal[True]
) -> Option: ...


@overload
def choose_one(
    label: str, options: Sequence[Option], words: Callable[[Option], str], key: str, *, required: Literal[False]
) -> Option | None: ...


def choose_one(
    label: str, options: Sequence[Option], words: Callable[[Option], str], key: str, *, required: bool
) -> Option | None:
    """Returns the chosen option; the first one at first if one is required, else None.

    Args:
        label: What is chosen.
        options: May change between two calls; a choice that is no longer among them is dropped.
        words: An option's name, plain text.
        key: The widget's key, under which code may also set the choice.
        required: Whether there is always a choice.
    """
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0] if required and options else None
    if len(options) <= MOST_PILLS:
        return st.pills(
            label, options, key=key, required=required, wrap=True, format_func=lambda each: as_plain_text(words(each))
        )
    return st.selectbox(label, options, index=None, key=key, required=required, format_func=words)


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
