"""A name that is typed where it stands: kept at once, and as it was where it cannot be kept."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from qtl_core.common.errors import UserError


def typed(label: str, now: str, key: str, longest: int, keep: Callable[[str], object]) -> None:
    """Shows a name in a field.

    Args:
        label: What a screen reader calls the field.
        now: The name as it is kept; the field shows it again whenever it is another than was typed.
        key: The widget's key.
        longest: Characters that can be typed.
        keep: Keeps what was typed; raises a `UserError` where it cannot be.
    """
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    st.text_input(
        label, now, key=key, max_chars=longest, label_visibility="collapsed", on_change=_take, args=(key, now, keep)
    )


def _take(key: str, now: str, keep: Callable[[str], object]) -> None:
    try:
        keep(st.session_state[key] or "")
    except UserError as error:
        st.session_state[key] = now
        st.toast(str(error), icon=":material/error:")
