"""Data sets of the visitor's own: which there are, who may change one, and how one comes on screen."""

from __future__ import annotations

import time

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.creating import create, delete, find_by_id, list_datasets, undelete
from qtl_core.pictures.datasets.records import DatasetRecord
from ui.base.errors import as_name
from ui.session import session
from ui.session.visitor import maker, owner, visitor
from ui.session.workshop import OWN

FIRST_CLASSES = ("Class 1", "Class 2")
UNNAMED = "Data set"


def unreadable_words(lost: tuple[str, ...]) -> str:
    """Returns what to say of sets that the list cannot show."""
    first = f"The data set {lost[0]} is not shown" if len(lost) == 1 else f"{len(lost)} data sets are not shown"
    named = "" if len(lost) == 1 else f" ({', '.join(lost[:5])}{', ...' if len(lost) > 5 else ''})"
    why = "its file is damaged, or a newer version of this app wrote it"
    return f"{first}{named}: {why}. It was left as it is; ask who runs this app for a copy."


def may_change(record: DatasetRecord) -> bool:
    """Returns whether this visitor may change a set; see `ui/base/ownership.py`."""
    return visitor().may_change(record)


def open_set(set_id: str) -> None:
    """Puts a set on screen: its pictures are what the session trains on from now on."""
    session.screen.choose_settings(session.screen.settings.changed(source=OWN, dataset=set_id, dataset_version=0))
    session.workshop.look_through(set_id, None)


def close_set() -> None:
    """Shows the list of sets again; the settings keep their pictures until others are chosen."""
    session.screen.choose_settings(session.screen.settings.changed(dataset="", dataset_version=0))


def opened_set() -> DatasetRecord | None:
    """Returns the set on screen; None where there is none.

    Raises:
        UserError: The address names one that is not there.
    """
    data = session.screen.settings.data
    return find_by_id(data.dataset) if data.source == OWN and data.dataset else None


def new_set() -> None:
    """Makes a set with two empty classes, under a name that can be changed later, and opens it."""
    taken = {record.name for record in list_datasets()}  # everybody's: a shell lists them together
    number = next(number for number in range(1, len(taken) + 2) if f"{UNNAMED} {number}" not in taken)
    try:
        record = create(f"{UNNAMED} {number}", FIRST_CLASSES, owner=owner(), maker=maker())
    except UserError as error:
        st.toast(str(error), icon=":material/error:")
        return
    session.workshop.deleted = None
    open_set(record.id)


def delete_set(record: DatasetRecord) -> None:
    """Deletes a set; the list offers to take that back."""
    delete(record.id)
    session.workshop.deleted = record.id, record.name
    close_set()


def take_back_deleting() -> None:
    """Brings the set that was deleted last back, and opens it."""
    if session.workshop.deleted:
        set_id, _ = session.workshop.deleted
        session.workshop.deleted = None
        undelete(set_id)
        open_set(set_id)


def size_words(record: DatasetRecord) -> str:
    """Returns how much is in a set: "2 classes, 34 pictures"."""
    classes = "1 class" if len(record.classes) == 1 else f"{len(record.classes)} classes"
    pictures = (
        "no picture yet" if not record.count else "1 picture" if record.count == 1 else f"{record.count:,} pictures"
    )
    return f"{classes}, {pictures}"


def used_words(record: DatasetRecord) -> str:
    """Returns when a set was last used: "used in the last minutes", "used 25 min ago", "used 3 days ago"."""
    ago = time.time() - record.used
    if ago < 3600:
        return "used in the last minutes" if ago < 600 else f"used {ago / 60:.0f} min ago"
    days = round(ago / 86400)
    return f"used {ago / 3600:.0f} h ago" if ago < 86400 else f"used {days} {'day' if days == 1 else 'days'} ago"


def title_of(record: DatasetRecord) -> str:
    """Returns a set's name as plain text for Markdown."""
    return as_name(record.name)
