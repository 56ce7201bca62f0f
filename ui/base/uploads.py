"""Uploaded files: in memory alone, in a bounded part of it, and what stands where an answered one was.

A file is needed once: every registered network is given the same square of pixels, so another run can be asked with
those. Models of timm look in their own ways, so a file stays that was answered by one. The stand-in lies where the file
lay, so it goes when the file is taken away and when the session ends.
"""

from __future__ import annotations

import secrets

import numpy as np

from qtl_core.common.errors import Unavailable
from ui.base import streamlit_internals
from ui.base.streamlit_internals import UploadedFile, replace_upload

_MARK = secrets.token_bytes(16)  # of this process: no file that comes in can pass for a stand-in
_VIEW, _WORDS = b"v", b"w"
CHANNELS = 3


def placeholder(found: np.ndarray | Unavailable) -> bytes:
    """Returns what to put in a file's place.

    Args:
        found: The pixels that the networks are given, uint8 (side, side, 3), or why there are none.
    """
    if isinstance(found, Unavailable):
        return _MARK + _WORDS + found.why.encode()
    return _MARK + _VIEW + found.tobytes()


def placeholder_content(content: bytes) -> np.ndarray | Unavailable | None:
    """Returns what was put in a file's place, or None for a file."""
    if not content.startswith(_MARK):
        return None
    kind, start = content[len(_MARK) : len(_MARK) + 1], len(_MARK) + 1
    if kind == _WORDS:
        return Unavailable(content[start:].decode())
    pixels = np.frombuffer(content, np.uint8, offset=start)  # the stand-in's own memory, not a copy
    side = round((pixels.size / CHANNELS) ** 0.5)
    return pixels.reshape(side, side, CHANNELS)


def put_placeholder(upload: UploadedFile, found: np.ndarray | Unavailable) -> np.ndarray | Unavailable:
    """Puts a stand-in where an uploaded file was, in the web server's memory and in the upload at hand.

    Returns:
        What was found, in the stand-in's memory.
    """
    content = placeholder(found)
    replace_upload(upload, content)
    held = placeholder_content(content)
    assert held is not None, "it begins as what stands in does"
    return held


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
    return content if held + len(content) <= MOST_BYTES else placeholder(Unavailable(NO_ROOM))
