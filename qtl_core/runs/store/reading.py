"""Reads kept runs: as a table, one of them, or one with all its figures and weights, which stays in memory."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import shutil
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from qtl_core.common.checks import instance
from qtl_core.common.errors import UserError
from qtl_core.common.memory import bytes_of
from qtl_core.common.moved_files import found_again
from qtl_core.runs.events import EpochDone, Tested
from qtl_core.runs.provenance import Provenance
from qtl_core.runs.store import layout
from qtl_core.runs.store.files import read_predictions, unpacked
from qtl_core.runs.store.layout import run_folder
from qtl_core.runs.store.locks import is_locked
from qtl_core.runs.store.opening import reading
from qtl_core.runs.store.records import RunRecord, Storage
from qtl_core.runs.store.schema import damaged_run, unknown_run
from qtl_core.runs.store.serialization import counted, epoch_from, prepared_from
from qtl_core.runs.store.tables import (
    SUMMARY_COLUMNS,
    ended_of,
    epochs_of,
    files_in,
    find_dataset,
    prepared_in,
    record_of,
    tested_of,
)
from qtl_core.runs.view import PreparedRun

ATTEMPTS = 5  # at reading a run whose files are replaced meanwhile, as those of one in training are
PAGE_ROWS = 100  # rows that are asked for together
_SHOWN = f"SELECT {', '.join(SUMMARY_COLUMNS)} FROM runs"
_EpochRow = tuple[int, int, str]  # see `epochs_of`
_NEWEST_FIRST = "ORDER BY created DESC, id DESC"


def kept_runs() -> list[str]:
    """Returns the identifiers of all runs with something in them, newest first.

    Raises:
        UserError: The store cannot be used.
    """
    query = f"SELECT id FROM runs WHERE deleted IS NULL AND epochs > 0 {_NEWEST_FIRST}"
    return reading(lambda connection: [row["id"] for row in connection.execute(query)], [])


def kept_epochs(run_id: str) -> int:
    """Returns how many epochs of a run are kept; 0 where there is no such run.

    Raises:
        UserError: The store cannot be used.
    """
    query = "SELECT epochs FROM runs WHERE id = ?"
    found = reading(lambda connection: connection.execute(query, (run_id,)).fetchone(), None)
    return found["epochs"] if found else 0


def list_runs(*, deleted: bool = False) -> list[RunRecord]:
    """Returns all runs, or all deleted ones, newest first; one whose row is damaged is left out.

    Raises:
        UserError: The store cannot be used.
    """
    query = f"{_SHOWN} WHERE deleted IS {'NOT ' if deleted else ''}NULL {_NEWEST_FIRST}"
    rows: list[sqlite3.Row] = reading(lambda connection: connection.execute(query).fetchall(), [])
    return [record for record in map(_readable, rows) if record]


def newest_runs() -> Iterator[RunRecord]:
    """Yields runs newest first, page by page.

    Raises:
        UserError: The store cannot be used, any more.
    """
    return (record for record in map(_readable, _newest_rows()) if record)


def _newest_rows() -> Iterator[sqlite3.Row]:
    page = _page_below(math.inf, "")
    while page:
        yield from page
        page = _page_below(page[-1]["created"], page[-1]["id"])


def _page_below(created: float, run_id: str) -> list[sqlite3.Row]:
    query = f"{_SHOWN} WHERE deleted IS NULL AND (created, id) < (?, ?) {_NEWEST_FIRST} LIMIT {PAGE_ROWS}"
    return reading(lambda connection: connection.execute(query, (created, run_id)).fetchall(), [])


def find_run(run_id: str) -> RunRecord:
    """Returns a run as a table shows it, also a deleted one.

    Raises:
        UserError: There is no such run, its row is damaged, or the store cannot be used.
    """
    row = _row(run_id, ", ".join(SUMMARY_COLUMNS))
    try:
        return _record(row)
    except Exception as error:
        raise damaged_run(run_id, layout.runs_folder()) from error


def check_not_deleted(run_id: str) -> None:
    """Refuses to go on with a kept run that somebody deleted meanwhile: its next epoch would bring it back.

    Args:
        run_id: The run; "" for one that is not kept.

    Raises:
        UserError: It was deleted, for good or not yet.
    """
    if not run_id or not reading(lambda connection: _is_hidden(connection, run_id), False):
        return
    raise UserError(
        "This run was deleted meanwhile.",
        "Going on with it would bring it back.",
        f"Undo that first, on the Runs page or with: runs delete --undo {run_id}. Or begin a new run with Reset and "
        "Start.",
    )


def _is_hidden(connection: sqlite3.Connection, run_id: str) -> bool:
    row = connection.execute("SELECT deleted FROM runs WHERE id = ?", (run_id,)).fetchone()
    return row is None or row["deleted"] is not None


def load_run(run_id: str) -> PreparedRun:
    """Returns a run with all its figures and predictions, and its last checkpoint.

    One that is in training, or was interrupted, comes back as if it had been stopped after its last epoch.

    Raises:
        UserError: There is no such run, its files are damaged, or the store cannot be used.
    """
    instance("run_id", run_id, str)
    for attempt in range(ATTEMPTS):
        row = _row(run_id)
        nothing: tuple[str, list[_EpochRow]] = ("", [])
        prepared, epochs = reading(lambda connection: _details(connection, run_id), nothing)
        try:
            return _view(row, prepared, epochs)
        except Exception as error:  # arbitrary bytes can make the readers fail in any way
            if attempt == ATTEMPTS - 1 or _row(run_id)["version"] == row["version"]:
                raise damaged_run(run_id, layout.run_folder(run_id)) from error
    raise AssertionError("the last attempt returns or raises")


def provenance_of(run_id: str) -> Provenance:
    """Returns what a run was made with, as far as that is known.

    Raises:
        UserError: There is no such run, or the store cannot be used.
    """
    row = _row(run_id)
    data = reading(lambda connection: find_dataset(connection, row["data_sha256"]), None)
    return Provenance(json.loads(row["versions"]), data, row["platform"])


def storage() -> Storage:
    """Returns what kept runs take.

    Raises:
        UserError: The store cannot be used.
    """
    query = "SELECT id, size, deleted FROM runs"
    rows: list[sqlite3.Row] = reading(lambda connection: connection.execute(query).fetchall(), [])
    known = {row["id"] for row in rows}
    here = [row["size"] for row in rows if row["deleted"] is None]
    return Storage(
        runs=len(here),
        bytes=sum(here),
        deleted_bytes=sum(row["size"] for row in rows if row["deleted"] is not None),
        free_bytes=_free(),
        unreadable=tuple(folder.name for folder in layout.folders_of_runs() if folder.name not in known),
    )


def _free() -> int:
    folder = layout.runs_folder()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _row(run_id: str, columns: str = "*") -> sqlite3.Row:
    query = f"SELECT {columns} FROM runs WHERE id = ?"
    if layout.ID.fullmatch(run_id):
        row = reading(lambda connection: connection.execute(query, (run_id,)).fetchone(), None)
        if row is not None:
            return row
        if (layout.run_folder(run_id) / layout.COPY).exists():
            raise UserError(
                f"The run {run_id} cannot be read.",
                "Its files are damaged.",
                f"They lie in {layout.run_folder(run_id)}.",
            )
    raise unknown_run(run_id, layout.runs_folder())


def _record(row: sqlite3.Row) -> RunRecord:
    return record_of(row, interrupted=row["state"] == "running" and not is_locked(row["id"]))


def _readable(row: sqlite3.Row) -> RunRecord | None:
    try:
        return _record(row)
    except Exception:  # only who opens the run needs to hear about it
        return None


def _details(connection: sqlite3.Connection, run_id: str) -> tuple[str, list[_EpochRow]]:
    return prepared_in(connection, run_id), epochs_of(connection, run_id)


def _view(row: sqlite3.Row, prepared: str, epochs: list[_EpochRow]) -> PreparedRun:
    if len(epochs) != row["epochs"]:
        raise ValueError(f"{len(epochs)} epochs, where {row['epochs']} are expected")
    found = prepared_from(json.loads(prepared))
    if not found.train_counts and row["data_sha256"]:  # a run of an older version
        found = counted(found, reading(lambda connection: find_dataset(connection, row["data_sha256"]), None))
    if row["origin"] == "trained":  # what a stranger's file names was looked through when it came in
        val, test = found_again(found.val_files), found_again(found.test_files)
        found = dataclasses.replace(found, val_files=val, test_files=test)
    tested = _tested(row) if row["tested"] else None
    return PreparedRun(
        prepared=found, epochs=_epochs(row, epochs), ended=ended_of(row), tested=tested, looks=row["test_looks"]
    )


def _tested(row: sqlite3.Row) -> Tested:
    files = files_in(row, ())
    shape = row["test_size"], len(json.loads(row["classes"]))
    (found,) = read_predictions(layout.run_folder(row["id"]) / files.test, (files.test_checksum,), *shape)
    return tested_of(row, found)


def _epochs(row: sqlite3.Row, rows: list[_EpochRow]) -> tuple[EpochDone, ...]:
    if not rows:
        return ()
    folder, checksums = layout.run_folder(row["id"]), tuple(check for _, check, _ in rows)
    files = files_in(row, checksums)
    shape = row["val_size"], len(json.loads(row["classes"]))
    predictions = read_predictions(folder / files.predictions, checksums, *shape)
    epochs = [epoch_from(json.loads(text), found) for (_, _, text), found in zip(rows, predictions, strict=True)]
    content = (folder / files.weights).read_bytes()
    if hashlib.sha256(content).hexdigest() != files.weights_digest:
        raise ValueError(f"{files.weights} is not what was written")
    epochs[-1] = dataclasses.replace(epochs[-1], checkpoint=unpacked(content))
    return tuple(epochs)


MAX_BYTES = 256 * 2**20  # a run weighs a megabyte at the recipe's size; what was looked at longest ago goes first

Key = tuple[Path, int]
_cache: OrderedDict[Key, tuple[PreparedRun, int]] = OrderedDict()
_turn = threading.Lock()


def cached_run(run_id: str, version: int) -> PreparedRun:
    """Returns a run with all its figures and its last checkpoint, from memory where it was just read.

    Args:
        run_id: Its identifier.
        version: That of its row (`RunRecord.version`): it grows when the run goes on.

    Raises:
        UserError: There is no such run, its files are damaged, or the store cannot be used.
    """
    key = run_folder(run_id), version
    with _turn:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key][0]
    view = load_run(run_id)  # without the lock: nobody waits for another one's large run
    _hold(key, view)
    return view


def _hold(key: Key, view: PreparedRun) -> None:
    size = bytes_of(view)
    with _turn:
        _cache[key] = view, size
        while len(_cache) > 1 and sum(weight for _, weight in _cache.values()) > MAX_BYTES:
            _cache.popitem(last=False)
