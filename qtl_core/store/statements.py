"""The statements by which a run gets into the store's tables and out of them again, whole, as its folder's copy."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Any

from qtl_core.store.described import figures_of, to_json
from qtl_core.store.files import RunFiles
from qtl_core.store.rows import BLANK, COLUMNS, Row
from qtl_core.training.events import EpochDone


def known_runs(connection: sqlite3.Connection) -> set[str]:
    """Returns the identifiers of all runs, also of deleted ones."""
    return {row["id"] for row in connection.execute("SELECT id FROM runs")}


def named(files: RunFiles) -> Row:
    """Returns the columns that name a run's files."""
    return {"weights": files.weights, "weights_digest": files.weights_digest, "predictions": files.predictions}


def put_row(connection: sqlite3.Connection, run_id: str, row: Row, started: Row) -> None:
    """Writes a run's row, or changes what `row` says of one that is there.

    Args:
        connection: In a transaction.
        run_id: The run.
        row: What changes as the run goes on.
        started: What holds for a new run; of one that is there it may only change the name.
    """
    now = time.time()
    found = connection.execute("SELECT version, created FROM runs WHERE id = ?", (run_id,)).fetchone()
    if found:
        later = {name: started[name] for name in ("name",) if name in started}
        row = row | later | {"version": found["version"] + 1, "updated": max(now, found["created"]), "deleted": None}
        marks = ", ".join(f"{name} = ?" for name in row)
        connection.execute(f"UPDATE runs SET {marks} WHERE id = ?", (*row.values(), run_id))
    else:
        insert_row(connection, {**BLANK, "created": now, "updated": now, "version": 1, **started, **row, "id": run_id})


def files_of(connection: sqlite3.Connection, run_id: str) -> RunFiles:
    """Returns the files that the store names for a run; none where there is no such run."""
    query = "SELECT weights, weights_digest, predictions FROM runs WHERE id = ?"
    found = connection.execute(query, (run_id,)).fetchone()
    if found is None:
        return RunFiles()
    checksums = tuple(check for _, check, _ in epochs_of(connection, run_id))
    return RunFiles(found["weights"], found["weights_digest"], found["predictions"], checksums)


def delete_empty(connection: sqlite3.Connection, run_id: str) -> bool:
    """Removes a run's row if no epoch of it was ever written; returns whether it did."""
    return connection.execute("DELETE FROM runs WHERE id = ? AND epochs = 0", (run_id,)).rowcount > 0


def put_size(connection: sqlite3.Connection, run_id: str, arrays: int) -> None:
    """Writes what a run takes on disk: its arrays, and its texts here and in its folder."""
    query = """SELECT (SELECT length(described) FROM prepared WHERE run = ?1)
                    + (SELECT coalesce(sum(length(figures)), 0) FROM epochs WHERE run = ?1)"""
    texts = connection.execute(query, (run_id,)).fetchone()[0]
    connection.execute("UPDATE runs SET size = ? WHERE id = ?", (arrays + 2 * texts, run_id))


def put_prepared(connection: sqlite3.Connection, run_id: str, described: str) -> None:
    """Writes what a run is trained on, as JSON."""
    connection.execute("INSERT OR REPLACE INTO prepared VALUES (?, ?)", (run_id, described))


def prepared_in(connection: sqlite3.Connection, run_id: str) -> str:
    """Returns what a run is trained on, as JSON."""
    found = connection.execute("SELECT described FROM prepared WHERE run = ?", (run_id,)).fetchone()
    return found["described"] if found else ""


def insert_row(connection: sqlite3.Connection, row: Mapping[str, Any]) -> None:
    """Adds a row of all columns."""
    marks = ", ".join("?" * len(COLUMNS))
    values = [row[name] for name in COLUMNS]
    connection.execute(f"INSERT INTO runs ({', '.join(COLUMNS)}) VALUES ({marks})", values)


def put_epochs(
    connection: sqlite3.Connection, run_id: str, epochs: Sequence[EpochDone], files: RunFiles, done: int
) -> None:
    """Writes a run's epochs after the first `done`, or all of them where the store does not have just those."""
    stored = connection.execute("SELECT count(*) FROM epochs WHERE run = ?", (run_id,)).fetchone()[0]
    if stored != done or not done:
        connection.execute("DELETE FROM epochs WHERE run = ?", (run_id,))
        done = 0
    rows = zip(epochs[done:], files.checksums[done:], strict=True)
    insert_epochs(connection, run_id, [(each.epoch, check, to_json(figures_of(each))) for each, check in rows])


def insert_epochs(connection: sqlite3.Connection, run_id: str, rows: Sequence[tuple[int, int, str]]) -> None:
    """Adds epochs as (number, checksum of its predictions, figures)."""
    connection.executemany("INSERT INTO epochs VALUES (?, ?, ?, ?)", [(run_id, *row) for row in rows])


def epochs_of(connection: sqlite3.Connection, run_id: str) -> list[tuple[int, int, str]]:
    """Returns a run's epochs as `insert_epochs` takes them."""
    query = "SELECT epoch, checksum, figures FROM epochs WHERE run = ? ORDER BY epoch"
    return [tuple(row) for row in connection.execute(query, (run_id,))]
