"""Puts a run into the store: its files first, then in one transaction the row that names them."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.runs.provenance import Provenance
from qtl_core.runs.store import layout
from qtl_core.runs.store.editing import purge_in_passing, refresh_copies
from qtl_core.runs.store.files import (
    RunFiles,
    checksum,
    prediction_bytes,
    remove_new,
    remove_outdated,
    size_of,
    write_files,
)
from qtl_core.runs.store.locks import is_locked, lock_run
from qtl_core.runs.store.opening import reading, writing
from qtl_core.runs.store.records import Origin, RunState, checked_name
from qtl_core.runs.store.schema import not_kept
from qtl_core.runs.store.serialization import prepared_as_dict, to_json
from qtl_core.runs.store.tables import (
    Row,
    dataset_columns,
    delete_empty,
    files_of,
    named,
    put_dataset,
    put_epochs,
    put_prepared,
    put_row,
    put_size,
    row_of,
    summary,
)
from qtl_core.runs.view import PreparedRun, RunView

ATTEMPTS = 5  # at making a folder that others clear away


def keep_run(
    view: RunView,
    run_id: str = "",
    *,
    name: str = "",
    origin: Origin = "trained",
    created: float | None = None,
    provenance: Provenance | None = None,
) -> str:
    """Keeps a run that has at least one epoch, in place of the one of this identifier if there is one.

    Args:
        view: The run; one that has not ended is kept as stopped here.
        run_id: Its identifier, or "" for a new one.
        name: What it is called; "" leaves the name it has.
        origin: Where a new run comes from.
        created: When a new run was made, if not now.
        provenance: What a new run was made with; None leaves what is known.

    Returns:
        Its identifier.

    Raises:
        UserError: It cannot be written, or another process trains it at this moment.
    """
    run_id = run_id or layout.new_id()
    started: Row = {"origin": origin, **({"name": checked_name(name)} if name else {})}
    if created is not None:
        started["created"] = created
    with keeping(run_id) as kept:
        kept.write(view, state_of(view), started, provenance)
    purge_in_passing()
    return run_id


def discard_run(run_id: str) -> None:
    """Forgets a run of which no epoch was ever written; any other stays.

    Raises:
        UserError: The store cannot be written, or another process trains it at this moment.
    """
    with keeping(run_id) as kept:
        kept.discard()


def settle_run(run_id: str, view: RunView) -> bool:
    """Ends a run as `view` ended, if the store has all of its epochs; one that has ended before stays as it is.

    Returns:
        Whether it has; else the run is still to be kept.

    Raises:
        UserError: The store cannot be used.
    """

    def settle(connection: sqlite3.Connection) -> bool:
        found = connection.execute("SELECT epochs, state FROM runs WHERE id = ?", (run_id,)).fetchone()
        if found is None or found["epochs"] < len(view.epochs):
            return False
        if found["state"] == "running" and not is_locked(run_id):
            put_row(connection, run_id, {"state": state_of(view), "failure": _words(view)}, {})
        return True

    settled = writing(settle)
    refresh_copies([run_id] if settled else [])
    return settled


def state_of(view: RunView) -> RunState:
    """Returns the state of a run that is over."""
    return "failed" if view.failed is not None else summary(view).how


@contextmanager
def keeping(run_id: str) -> Iterator[KeptRun]:
    """Holds a run for writing; its folder is gone again afterwards if nothing came of it.

    Raises:
        UserError: It cannot be written, or another process trains it at this moment.
    """
    paths.writable("runs")
    folder = layout.run_folder(run_id)
    try:
        lock = _taken(run_id, folder)
    except OSError as error:
        raise not_kept(folder.parent, error) from error
    try:
        yield KeptRun(run_id, folder)
    finally:
        _let_go(lock, folder)


def _taken(run_id: str, folder: Path) -> FileLock:
    """Makes the folder and takes its lock; another process that starts clears away a folder that is still empty."""
    for _ in range(ATTEMPTS):
        folder.mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            lock = lock_run(run_id)
            if (folder / layout.LOCK).exists():
                return lock
            lock.release()
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))


def _let_go(lock: FileLock, folder: Path) -> None:
    lock.release()
    if {entry.name for entry in folder.glob("*")} <= {layout.LOCK}:
        with contextlib.suppress(OSError):
            (folder / layout.LOCK).unlink(missing_ok=True)
            folder.rmdir()


class KeptRun:
    """A run on its way into the store, for whoever holds its lock.

    Attributes:
        files: What is written of it.
    """

    def __init__(self, run_id: str, folder: Path) -> None:
        self.run_id, self.folder = run_id, folder
        self.files = RunFiles()

    def resume(self, view: RunView) -> None:
        """Finds out which of the run's epochs the store has already, so that they need not be written again.

        Raises:
            UserError: The store cannot be used.
        """
        if not view.epochs:
            return
        checksums = tuple(checksum(prediction_bytes(epoch)) for epoch in view.epochs)
        found = reading(lambda connection: files_of(connection, self.run_id), RunFiles())
        if found.checksums == checksums and all(map(self._has, found.names)):
            self.files = found

    def _has(self, name: str) -> bool:
        """Returns whether a file is there; one that leads elsewhere is never written to."""
        return (self.folder / name).is_file() and not (self.folder / name).is_symlink()

    def discard(self) -> None:
        """Forgets a run of which no epoch was ever written.

        Raises:
            UserError: The store cannot be written.
        """
        if writing(lambda connection: delete_empty(connection, self.run_id)):
            (self.folder / layout.COPY).unlink(missing_ok=True)

    def write(self, view: RunView, state: RunState, started: Row, provenance: Provenance | None = None) -> None:
        """Writes the run as far as it has come.

        Args:
            view: The run.
            state: Where it stands.
            started: Columns that hold for a new run.
            provenance: What it is made with; None leaves what is known.

        Raises:
            UserError: It cannot be written; what was kept of it before is still there.
        """
        known, run = self.files, PreparedRun.of(view)
        try:
            files = write_files(self.folder, run.epochs, known, run.tested)
        except OSError as error:
            raise not_kept(self.folder.parent, error) from error
        try:
            writing(lambda connection: self._put(connection, run, state, files, started, provenance))
        except UserError:  # and nothing else: after an interruption the store may name them
            remove_new(self.folder, files, known)
            raise
        except OSError as error:  # the files are gone again, with all that was there
            raise not_kept(self.folder.parent, error) from error
        self.files = files
        if view.epochs and refresh_copies([self.run_id]):  # only then is what it named before no longer needed
            remove_outdated(self.folder, files)

    def _put(
        self,
        connection: sqlite3.Connection,
        run: PreparedRun,
        state: RunState,
        files: RunFiles,
        started: Row,
        provenance: Provenance | None,
    ) -> None:
        row = row_of(run, state) | {"failure": _words(run)} | named(files, run.tested)
        if provenance is not None:
            row |= dataset_columns(provenance)
            put_dataset(connection, provenance)
        put_row(connection, self.run_id, row, started)
        put_prepared(connection, self.run_id, to_json(prepared_as_dict(run.prepared)))
        put_epochs(connection, self.run_id, run.epochs, files, len(self.files.checksums))
        put_size(connection, self.run_id, size_of(self.folder, files))


def _words(view: RunView) -> str:
    """Returns why a run failed, if it did."""
    failed = view.failed
    return " ".join(filter(None, (failed.what, failed.why, failed.do))) if failed else ""
