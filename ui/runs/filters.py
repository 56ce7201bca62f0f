"""What is searched for, filtered by and ordered by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from qtl_core.comparing.listing import ORDERS, Filter, choices_of
from qtl_core.store import RunRecord
from ui.session import keys

STATES = {
    "running": "in training",
    "interrupted": "interrupted",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
}
LONGEST_SEARCH = 200  # characters
_KEYS = {
    "states": (keys.RUNS_STATES, "State"),
    "data": (keys.RUNS_DATA, "Data"),
    "backbones": (keys.RUNS_BACKBONES, "Image network"),
    "tags": (keys.RUNS_TAGS, "Tags"),
}


def choose_filter(records: Sequence[RunRecord]) -> tuple[Filter, str]:
    """Shows the search field, the filters and the order; returns what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs_filters"):
        words = st.text_input(
            "Search",
            key=keys.RUNS_SEARCH,
            placeholder="name, note, tag, ring, 6, …",
            persist_state="session",
            max_chars=LONGEST_SEARCH,
            help="Finds runs in which all these words occur: in name, note, tags, data, network or settings.",
        )
        order = st.selectbox(
            "Order",
            list(ORDERS),
            key=keys.RUNS_ORDER,
            persist_state="session",
            width=220,
            help="The order of the table; a click on the head of a column sorts it as well.",
        )
        with st.popover("Filter", icon=":material/filter_list:"):
            few, starred = _choose_few(records), _choose_starred()
    return Filter(words=words or "", starred=starred, **few), order


def _choose_few(records: Sequence[RunRecord]) -> dict[str, tuple[str, ...]]:
    choices = choices_of(records)
    return {name: _some(*_KEYS[name], choices[name], name == "states") for name in _KEYS}


def _some(key: str, label: str, options: list[str], of_states: bool) -> tuple[str, ...]:
    known = [option for option in st.session_state.get(key) or () if option in options]
    if known != list(st.session_state.get(key) or ()):
        st.session_state[key] = known  # the last run with one of them is gone
    words: Callable[[str], str] = STATES.__getitem__ if of_states else str
    return tuple(st.multiselect(label, options, key=key, format_func=words, persist_state="session", placeholder="All"))


def _choose_starred() -> bool:
    return st.toggle("Only those with a star", key=keys.RUNS_STARRED, persist_state="session")
