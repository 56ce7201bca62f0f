"""Words for a study that cannot be read or written: its files are damaged, or the disk does not let them be used.

Only damage is a reason to delete a study. A disk that is full, or may only be read, passes.
"""

from __future__ import annotations

import errno
import sqlite3

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of

KEPT = "it is kept"
_DISK = {  # SQLite's kinds of error that say nothing of what is in the file, and what the system calls them
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_AUTH: errno.EACCES,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
    sqlite3.SQLITE_LOCKED: errno.EBUSY,
}
_FULL = "The disk is full, or may only be read."
_OTHERS = {sqlite3.SQLITE_CANTOPEN: _FULL, sqlite3.SQLITE_NOMEM: "Memory is full."}
# What is read needs a little room beside it, too.
_NO_ROOM_BESIDE = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE)


def damaged(study_id: str) -> UserError:
    """Returns the words for a study that cannot be read."""
    return UserError(f"The study {study_id} cannot be read.", "Its files are damaged.", "Delete it and run it again.")


def not_written(error: Exception) -> UserError:
    """Returns the words for a study that cannot be gone on with, for an error of the system or of SQLite."""
    return UserError(
        "The study cannot be written.", _reason(error), f"Make room, or the disk writable, then go on with it: {KEPT}."
    )


def not_made(name: str, error: Exception) -> UserError:
    """Returns the words for a study that cannot be begun."""
    do = "Make room, or the disk writable, then begin it again."
    return UserError(f"The study {name} cannot be kept.", _reason(error), do)


def not_opened(study_id: str, error: sqlite3.Error) -> UserError:
    """Returns the words for a study that cannot be read: it is damaged, or the disk is in the way."""
    reason = _disk_reason(error)
    if not reason:
        return damaged(study_id)
    do = f"Make room, or the disk writable, then open it again: {KEPT}."
    return UserError(f"The study {study_id} cannot be opened now.", reason, do)


def write_failed(study_id: str, error: sqlite3.Error) -> UserError:
    """Returns the words for a study into which nothing can be written: it is damaged, or the disk is in the way."""
    return not_written(error) if _disk_reason(error) else damaged(study_id)


def _reason(error: Exception) -> str:
    return (_disk_reason(error) if isinstance(error, sqlite3.Error) else "") or reason_of(error)


def _disk_reason(error: sqlite3.Error) -> str:
    """Returns why the disk or the machine stands in the way; "" where it is what is in the file."""
    exact = getattr(error, "sqlite_errorcode", 0)
    kind = exact & 0xFF
    if exact in _NO_ROOM_BESIDE:
        return _FULL
    return _OTHERS.get(kind, "") or (reason_of(OSError(_DISK[kind], "")) if kind in _DISK else "")
