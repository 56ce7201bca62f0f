"""The head of a data set: its name, what can be undone, Share, and everything about the set itself."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.copying import copy_set
from qtl_core.pictures.datasets.editing import rename, set_note
from qtl_core.pictures.datasets.limits import limits_now, usage_of
from qtl_core.pictures.datasets.names import LONGEST_NOTE, LONGEST_SET
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.datasets.retention import DELETED_DAYS
from qtl_core.pictures.datasets.undoing import undo, undo_label
from qtl_core.settings import RunSettings
from ui.base.errors import as_name, guarded
from ui.base.trust import is_closed_to_paths
from ui.data.download import show_download
from ui.data.own_sets import close_set, delete_set, open_set, size_words, title_of
from ui.data.typed_names import typed
from ui.session import session
from ui.session.link import Link, text_of
from ui.session.visitor import is_known_again, maker, owner, visitor
from ui.session.workshop import OWN
from ui.shell.share import show_address_of
from ui.widgets.glossary import word


def show_way_back() -> None:
    """Shows the button that leads to all sets."""
    st.button("All data sets", key="all_sets", icon=":material/arrow_back:", type="tertiary", on_click=close_set)


def show_set_header(record: DatasetRecord, can_change: bool) -> None:
    """Shows the head; whoever may not change the set can copy it and train on it."""
    with st.container(horizontal=True, vertical_alignment="center", key="set_head"):
        show_way_back()
        if can_change:
            typed("Name of the data set", record.name, "set_name", LONGEST_SET, lambda name: rename(record.id, name))
            _show_undo(record)
        else:
            st.subheader(title_of(record), anchor=False, width="content")
        _show_share(record, can_change)
        _show_more(record, can_change)
    saved = "every change is kept at once" if can_change else "somebody else's"
    st.caption(f"{size_words(record)} · {saved}")
    if record.note and not can_change:
        st.markdown(as_name(record.note).replace("\n", "  \n"))
    if not can_change:
        _show_what_others_may(record)
    elif not is_known_again():
        st.warning(
            "This browser keeps no cookies, so the set is yours only until you close the page. Allow cookies for this "
            "address, or take the set home as a file."
        )


def _show_undo(record: DatasetRecord) -> None:
    label = undo_label(record.id)
    st.button(
        "Undo",
        key="undo_set",
        icon=":material/undo:",
        disabled=not label,
        help=as_name(f"Undo: {label}") if label else "Nothing to take back yet.",
        on_click=guarded()(_undo),
        args=(record.id,),
    )


def _undo(set_id: str) -> None:
    if said := undo(set_id):
        st.toast(as_name(f"Taken back: {said}."), icon=":material/undo:")


def _show_share(record: DatasetRecord, can_change: bool) -> None:
    box = st.popover("Share", icon=":material/share:", key="share_set", on_change="rerun")
    if not box.open:
        return
    with box:
        st.markdown(
            "**A link to this data set.** Whoever opens it sees the pictures and trains on them"
            + _who_changes(record, can_change)
        )
        settings = RunSettings().changed(source=OWN, dataset=record.id)
        show_address_of(text_of(session.screen.link_query(Link(settings))))
        st.caption(f"A run goes on naming the {word('version')} that it was trained on, whatever is changed later.")
        if not is_closed_to_paths():
            st.caption("This app is open to this computer alone, where everybody may change every set.")


def _who_changes(record: DatasetRecord, can_change: bool) -> str:
    if not is_closed_to_paths() or not can_change:
        return "."
    if not visitor().has_all:
        return "; only you can change them."
    here = "whoever is at this computer, under its address 127.0.0.1 or localhost"
    return f"; only {here}, can change them." if not record.owner else f"; only whoever made the set, and {here}, can."


def _show_more(record: DatasetRecord, can_change: bool) -> None:
    box = st.popover("More", icon=":material/more_horiz:", key="more_set", on_change="rerun")
    if not box.open:
        return
    with box:
        if can_change:
            _show_note(record)
        show_download(record)
        st.button("Make a copy", key="copy_set", icon=":material/content_copy:", on_click=_copy, args=(record,))
        if can_change:
            st.button(
                "Delete this data set", key="delete_set", icon=":material/delete:", on_click=_delete, args=(record,)
            )
            st.caption(
                f"A deleted set can be had back for {DELETED_DAYS} days: here at first, later in a shell "
                f"(`data delete --undo {record.id}`). Then it is gone, and runs trained on it lose their pictures."
            )
        st.caption(_limits_words())


def _show_note(record: DatasetRecord) -> None:
    key = f"set_note_{record.id}"
    st.text_area(
        "Note",
        record.note,
        key=key,
        max_chars=LONGEST_NOTE,
        placeholder="What the pictures show, who took them, where and when.",
        on_change=lambda: set_note(record.id, st.session_state[key]),
    )


def _show_what_others_may(record: DatasetRecord) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="not_mine"):
        st.markdown(
            ":material/lock: **You can look at these pictures and train on them.** Only whoever made the set can "
            "change it; a copy is yours.",
            width="stretch",
        )
        st.button("Make a copy", key="copy_to_change", icon=":material/content_copy:", on_click=_copy, args=(record,))


def _copy(record: DatasetRecord) -> None:
    try:
        open_set(copy_set(record.id, owner=owner(), maker=maker()).id)
    except UserError as error:
        st.toast(str(error), icon=":material/error:")


def _delete(record: DatasetRecord) -> None:
    try:
        delete_set(record)
    except UserError as error:
        st.toast(str(error), icon=":material/error:")


def _limits_words() -> str:
    limits = limits_now()
    words = (
        f"Up to {limits.set_pictures:,} pictures in a set, from files of up to {limits.picture_bytes // 10**6} MB; of "
        f"more than {limits.kept_pixels // 10**6} megapixels or {limits.kept_bytes // 10**6} MB, a smaller one is kept."
    )
    if is_closed_to_paths():
        used, most = usage_of(owner()), limits.visitor_sets
        words += (
            f" You have {used.sets} of {most} {'set' if most == 1 else 'sets'} and {used.size / 1e6:,.0f} of "
            f"{limits.visitor_bytes // 10**6:,} MB on this server; the MB count what was removed or deleted in the "
            f"last {DELETED_DAYS} days, too."
        )
    return words
