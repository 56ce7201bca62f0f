"""Rows of the store and what they stand for, and the statements by which a run gets in and out, whole, as its copy."""

from __future__ import annotations

import dataclasses
import json
import math
import sqlite3
import time
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from qtl_core.runs.events import Ended, EpochDone, Prepared, Tested
from qtl_core.runs.provenance import DataFingerprint, Provenance
from qtl_core.runs.store import layout
from qtl_core.runs.store.files import RunFiles, put
from qtl_core.runs.store.records import RunRecord, RunState
from qtl_core.runs.store.serialization import ended_from, figures_of, to_json
from qtl_core.runs.view import PreparedRun, RunView
from qtl_core.settings import RunSettings

# In the order of `RunRecord`.
SUMMARY_COLUMNS = (
    "id",
    "version",
    "name",
    "note",
    "tags",
    "starred",
    "created",
    "updated",
    "state",
    "origin",
    "settings",
    "backbone_title",
    "weights_sha256",
    "classes",
    "train_size",
    "val_size",
    "val_sha256",
    "epochs",
    "best_epoch",
    "best_val_accuracy",
    "best_val_loss",
    "right_at_best",
    "seconds",
    "engine",
    "device",
    "size",
    "deleted",
    "failure",
    "test_size",
    "test_right",
    "test_looks",
)
HIDDEN = ("data_sha256", "weights", "weights_digest", "predictions", "versions", "platform", "ended", "tested")
COLUMNS = (*SUMMARY_COLUMNS, *HIDDEN)
BLANK = {
    "version": 0,
    "name": "",
    "note": "",
    "tags": "[]",
    "starred": 0,
    "origin": "trained",
    "val_sha256": "",
    "size": 0,
    "deleted": None,
    "failure": "",
    "data_sha256": "",
    "weights": "",
    "weights_digest": "",
    "predictions": "",
    "versions": "{}",
    "platform": "",
    "test_size": 0,
    "test_right": None,
    "test_looks": 0,
    "tested": "",
}
Row = dict[str, Any]


def row_of(view: PreparedRun, state: RunState) -> Row:
    """Returns the columns that a run itself decides, however far it has come."""
    prepared, settings = view.prepared, view.prepared.settings
    end = summary(view)
    return {
        "state": state,
        "settings": to_json(settings.to_dict()),
        "backbone_title": prepared.backbone_title,
        "weights_sha256": prepared.weights_sha256,
        "classes": to_json(prepared.classes),
        "train_size": prepared.train_size,
        "val_size": prepared.val_size,
        "epochs": end.epochs,
        "best_epoch": end.best_epoch,
        "best_val_accuracy": _stored(end.best_val_accuracy) if end.best_epoch else None,
        "best_val_loss": _stored(end.best_val_loss) if end.best_epoch else None,
        "right_at_best": _right(end, prepared) if end.best_epoch else None,
        "seconds": _stored(end.seconds_training),
        "engine": prepared.engine,
        "device": prepared.device,
        "ended": to_json(dataclasses.asdict(end)),
        "test_size": prepared.test_size,
        "test_right": round(view.tested.accuracy * prepared.test_size) if view.tested else None,
        "test_looks": view.looks,
    }


def summary(view: RunView) -> Ended:
    """Returns how a run ended, or how it would have if it had been stopped here."""
    if view.ended is not None:
        return view.ended
    checkpoint = view.checkpoint
    best = checkpoint.best_epoch if checkpoint else 0
    came_to_its_end = view.prepared and view.prepared.settings.training.ends_after(len(view.epochs), best)
    return Ended(
        how="finished" if came_to_its_end else "stopped",
        epochs=len(view.epochs),
        best_epoch=best,
        best_val_accuracy=checkpoint.best_val_accuracy if checkpoint else -1.0,
        best_val_loss=checkpoint.best_val_loss if checkpoint else math.inf,
        seconds_training=sum(epoch.seconds for epoch in view.epochs),
    )


def record_of(row: sqlite3.Row, *, interrupted: bool) -> RunRecord:
    """Returns a row's record.

    Args:
        row: The columns `SUMMARY_COLUMNS`.
        interrupted: Whether no living process writes it; counts only where it says that it is running.

    Raises:
        Exception: It cannot be understood; of any kind, as a damaged or foreign row can be.
    """
    values = dict(zip(row.keys(), row, strict=True))
    values["right"] = values.pop("right_at_best")
    values["starred"] = bool(values["starred"])
    values["tags"], values["classes"] = _words_in(values["tags"]), _words_in(values["classes"])
    values["settings"] = settings_of(values["settings"])
    for figure in ("best_val_accuracy", "best_val_loss", "seconds"):
        values[figure] = _figure(values[figure])
    if interrupted and values["state"] == "running":
        values["state"] = "interrupted"
    return RunRecord(**values)


