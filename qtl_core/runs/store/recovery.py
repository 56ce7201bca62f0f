"""Recovery before a store's first use: leftovers cleared, unknown folders taken in, the database made or made again."""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, get_args

from filelock import Timeout

from qtl_core.runs.store import layout, legacy
from qtl_core.runs.store.files import HALVES, RunFiles, put, remove_new, remove_outdated, size_of, write_files
from qtl_core.runs.store.locks import is_locked, store_lock
from qtl_core.runs.store.records import Origin, RunRecord, RunState, checked_name, checked_note, checked_tags
from qtl_core.runs.store.schema import NotAStore, is_damage, migrate, version_of
from qtl_core.runs.store.serialization import prepared_as_dict, prepared_from, to_json
from qtl_core.runs.store.tables import (
    FORMAT,
    SUMMARY_COLUMNS,
    copy_of,
    files_of,
    insert_copy,
    known_runs,
    named,
    prepared_in,
    put_epochs,
    put_prepared,
    put_row,
    put_size,
    record_of,
    row_of,
    summary,
)

_BEGUN = (layout.LOCK, "predictions-*.f32", "test-*.f32", HALVES)


def clear_up(connection: sqlite3.Connection, known: Collection[str]) -> None:
    """Removes half written files, folders of runs that never got as far as an epoch, and half removed folders.

    Args:
        connection: The store, open and in no transaction.
        known: The runs that it has a row of; their folders stay, whatever is in them.
    """
    for folder in layout.folders_of_runs():
        if folder.name not in known and _came_to_nothing(folder):
            with suppress(Timeout, OSError):  # somebody begins a run in it just now, or nothing can be written
                _put_away(folder)
    for leftover in layout.runs_folder().glob(".purged-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with suppress(sqlite3.Error, OSError):  # where nothing can be written, this can wait
        _remove_halves(connection, [half for folder in layout.folders_of_runs() for half in folder.glob(HALVES)])


def _put_away(folder: Path) -> None:
    """Renames a folder to what is removed next; who waits for it to write a run finds it gone, and makes another."""
    with store_lock(folder / layout.LOCK, 0):
        if _came_to_nothing(folder):
            folder.rename(folder.with_name(f".purged-{folder.name}-{secrets.token_hex(3)}"))


def _came_to_nothing(folder: Path) -> bool:
    """Returns whether a folder has nothing but what a first write leaves that was cut off before whole weights."""
    return all(any(fnmatchcase(entry.name, each) for each in _BEGUN) for entry in folder.glob("*"))


def _remove_halves(connection: sqlite3.Connection, halves: list[Path]) -> None:
    """Removes those that nobody is about to finish: who writes a run holds it, who copies its row holds the store."""
    if not halves:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for half in halves:
            if not is_locked(half.parent.name):
                half.unlink(missing_ok=True)
    finally:
        connection.execute("COMMIT")


MAX_BYTES = 64 * 2**20  # bytes of a description; one of 20,000 pictures has 4 MB


def recover_runs(connection: sqlite3.Connection) -> None:
    """Adds every run whose folder can be read and which the store has no row of; the other folders are left alone."""
    known = known_runs(connection)
    for folder in layout.folders_of_runs():
        if folder.name not in known and (folder / layout.COPY).is_file():
            _recover_run(connection, folder)


def _recover_run(connection: sqlite3.Connection, folder: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        described = _description(folder / layout.COPY)
        if described["format"] == FORMAT:
            _from_copy(connection, folder.name, described)
            connection.execute("COMMIT")
        else:
            _from_plain(connection, folder)
    except Exception:  # damaged in whatever way: it stays where it is, and `storage` names it
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _description(file: Path) -> dict[str, Any]:
    if file.stat().st_size > MAX_BYTES:
        raise ValueError("it is too long")
    return json.loads(file.read_bytes())


def _from_copy(connection: sqlite3.Connection, run_id: str, described: dict[str, Any]) -> None:
    insert_copy(connection, run_id, described)
    files_of(connection, run_id)
    query = f"SELECT {', '.join(SUMMARY_COLUMNS)} FROM runs WHERE id = ?"
    _check(record_of(connection.execute(query, (run_id,)).fetchone(), interrupted=False))
    prepared_from(json.loads(prepared_in(connection, run_id)))


def _check(record: RunRecord) -> None:
    """Refuses what this app would never have written."""
    written = checked_name(record.name), checked_note(record.note), checked_tags(record.tags)
    times = record.created, record.updated, record.deleted or 0.0
    if written != (record.name, record.note, record.tags) or not all(isinstance(each, float) for each in times):
        raise ValueError("what is written on it")
    if record.state not in get_args(RunState) or record.origin not in get_args(Origin):
        raise ValueError("its state")


def _from_plain(connection: sqlite3.Connection, folder: Path) -> None:
    view, run_id = legacy.read_run(folder, folder.name), folder.name
    files = write_files(folder, view.epochs, RunFiles())
    try:
        put_row(connection, run_id, row_of(view, summary(view).how) | named(files), {"created": layout.time_of(run_id)})
        put_prepared(connection, run_id, to_json(prepared_as_dict(view.prepared)))
        put_epochs(connection, run_id, view.epochs, files, 0)
        put_size(connection, run_id, size_of(folder, files))
        copy = copy_of(connection, run_id)
        connection.execute("COMMIT")
    except Exception:
        remove_new(folder, files, RunFiles())
        raise
    put(folder / layout.COPY, copy)  # only now is what it was read from no longer needed
    remove_outdated(folder, files)


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
