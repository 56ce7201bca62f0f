"""The statements by which a run gets into the store's tables and out of them again, whole, as its folder's copy."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Any

from qtl_core.store import place
from qtl_core.store.described import figures_of, to_json
from qtl_core.store.files import RunFiles, put
from qtl_core.store.rows import BLANK, COLUMNS, Row
from qtl_core.training.events import EpochDone

COPY_FORMAT = 2  # 1 is that of plain.py


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


def copy_of(connection: sqlite3.Connection, run_id: str) -> bytes:
    """Returns all that the store says of a run, for a file in its folder."""
    row = dict(connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone())
    prepared = prepared_in(connection, run_id)
    copy = {"format": COPY_FORMAT, "run": row, "prepared": prepared, "epochs": epochs_of(connection, run_id)}
    return to_json(copy).encode()


def put_copy(run_id: str, copy: bytes) -> None:
    """Writes the copy into the run's folder, if it has one."""
    folder = place.run_folder(run_id)
    if folder.is_dir():
        put(folder / place.COPY, copy, lasting=False)


def insert_copy(connection: sqlite3.Connection, run_id: str, copy: Mapping[str, Any]) -> None:
    """Adds a run as `copy_of` gave it.

    Raises:
        Exception: It is not that; of any kind, as arbitrary data can be.
    """
    insert_row(connection, {**copy["run"], "id": run_id})
    put_prepared(connection, run_id, str(copy["prepared"]))
    insert_epochs(connection, run_id, [(int(number), int(check), str(text)) for number, check, text in copy["epochs"]])
