"""The tables of a set's file, and what a person is told when SQLite refuses.

To change them: add a tuple of statements to `MIGRATIONS`, and never touch an earlier one, because files that it made
are out there. A file remembers in `user_version` how many of them it has been through.
"""

from __future__ import annotations

import sqlite3

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import NO_ROOM

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE dataset (
            id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, note TEXT NOT NULL, owner TEXT NOT NULL,
            created REAL NOT NULL, used REAL NOT NULL, revision INTEGER NOT NULL, val_share REAL NOT NULL,
            test_share REAL NOT NULL, seed INTEGER NOT NULL, deleted REAL)""",
        """CREATE TABLE classes (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, colour INTEGER NOT NULL, removed REAL)""",
        # A removed picture keeps its row, so that taking that back is the change of a row.
        """CREATE TABLE pictures (
            id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL, name TEXT NOT NULL,
            class INTEGER NOT NULL REFERENCES classes (id), burst TEXT NOT NULL, chosen_part TEXT, origin TEXT NOT NULL,
            added REAL NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, size INTEGER NOT NULL,
            removed REAL)""",
        "CREATE UNIQUE INDEX pictures_content ON pictures (sha256) WHERE removed IS NULL",
        "CREATE INDEX pictures_class ON pictures (class, size) WHERE removed IS NULL",
        "CREATE INDEX pictures_burst ON pictures (burst, class) WHERE removed IS NULL AND burst != ''",
        # What a change did, as the values there were before, in JSON.
        "CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL, steps TEXT NOT NULL)",
        # The content is JSON, compressed: part, class, file name and SHA-256 of every picture.
        """CREATE TABLE versions (
            number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, created REAL NOT NULL, content BLOB NOT NULL)""",
    ),
    # What a check found, and a person called no fault.
    ("CREATE TABLE findings (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kept INTEGER NOT NULL DEFAULT 0)",),
    # Which browser made it where it is everybody's: whose it is once the server is open.
    ("ALTER TABLE dataset ADD COLUMN maker TEXT NOT NULL DEFAULT ''",),
    # Additions can be taken back: each picture names the row of history with which it came, one for many pictures.
    (
        "ALTER TABLE pictures ADD COLUMN step INTEGER",
        "CREATE INDEX pictures_step ON pictures (step) WHERE step IS NOT NULL",
        "ALTER TABLE history ADD COLUMN batch TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE history ADD COLUMN added INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE history ADD COLUMN changed REAL NOT NULL DEFAULT 0",
    ),
    # By which rule the pictures are divided: sets of before keep their parts.
    ("ALTER TABLE dataset ADD COLUMN split_rule INTEGER NOT NULL DEFAULT 1",),
)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = ("Its file is damaged.", "Ask who runs this app for a copy of it.")
_REASONS = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: ("It may only be read.", "Ask who runs this app to make its folder writable."),
    sqlite3.SQLITE_CANTOPEN: ("It cannot be opened.", "Ask who runs this app to look after its folder."),
}


class UnknownDataset(UserError):
    """There is no set of that identifier or name (any more)."""


class NoRoom(UserError):
    """The disk is full."""


def unknown_dataset(name_or_id: str) -> UnknownDataset:
    """Returns the words for a set that is not there."""
    return UnknownDataset(
        f"There is no data set {name_or_id!r}.",
        "It was deleted, or it was made on another computer.",
        "The Data page, or `data list` in a shell, shows those that are there.",
    )


def damaged(name: str) -> UserError:
    """Returns the words for a set whose file holds what nobody wrote."""
    return UserError(f"The data set {name} cannot be used.", *_DAMAGED)


def migrate(connection: sqlite3.Connection) -> None:
    """Brings a set's file to this version, within the transaction that is under way.

    Raises:
        UserError: A newer version of the app made it.
        sqlite3.Error: It cannot be written.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise UserError(
            "This data set was made by a newer version of this app.",
            f"It has format {version}, and this version knows {len(MIGRATIONS)}. It was left as it is.",
            "Use the newer version.",
        )
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def in_words(error: sqlite3.Error, name: str) -> UserError:
    """Returns the words for what SQLite said about a set."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _BUSY:
        return UserError(f"The data set {name} cannot be used.", "Something else holds it.", "Try again in a moment.")
    if code == sqlite3.SQLITE_FULL:
        return NoRoom(f"Nothing can be kept in the data set {name}.", NO_ROOM, "What is in it stays. Make room first.")
    why, do = _REASONS.get(code, ("Its database refused it.", "Try again; if it stays, ask who runs this app."))
    return UserError(f"The data set {name} cannot be used.", why, do)
