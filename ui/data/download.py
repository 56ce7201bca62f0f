"""The button that takes a data set home as one file; the browser fetches it from the app's own route."""

from __future__ import annotations

import streamlit as st

from qtl_core.pictures.archives.plan import counted
from qtl_core.pictures.datasets.records import DatasetRecord
from ui.base.base_path import address_below
from ui.base.wording import megabytes

WHAT_FOR = (
    "Pictures, classes, parts and groups in one zip. It opens here or in another copy of this app; unpacked, it is an "
    "ordinary folder of pictures."
)


def show_download(record: DatasetRecord, size: int = 0) -> None:
    """Shows the button, and what it is for; for whoever sees the set.

    Args:
        record: The set.
        size: Bytes of its pictures, 0 where that is not known.
    """
    much = counted(record.count, "picture") + (f", about {megabytes(size)}" if size else "")
    st.link_button(
        "Download as one file",
        file_address(record.id),
        icon=":material/download:",
        help=WHAT_FOR,
        disabled=not record.count,
    )
    st.caption(much if record.count else "There are no pictures to take along yet.")


def file_address(set_id: str) -> str:
    """Returns where a browser finds a set's file."""
    return address_below(f"own/{set_id}/file")
