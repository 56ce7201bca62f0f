"""The classes of a set as cards side by side: name, colour, count, the latest pictures, and ways to add more."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.editing import add_class, recolour_class, remove_class, rename_class
from qtl_core.pictures.datasets.latest import latest_pictures
from qtl_core.pictures.datasets.names import LONGEST_CLASS, MOST_CLASSES, NOTHING
from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord
from ui.base.errors import as_name
from ui.base.theme import CLASSES, class_colour
from ui.data.adding_tools import show_adding_tools
from ui.data.thumbnails import strip_of
from ui.data.typed_names import typed
from ui.session import session

LATEST = 12  # thumbnails on a card: two rows at most are seen
MANY = 4  # classes: more of them are drawn narrower
FEWEST = 2  # classes: with one there is nothing to tell apart
WHY_NOTHING = (
    "A network always answers with one of its classes, also for a picture of something else. A class of other things, "
    "such as the empty table or your own face, gives it an answer for those."
)
COLOUR_NAMES = ("Green", "Purple", "Ochre", "Blue", "Pink", "Olive")  # of `CLASSES`


def show_class_cards(record: DatasetRecord, can_change: bool) -> None:
    """Shows a card for every class, and one to add another."""
    many = len(record.classes) > MANY
    with st.container(key="class_cards_many" if many else "class_cards"):
        for klass in record.classes:
            _show_class(record, klass, can_change)
        if can_change and len(record.classes) < MOST_CLASSES:
            _show_new_class(record)


def _show_class(record: DatasetRecord, klass: ClassRecord, can_change: bool) -> None:
    with st.container(border=True, key=f"class_{record.id}_{klass.id}", gap="xsmall"):
        _show_head(record, klass, can_change)
        latest = latest_pictures(record.id, klass.id, LATEST) if klass.count else ()
        st.html(strip_of(record.id, latest, "No picture yet"))
        _show_count(record, klass)
        if can_change:
            show_adding_tools(record, klass)


def _show_head(record: DatasetRecord, klass: ClassRecord, can_change: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"class_head_{record.id}_{klass.id}"):
        st.html(f'<span class="class-dot" style="color:{class_colour(klass.colour)}" aria-hidden="true">●</span>')
        if not can_change:
            st.markdown(f"**{as_name(klass.name)}**")
            return
        typed(
            f"Name of the class {klass.name}",
            klass.name,
            f"class_name_{record.id}_{klass.id}",
            LONGEST_CLASS,
            lambda name: rename_class(record.id, klass.id, name),
        )
        box = st.popover(
            "",
            icon=":material/more_vert:",
            type="tertiary",
            key=f"class_more_{record.id}_{klass.id}",
            on_change="rerun",
        )
        if box.open:
            with box:
                _show_class_menu(record, klass)


def _show_class_menu(record: DatasetRecord, klass: ClassRecord) -> None:
    key = f"class_colour_{record.id}_{klass.id}"
    now = klass.colour % len(CLASSES)
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    st.selectbox(
        "Colour",
        range(len(CLASSES)),
        now,
        key=key,
        format_func=lambda each: COLOUR_NAMES[each],
        on_change=lambda: _do(lambda: recolour_class(record.id, klass.id, st.session_state[key])),
    )
    is_last = len(record.classes) <= FEWEST
    st.button(
        "Remove this class",
        key=f"remove_class_{record.id}_{klass.id}",
        icon=":material/delete:",
        disabled=is_last,
        help="A set has two classes or more: rename this one instead." if is_last else "Undo brings it back.",
        on_click=_do,
        args=(lambda: remove_class(record.id, klass.id),),
    )


def _show_count(record: DatasetRecord, klass: ClassRecord) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        count = "1 picture" if klass.count == 1 else f"{klass.count:,} pictures"
        st.markdown(f"**{count}**", width="content")
        if klass.count:
            st.button(
                "Look through",
                key=f"look_through_{record.id}_{klass.id}",
                type="tertiary",
                icon=":material/grid_view:",
                help="All pictures of this class: select, remove, move to another class.",
                on_click=session.workshop.look_through,
                args=(record.id, klass.id),
            )


def _show_new_class(record: DatasetRecord) -> None:
    with st.container(border=True, key="new_class", gap="xsmall"):
        st.button(
            "Add a class",
            key="add_class",
            icon=":material/add:",
            width="stretch",
            on_click=_do,
            args=(lambda: add_class(record.id, _free_name(record)),),
        )
        if record.class_named(NOTHING) is None:
            st.button(
                "Add “nothing of the kind”",
                key="add_nothing",
                icon=":material/block:",
                width="stretch",
                on_click=_do,
                args=(lambda: add_class(record.id, NOTHING),),
            )
            st.caption(WHY_NOTHING)


def _free_name(record: DatasetRecord) -> str:
    """Returns "Class 3", or the next number that no class has."""
    taken = {klass.name for klass in record.classes}
    numbers = range(len(record.classes) + 1, len(record.classes) + len(taken) + 2)
    return next(f"Class {number}" for number in numbers if f"Class {number}" not in taken)


def _do(change: Callable[[], object]) -> None:
    try:
        change()
    except UserError as error:
        st.toast(str(error), icon=":material/error:")
