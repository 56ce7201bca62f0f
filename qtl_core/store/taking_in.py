"""Takes in folders of runs that the store does not know: those of before there was one, or of a store that was lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from qtl_core.store import place, plain
from qtl_core.store.copies import FORMAT, copy_of, insert_copy
from qtl_core.store.described import prepared_as_dict, prepared_from, to_json
from qtl_core.store.files import RunFiles, put, remove_new, remove_outdated, size_of, write_files
from qtl_core.store.rows import SHOWN, record_of, row_of
from qtl_core.store.statements import named, prepared_in, put_epochs, put_prepared, put_row, put_size


def take_in(connection: sqlite3.Connection) -> None:
    """Adds every run whose folder can be read and which the store has no row of; the other folders are left alone."""
    known = {row["id"] for row in connection.execute("SELECT id FROM runs")}
    for folder in place.folders_of_runs():
        if folder.name not in known and (folder / place.COPY).is_file():
            _take_in_one(connection, folder)
    for leftover in place.runs_folder().glob(".purged-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _take_in_one(connection: sqlite3.Connection, folder: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        described = json.loads((folder / place.COPY).read_bytes())
        if described["format"] == FORMAT:
            _from_copy(connection, folder.name, described)
        else:
            _from_plain(connection, folder)
        connection.execute("COMMIT")
    except Exception:  # damaged in whatever way: it stays where it is, and `storage` names it
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _from_copy(connection: sqlite3.Connection, run_id: str, described: dict[str, Any]) -> None:
    insert_copy(connection, run_id, described)
    row = connection.execute(f"SELECT {', '.join(SHOWN)} FROM runs WHERE id = ?", (run_id,)).fetchone()
    record_of(row, interrupted=False)
    prepared_from(json.loads(prepared_in(connection, run_id)))


def _from_plain(connection: sqlite3.Connection, folder: Path) -> None:
    view = plain.read_run(folder, folder.name)
    files = write_files(folder, view.epochs, RunFiles())
    try:
        created = place.time_of(folder.name)
        put_row(connection, folder.name, row_of(view, view.ended.how) | named(files), {"created": created})
        put_prepared(connection, folder.name, to_json(prepared_as_dict(view.prepared)))
        put_epochs(connection, folder.name, view.epochs, files, 0)
        put_size(connection, folder.name, size_of(folder, files))
        copy = copy_of(connection, folder.name)
    except Exception:
        remove_new(folder, files, RunFiles())
        raise
    connection.execute("COMMIT")
    put(folder / place.COPY, copy)  # only now is what it was read from no longer needed
    remove_outdated(folder, files)
    connection.execute("BEGIN")
