"""All pictures of a class, however many: select, remove, move to another class, choose the part by hand."""

from __future__ import annotations

from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.editing import move, remove, set_part
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord, Part
from ui.base.assets import asset, script
from ui.base.errors import as_name
from ui.data.own_sets import may_change
from ui.data.thumbnails import thumbnails_address
from ui.session import session

WHERE = {"train": "", "val": "validation", "test": "test"}  # most are trained on: that needs no mark
PARTS = {"train": "training", "val": "validation", "test": "test, set aside", "auto": "whatever the split says"}
ONES = {1: "1 picture"}
_show_gallery = st.components.v2.component(
    "class_gallery", html=asset("class_gallery.html"), css=asset("class_gallery.css"), js=script("class_gallery")
)


def show_class_pictures(record: DatasetRecord, klass: ClassRecord, can_change: bool) -> None:
    """Shows all pictures of one class in place of the cards, with the way back and to the other classes."""
    with st.container(horizontal=True, vertical_alignment="center", key="gallery_head"):
        st.button(
            "All classes",
            key="all_classes",
            icon=":material/arrow_back:",
            on_click=session.workshop.look_through,
            args=(record.id, None),
        )
        _choose_class(record, klass)
        st.caption(_count(klass.count))
    pictures = pictures_of(record.id, klass.id)
    if not pictures:
        st.info(f"There is no picture in **{as_name(klass.name)}** (any more).")
        return
    key = f"gallery_{record.id}_{klass.id}"
    _show_gallery(
        data={
            "pictures": [(each.id, each.sha256, each.name, WHERE[each.part]) for each in pictures],
            "base": thumbnails_address(record.id),
            "classes": [(other.id, other.name) for other in record.classes if other.id != klass.id],
            "parts": list(PARTS.items()),
            "fixed": not can_change,
        },
        key=key,
        on_action_change=lambda: _act(record, st.session_state[key].action),
        height="content",
    )
    by_hand = sum(each.chosen_part is not None for each in pictures)
    if by_hand:
        were, those = ("was", "it where it is") if by_hand == 1 else ("were", "those where they are")
        st.caption(f"{_count(by_hand)} of this class {were} put into a part by hand; the split leaves {those}.")


def _choose_class(record: DatasetRecord, klass: ClassRecord) -> None:
    names = {each.id: each.name for each in record.classes}  # no counts: a choice is known by its words
    key = f"gallery_class_{record.id}"
    if st.session_state.get(key) != klass.id:
        st.session_state[key] = klass.id
    st.selectbox(
        "Class",
        list(names),
        list(names).index(klass.id),
        key=key,
        format_func=lambda each: names.get(each, ""),
        label_visibility="collapsed",
        width=280,
        on_change=lambda: session.workshop.look_through(record.id, st.session_state[key] or klass.id),
    )


def _act(record: DatasetRecord, action: dict[str, Any] | None) -> None:
    """Does what the browser asks for; it is a stranger's word, so only what these pictures allow is done."""
    if not action or not may_change(record):
        return
    ids = [each for each in action.get("ids", ()) if isinstance(each, int)]
    to = action.get("to")
    try:
        if action.get("kind") == "remove":
            remove(record.id, ids)
            st.toast(
                f"{_count(len(ids))} removed; Undo brings {'it' if len(ids) == 1 else 'them'} back.",
                icon=":material/undo:",
            )
        elif action.get("kind") == "move" and to in [klass.id for klass in record.classes]:
            move(record.id, ids, to)
            st.toast(f"{_count(len(ids))} moved.", icon=":material/drive_file_move:")
        elif action.get("kind") == "part" and to in PARTS:
            set_part(record.id, ids, None if to == "auto" else _part(to))
            st.toast(f"{_count(len(ids))}: {PARTS[to]}.", icon=":material/call_split:")
    except UserError as error:
        st.toast(str(error), icon=":material/error:")


def _part(name: str) -> Part:
    return next(part for part in ("train", "val", "test") if part == name)


def _count(pictures: int) -> str:
    return ONES.get(pictures, f"{pictures:,} pictures")
