"""Uploaded files stay in memory, which is theirs alone, and take a bounded part of it, however many come."""

from __future__ import annotations

from ui import streamlit_internals
from ui.stand_ins import placeholder

MOST_BYTES = 512 * 2**20  # of a session's files at a time: 100 photos of a good camera; answered ones make room
NO_ROOM = (
    f"It came with too many others: {MOST_BYTES // 2**20} MB are held at a time. Take it out of the list and drop it "
    "again once the others are answered."
)


def keep_uploads_in_memory() -> None:
    """Keeps the web server from writing uploads above a megabyte to temporary files, and from holding ever more.

    For all of the server process; to be called before a page shows a widget that takes files.
    """
    streamlit_internals.keep_uploads_in_memory(_if_there_is_room)


def _if_there_is_room(held: int, content: bytes) -> bytes:
    return content if held + len(content) <= MOST_BYTES else placeholder(NO_ROOM)
