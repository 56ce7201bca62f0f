"""Takes in folders of runs that the store does not know: those of before there was one, or of a store that was lost."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, get_args

from qtl_core.store import place, plain
from qtl_core.store.copies import FORMAT, copy_of, insert_copy
from qtl_core.store.described import prepared_as_dict, prepared_from, to_json
from qtl_core.store.files import RunFiles, put, remove_new, remove_outdated, size_of, write_files
from qtl_core.store.labels import checked_name, checked_note, checked_tags
from qtl_core.store.records import Origin, RunRecord, RunState
from qtl_core.store.rows import SHOWN, record_of, row_of, summary
from qtl_core.store.statements import (
    files_of,
    known_runs,
    named,
    prepared_in,
    put_epochs,
    put_prepared,
    put_row,
    put_size,
)

MAX_BYTES = 64 * 2**20  # bytes of a description; one of 20,000 pictures has 4 MB


def recover_runs(connection: sqlite3.Connection) -> None:
    """Adds every run whose folder can be read and which the store has no row of; the other folders are left alone."""
    known = known_runs(connection)
    for folder in place.folders_of_runs():
        if folder.name not in known and (folder / place.COPY).is_file():
            _recover_run(connection, folder)


def _recover_run(connection: sqlite3.Connection, folder: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        described = _description(folder / place.COPY)
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
    query = f"SELECT {', '.join(SHOWN)} FROM runs WHERE id = ?"
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
    view, run_id = plain.read_run(folder, folder.name), folder.name
    files = write_files(folder, view.epochs, RunFiles())
    try:
        put_row(connection, run_id, row_of(view, summary(view).how) | named(files), {"created": place.time_of(run_id)})
        put_prepared(connection, run_id, to_json(prepared_as_dict(view.prepared)))
        put_epochs(connection, run_id, view.epochs, files, 0)
        put_size(connection, run_id, size_of(folder, files))
        copy = copy_of(connection, run_id)
        connection.execute("COMMIT")
    except Exception:
        remove_new(folder, files, RunFiles())
        raise
    put(folder / place.COPY, copy)  # only now is what it was read from no longer needed
    remove_outdated(folder, files)