@lru_cache(maxsize=10_000)  # 20 microseconds each, and a table of 5,000 runs is read at every look at it
def settings_of(text: str) -> RunSettings:
    """Returns the settings in a row."""
    return RunSettings.from_dict(json.loads(text))


def ended_of(row: sqlite3.Row) -> Ended:
    """Returns how a row's run ended; one that has not would end here."""
    return ended_from(json.loads(row["ended"]), row["id"])


@lru_cache(maxsize=1_000)
def _words_in(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _right(end: Ended, prepared: Prepared) -> int:
    return prepared.pictures_right(end.best_val_accuracy) or 0


def _stored(figure: float) -> float | str:
    """SQLite makes NULL of a NaN, so that it is kept as a word; infinity it knows."""
    return "nan" if math.isnan(figure) else float(figure)


def _figure(stored: float | str | None) -> float | None:
    return None if stored is None else float(stored)


def dataset_columns(provenance: Provenance) -> Row:
    """Returns a run's columns that say what it was made with."""
    data = provenance.data
    return {
        "versions": to_json(dict(provenance.versions)),
        "platform": provenance.platform,
        "data_sha256": data.sha256 if data else "",
        "val_sha256": data.val_sha256 if data else "",
    }


def put_dataset(connection: sqlite3.Connection, provenance: Provenance) -> None:
    """Writes the set of pictures, if there is none like it yet."""
    data = provenance.data
    known = "SELECT 1 FROM datasets WHERE sha256 = ?"
    if data is not None and connection.execute(known, (data.sha256,)).fetchone() is None:
        parts = [data.train, data.val, *([data.test] if data.test else [])]
        pictures = zlib.compress(to_json([data.classes, *parts]).encode())
        connection.execute("INSERT OR IGNORE INTO datasets VALUES (?, ?)", (data.sha256, pictures))


def find_dataset(connection: sqlite3.Connection, sha256: str) -> DataFingerprint | None:
    """Returns a set of pictures by its fingerprint; None where it is not known or its row is damaged."""
    found = connection.execute("SELECT pictures FROM datasets WHERE sha256 = ?", (sha256,)).fetchone()
    try:
        data = _unpacked(found["pictures"]) if found else None
    except Exception:  # what damaged bytes make of the readers can be anything
        return None
    return data if data and data.sha256 == sha256 else None


def _unpacked(content: bytes) -> DataFingerprint:
    classes, *parts = json.loads(zlib.decompress(content))
    return DataFingerprint(tuple(classes), *map(_pairs, parts))


def _pairs(entries: list[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, digest) for name, digest in entries)


def known_runs(connection: sqlite3.Connection) -> set[str]:
    """Returns the identifiers of all runs, also of deleted ones."""
    return {row["id"] for row in connection.execute("SELECT id FROM runs")}


def named(files: RunFiles, tested: Tested | None = None) -> Row:
    """Returns the columns that name a run's files, and say what is in that of the test pictures."""
    names = {"weights": files.weights, "weights_digest": files.weights_digest, "predictions": files.predictions}
    if tested is None:
        return {**names, "tested": ""}
    found = {"epoch": tested.epoch, "loss": tested.loss, "accuracy": tested.accuracy}
    return {**names, "tested": to_json(found | {"file": files.test, "checksum": files.test_checksum})}


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
    query = "SELECT weights, weights_digest, predictions, tested FROM runs WHERE id = ?"
    found = connection.execute(query, (run_id,)).fetchone()
    if found is None:
        return RunFiles()
    return files_in(found, tuple(check for _, check, _ in epochs_of(connection, run_id)))


def files_in(row: sqlite3.Row, checksums: tuple[int, ...]) -> RunFiles:
    """Returns the files that a row names."""
    test: Mapping[str, Any] = json.loads(row["tested"] or "{}")
    names = row["weights"], row["weights_digest"], row["predictions"]
    return RunFiles(*names, checksums, test.get("file", ""), test.get("checksum", 0))


def tested_of(row: sqlite3.Row, probabilities: np.ndarray) -> Tested:
    """Returns the last look at the test pictures, of a row that had one.

    Args:
        row: With the column `tested`.
        probabilities: As they were read from its file.
    """
    found = json.loads(row["tested"])
    return Tested(int(found["epoch"]), float(found["loss"]), float(found["accuracy"]), probabilities)


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


FORMAT = 2  # 1 is that of plain.py


def put_copy(connection: sqlite3.Connection, run_id: str) -> None:
    """Writes the copy of a run that has a folder.

    Raises:
        OSError: It cannot be written.
    """
    folder = layout.run_folder(run_id)
    if folder.is_dir():
        put(folder / layout.COPY, copy_of(connection, run_id), lasting=False)


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
    insert_row(connection, {**BLANK, **copy["run"], "id": run_id})  # copies of earlier versions have fewer columns
    put_prepared(connection, run_id, str(copy["prepared"]))
    insert_epochs(connection, run_id, [(int(number), int(check), str(text)) for number, check, text in copy["epochs"]])
