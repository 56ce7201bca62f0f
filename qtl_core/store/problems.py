"""What a person is told when the store cannot be used."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from qtl_core.errors import UserError
from qtl_core.store.schema import NotAStore

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_ELSEWHERE = "Choose another folder with QTL_HOME, or make this one writable."
_REASONS = {
    sqlite3.SQLITE_CORRUPT: ("It is damaged.", _ELSEWHERE),
    sqlite3.SQLITE_NOTADB: ("It is damaged.", _ELSEWHERE),
    sqlite3.SQLITE_READONLY: ("It may only be read.", _ELSEWHERE),
    sqlite3.SQLITE_PERM: ("This user has no permission.", _ELSEWHERE),
    sqlite3.SQLITE_CANTOPEN: ("It cannot be opened or made there.", _ELSEWHERE),
    sqlite3.SQLITE_FULL: ("No space left on device.", "Make room, or choose another folder with QTL_HOME."),
}


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken, or is no store at all."""
    return _code(error) in _DAMAGED or isinstance(error, NotAStore)


def in_words(error: sqlite3.Error, file: Path) -> UserError:
    """Returns the words for what SQLite said."""
    if _code(error) in _BUSY:
        why, do = "Another program holds it.", "Wait a moment and try again, or end that program."
    else:
        why, do = _REASONS.get(_code(error), (f"The system says: {error}.", _ELSEWHERE))
    return UserError(f"The store of runs {file} cannot be used.", why, do)


def cannot_write(file: Path, error: OSError) -> UserError:
    """Returns the words for a store that cannot be made or mended where it is."""
    return UserError(
        f"The store of runs {file} cannot be used.", f"The system says: {error.strerror or error}.", _ELSEWHERE
    )


def too_old(file: Path) -> UserError:
    """Returns the words for an older store that may only be read."""
    return UserError(
        f"The store of runs {file} cannot be used.",
        "An earlier version of this app made it, and it cannot be brought up to date where nothing can be written.",
        _ELSEWHERE,
    )


def not_kept(folder: Path, error: OSError) -> UserError:
    """Returns the words for a run that could not be written."""
    return UserError(
        f"The run could not be kept in {folder}.",
        f"The system says: {error.strerror or error}.",
        "Make room or choose another folder with QTL_HOME; the result stays on screen until then.",
    )


def unknown_run(run_id: str, folder: Path) -> UserError:
    """Returns the words for a run that is not there."""
    return UserError(
        f"There is no run {run_id!r}.",
        f"Runs are kept in {folder}.",
        "The Runs page, or `runs list` in a shell, shows those that are kept.",
    )


def damaged_run(run_id: str, error: Exception, folder: Path) -> UserError:
    """Returns the words for a run that is there and cannot be read."""
    words = f"{type(error).__name__}: {error}"
    return UserError(f"The run {run_id} cannot be read.", f"Its files are damaged ({words}).", f"They lie in {folder}.")


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
