"""Uploaded files stay in memory, which is theirs alone, and take a bounded part of it, however many come."""

from __future__ import annotations

from starlette.formparsers import MultiPartParser
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from ui.stand_ins import stand_in

UNLIMITED = 0  # as SpooledTemporaryFile's max_size has it; how much may come is limited by server.maxUploadSize
MOST_BYTES = 512 * 2**20  # of a session's files at a time: 100 photos of a good camera; answered ones make room
NO_ROOM = (
    f"It came with too many others: {MOST_BYTES // 2**20} MB are held at a time. Take it out of the list and drop it "
    "again once the others are answered."
)
_add_file = MemoryUploadedFileManager.add_file


def keep_uploads_in_memory() -> None:
    """Keeps the web server from writing uploads above a megabyte to temporary files, and from holding ever more.

    For all of the server process; to be called before a page shows a widget that takes files.
    """
    MultiPartParser.spool_max_size = UNLIMITED
    MemoryUploadedFileManager.add_file = _add_file_if_there_is_room


def _add_file_if_there_is_room(manager: MemoryUploadedFileManager, session_id: str, file: UploadedFileRec) -> None:
    held = list(manager.file_storage.get(session_id, {}).values())  # at once: other files come in meanwhile
    if sum(len(other.data) for other in held) + len(file.data) > MOST_BYTES:
        file = file._replace(data=stand_in(NO_ROOM))
    _add_file(manager, session_id, file)
