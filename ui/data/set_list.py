"""The list of a visitor's data sets: a new one in one click, those that are there, the one deleted last."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.latest import latest_pictures
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.datasets.retention import going_words
from ui.base.errors import as_name, as_plain_text, guarded
from ui.base.trust import is_closed_to_paths
from ui.data.collect import NO_COOKIE
from ui.data.own_sets import (
    new_set,
    open_set,
    size_words,
    take_back_deleting,
    title_of,
    unreadable_words,
    used_words,
)
from ui.data.thumbnails import strip_of
from ui.session import session
from ui.session.visitor import is_known_again, my_listing, visitor
from ui.widgets.choices import leaf

EACH = 12  # sets on one page of the list: divides by 4, 3 and 2, the columns of wide and narrow screens
LATEST = 6  # thumbnails of one


def show_set_list() -> None:
    """Shows the list; a lesson that hides which pictures are used has none."""
    if session.screen.hides("source"):
        return
    listing = my_listing()
    found = listing.records
    with st.container(border=True, key="own_sets", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(_words(found), width="content")
            st.button("New data set", key="new_set", icon=":material/add:", type="primary", on_click=guarded()(new_set))
        if not is_known_again():
            st.info(NO_COOKIE, icon=":material/cookie_off:")
        _show_deleted()
        if listing.unreadable:
            st.warning(unreadable_words(listing.unreadable), icon=":material/broken_image:")
        if found:
            _show_sets(found)


def _words(found: tuple[DatasetRecord, ...]) -> str:
    if found and is_closed_to_paths() and visitor().has_all:
        return f"**All data sets on this server**: {len(found)} (you are at its computer)"
    if found:
        return f"**Your data sets**: {len(found)}" if len(found) > 1 else "**Your data set**"
    return (
        "**Your own pictures, in a minute.** Files, a folder, a zip, the camera or a phone: "
        "two classes with five pictures each are enough to learn from."
    )


def _show_deleted() -> None:
    if session.workshop.deleted is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="deleted_set"):
        st.markdown(f"**{as_name(session.workshop.deleted[1])}** was deleted.", width="content")
        st.button("Undo", key="undelete_set", icon=":material/undo:", on_click=guarded()(take_back_deleting))


def _show_sets(found: tuple[DatasetRecord, ...]) -> None:
    part = leaf(len(found), EACH, "own_sets_page", "data sets")
    with st.container(key="set_cards"):
        for record in found[part]:
            _show_set(record)


def _show_set(record: DatasetRecord) -> None:
    with st.container(border=True, key=f"set_{record.id}", gap="xsmall"):
        each = max(1, LATEST // max(1, len(record.classes)))
        classes = record.classes[:LATEST]
        try:
            pictures = [picture for klass in classes for picture in latest_pictures(record.id, klass.id, each)]
            st.html(strip_of(record.id, pictures[:LATEST], "No picture yet"))
        except UserError as error:  # the others are shown all the same
            st.caption(as_plain_text(str(error)))
        if going := going_words(record):
            st.caption(f":material/schedule: {going}")
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"set_words_{record.id}"):
            st.markdown(f"**{title_of(record)}**  \n{size_words(record)}, {used_words(record)}", width="stretch")
            st.button("Open", key=f"open_set_{record.id}", on_click=guarded()(open_set), args=(record.id,))
