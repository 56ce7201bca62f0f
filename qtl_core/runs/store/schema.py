"""The tables of the store, how an earlier version's becomes one of this, and what a person is told when neither works.

To change them: add a tuple of statements to `MIGRATIONS`, and never touch an earlier one, because stores that it made
are out there. A store remembers in `user_version` how many of them it has been through.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of

APPLICATION = 0x51544C53  # "QTLS": SQLite's application_id: tells a file of another program apart

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # All pictures of a set, once for all runs on them; `pictures` is JSON, compressed.
        "CREATE TABLE datasets (sha256 TEXT PRIMARY KEY, pictures BLOB NOT NULL)",
        # What the table of runs shows, and short texts. Figures have no type, because SQLite would make nothing of one
        # that is no number (see rows.py).
        """CREATE TABLE runs (
            id TEXT PRIMARY KEY, version INTEGER NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL, tags TEXT NOT NULL,
            starred INTEGER NOT NULL, created REAL NOT NULL, updated REAL NOT NULL, state TEXT NOT NULL,
            origin TEXT NOT NULL, settings TEXT NOT NULL, backbone_title TEXT NOT NULL, weights_sha256 TEXT NOT NULL,
            classes TEXT NOT NULL, train_size INTEGER NOT NULL, val_size INTEGER NOT NULL, val_sha256 TEXT NOT NULL,
            epochs INTEGER NOT NULL, best_epoch INTEGER NOT NULL, best_val_accuracy, best_val_loss,
            right_at_best INTEGER, seconds, engine TEXT NOT NULL, device TEXT NOT NULL, size INTEGER NOT NULL,
            deleted REAL, failure TEXT NOT NULL, data_sha256 TEXT NOT NULL, weights TEXT NOT NULL,
            weights_digest TEXT NOT NULL, predictions TEXT NOT NULL, versions TEXT NOT NULL, platform TEXT NOT NULL,
            ended TEXT NOT NULL)""",
        "CREATE INDEX runs_created ON runs (created)",
        # By far the longest text of a run, in a table of its own, so that listing runs need not read past it.
        """CREATE TABLE prepared (
            run TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE, described TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE epochs (
            run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, epoch INTEGER NOT NULL, checksum INTEGER NOT NULL,
            figures TEXT NOT NULL, PRIMARY KEY (run, epoch)) WITHOUT ROWID""",
    ),
    (
        # The test part. `tested` is JSON: the figures of the last look, and where its predictions are; "" before it.
        "ALTER TABLE runs ADD COLUMN test_size INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE runs ADD COLUMN test_right INTEGER",
        "ALTER TABLE runs ADD COLUMN test_looks INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE runs ADD COLUMN tested TEXT NOT NULL DEFAULT ''",
    ),
)


def version_of(connection: sqlite3.Connection) -> int:
    """Returns how many migrations the store has been through; 0 for a file with nothing in it.

    Raises:
        UserError: A newer version of the app made it. Nothing has been changed.
        sqlite3.DatabaseError: It is no store.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables and not application:
        return 0
    if application != APPLICATION or version < 1:
        raise NotAStore("it was made by another program")
    if version > len(MIGRATIONS):
        raise UserError(
            "The store of runs was written by a newer version of this app.",
            f"It has format {version}, and this version knows {len(MIGRATIONS)}. It was left as it is.",
            "Use the newer version, or another folder with QTL_HOME; training works meanwhile, but nothing is kept.",
        )
    return version


class NotAStore(sqlite3.DatabaseError):
    """A SQLite file of another program lies where the store should be."""


def migrate(connection: sqlite3.Connection, file: Path) -> None:
    """Brings a store to this version, all of it or nothing, after putting a copy of the earlier one beside it.

    Raises:
        sqlite3.Error: It cannot be written.
    """
    version = version_of(connection)
    if version == len(MIGRATIONS):
        return
    if version:
        _copy(connection, file.with_name(f"{file.stem}-format-{version}{file.suffix}"))
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements in MIGRATIONS[version_of(connection) :]:  # asked again: another process may have been quicker
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _copy(connection: sqlite3.Connection, file: Path) -> None:
    copy = sqlite3.connect(file)
    try:
        connection.backup(copy)
    finally:
        copy.close()


_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_ELSEWHERE = "Choose another folder with QTL_HOME, or make this one writable."
_REASONS = {
    sqlite3.SQLITE_CORRUPT: ("It is damaged.", _ELSEWHERE),
    sqlite3.SQLITE_NOTADB: ("It is damaged.", _ELSEWHERE),
    sqlite3.SQLITE_READONLY: ("It may only be read.", _ELSEWHERE),
    sqlite3.SQLITE_PERM: ("This user has no permission.", _ELSEWHERE),
    sqlite3.SQLITE_CANTOPEN: ("It cannot be opened or made there.", _ELSEWHERE),
    sqlite3.SQLITE_FULL: ("There is no room left on the disk.", "Make room, or choose another folder with QTL_HOME."),
}


def is_damage(error: sqlite3.Error) -> bool:
    """Returns whether the file itself is broken, or is no store at all."""
    return _code(error) in _DAMAGED or isinstance(error, NotAStore)


def in_words(error: sqlite3.Error, file: Path) -> UserError:
    """Returns the words for what SQLite said."""
    if _code(error) in _BUSY:
        why, do = "Another program holds it.", "Wait a moment and try again, or end that program."
    else:
        why, do = _REASONS.get(_code(error), ("Its database refused it.", _ELSEWHERE))
    return UserError(f"The store of runs {file} cannot be used.", why, do)


def cannot_write(file: Path, error: OSError) -> UserError:
    """Returns the words for a store that cannot be made or mended where it is."""
    return UserError(f"The store of runs {file} cannot be used.", reason_of(error), _ELSEWHERE)


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
        reason_of(error),
        "Make room or choose another folder with QTL_HOME; the result stays on screen until then.",
    )


def unknown_run(run_id: str, folder: Path) -> UserError:
    """Returns the words for a run that is not there."""
    return UserError(
        f"There is no run {run_id!r}.",
        f"Runs are kept in {folder}.",
        "The Runs page, or `runs list` in a shell, shows those that are kept.",
    )


def damaged_run(run_id: str, folder: Path) -> UserError:
    """Returns the words for a run that is there and cannot be read."""
    return UserError(f"The run {run_id} cannot be read.", "Its files are damaged.", f"They lie in {folder}.")


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
