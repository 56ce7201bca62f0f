"""Before a store's first use by a process: made, brought up to date, or put aside and made again."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from qtl_core.store.clearing import clear_up
from qtl_core.store.problems import is_damage
from qtl_core.store.schema import NotAStore, migrate, version_of
from qtl_core.store.statements import known_runs
from qtl_core.store.taking_in import recover_runs

Connect = Callable[[Path], sqlite3.Connection]


def repair(file: Path, connect: Connect) -> None:
    """Makes a store ready for use; no other process does so meanwhile.

    Raises:
        UserError: A newer version of the app made it.
        sqlite3.Error, OSError: It cannot be used or written.
    """
    aside = None
    try:
        _bring_up_to_date(file, connect)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        aside = _put_aside(file)
        _bring_up_to_date(file, connect)
    with closing(connect(file)) as connection:
        if aside:
            _save_datasets(aside, connection)
        recover_runs(connection)
        clear_up(connection, known_runs(connection))


def _bring_up_to_date(file: Path, connect: Connect) -> None:
    with closing(connect(file)) as connection:
        version = version_of(connection)
        if version and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise NotAStore("its pages are damaged")
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, file)


def _put_aside(file: Path) -> Path:
    """Gives a store that cannot be used another name, and returns it; nothing of it is lost."""
    now = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 1_000_000:06}"
    aside = file.with_name(f"{file.stem}-damaged-{now}{file.suffix}")
    for suffix in ("", "-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _save_datasets(aside: Path, connection: sqlite3.Connection) -> None:
    """Takes over what can still be read of the pictures that runs were trained on; no folder of a run has that."""
    with (
        suppress(sqlite3.Error, OSError),
        closing(sqlite3.connect(f"{aside.absolute().as_uri()}?mode=ro", uri=True)) as old,
    ):
        for row in old.execute("SELECT sha256, pictures FROM datasets"):
            connection.execute("INSERT OR IGNORE INTO datasets VALUES (?, ?)", row)
