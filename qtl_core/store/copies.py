"""A copy of all that the store says of a run, in the run's folder: for the day on which the store is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from qtl_core.store import place
from qtl_core.store.described import to_json
from qtl_core.store.files import put
from qtl_core.store.statements import epochs_of, insert_epochs, insert_row, prepared_in, put_prepared

FORMAT = 2  # 1 is that of plain.py


def put_copy(connection: sqlite3.Connection, run_id: str) -> None:
    """Writes the copy of a run that has a folder.

    Raises:
        OSError: It cannot be written.
    """
    folder = place.run_folder(run_id)
    if folder.is_dir():
        put(folder / place.COPY, copy_of(connection, run_id), lasting=False)


def copy_of(connection: sqlite3.Connection, run_id: str) -> bytes:
    """Returns all that the store says of a run."""
    row = dict(connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone())
    prepared = prepared_in(connection, run_id)
    copy = {"format": FORMAT, "run": row, "prepared": prepared, "epochs": epochs_of(connection, run_id)}
    return to_json(copy).encode()


def insert_copy(connection: sqlite3.Connection, run_id: str, copy: Mapping[str, Any]) -> None:
    """Adds a run as `copy_of` gave it.

    Raises:
        Exception: It is not that; of any kind, as arbitrary data can be.
    """
    insert_row(connection, {**copy["run"], "id": run_id})
    put_prepared(connection, run_id, str(copy["prepared"]))
    insert_epochs(connection, run_id, [(int(number), int(check), str(text)) for number, check, text in copy["epochs"]])
