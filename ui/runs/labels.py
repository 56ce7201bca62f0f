"""What a person writes on a run: a name, a note, tags and a star; kept at once."""

from __future__ import annotations

import streamlit as st

from qtl_core.store import RunRecord, annotate, rename, set_tags, star
from qtl_core.store.labels import MOST_TAGS, NAME_LENGTH, NOTE_LENGTH
from ui.errors import guarded
from ui.session import keys


def show_labels(record: RunRecord) -> None:
    """Shows the fields, filled with what is written on the run."""
    named = {kind: keys.run_label_key(kind, record.id) for kind in ("name", "tags", "star", "note")}
    values = {"name": record.name, "tags": list(record.tags), "star": record.starred, "note": record.note}
    for kind, key in named.items():
        st.session_state[key] = values[kind]  # what another page or window wrote is shown as well
    with st.container(horizontal=True, vertical_alignment="bottom", key="run_labels"):
        st.text_input(
            "Name",
            key=named["name"],
            max_chars=NAME_LENGTH,
            placeholder="What you call it",
            on_change=guarded()(_keep_name),
            args=(record.id,),
        )
        st.multiselect(
            "Tags",
            list(record.tags),
            key=named["tags"],
            accept_new_options=True,
            max_selections=MOST_TAGS,
            placeholder="Type a word and press Enter",
            on_change=guarded()(_keep_tags),
            args=(record.id,),
        )
        st.toggle("Star", key=named["star"], on_change=guarded()(_keep_star), args=(record.id,), width="content")
    st.text_area(
        "Note",
        key=named["note"],
        max_chars=NOTE_LENGTH,
        height=90,
        placeholder="What you want to remember of it",
        on_change=guarded()(_keep_note),
        args=(record.id,),
    )


def _keep_name(run_id: str) -> None:
    rename(run_id, st.session_state[keys.run_label_key("name", run_id)])


def _keep_note(run_id: str) -> None:
    annotate(run_id, st.session_state[keys.run_label_key("note", run_id)])


def _keep_tags(run_id: str) -> None:
    set_tags(run_id, st.session_state[keys.run_label_key("tags", run_id)])


def _keep_star(run_id: str) -> None:
    star(run_id, st.session_state[keys.run_label_key("star", run_id)])
