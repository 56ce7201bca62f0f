"""Puts a run into the store: its files first, then in one transaction the row that names them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from qtl_core import paths
from qtl_core.provenance import Provenance
from qtl_core.store import place
from qtl_core.store.datasets import dataset_columns, put_dataset
from qtl_core.store.described import prepared_as_dict, to_json
from qtl_core.store.files import RunFiles, put, remove_new, remove_outdated, size_of, write_files
from qtl_core.store.labels import checked_name
from qtl_core.store.live import held
from qtl_core.store.opening import writing
from qtl_core.store.problems import not_kept
from qtl_core.store.records import Origin, RunState
from qtl_core.store.rows import Row, row_of, summary
from qtl_core.store.statements import copy_of, named, put_epochs, put_prepared, put_row
from qtl_core.training.view import RunView


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
    run_id = run_id or place.new_id()
    started: Row = {"origin": origin, **({"name": checked_name(name)} if name else {})}
    if created is not None:
        started["created"] = created
    with keeping(run_id) as kept:
        kept.write(view, state_of(view), started, provenance)
    return run_id


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
    folder = place.run_folder(run_id)
    try:
        folder.mkdir(exist_ok=True)
        lock = held(run_id)
    except OSError as error:
        raise not_kept(folder.parent, error) from error
    try:
        yield KeptRun(run_id, folder)
    finally:
        _let_go(lock, folder)


def _let_go(lock: FileLock, folder: Path) -> None:
    lock.release()
    if {entry.name for entry in folder.glob("*")} <= {place.LOCK}:
        with contextlib.suppress(OSError):
            (folder / place.LOCK).unlink(missing_ok=True)
            folder.rmdir()


class KeptRun:
    """A run on its way into the store, for whoever holds its lock.

    Attributes:
        files: What is written of it.
    """

    def __init__(self, run_id: str, folder: Path) -> None:
        self.run_id, self.folder = run_id, folder
        self.files = RunFiles()

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
        known = self.files
        try:
            files = write_files(self.folder, view.epochs, known)
        except OSError as error:
            raise not_kept(self.folder.parent, error) from error
        try:
            copy = writing(lambda connection: self._put(connection, view, state, files, started, provenance))
        except BaseException:
            remove_new(self.folder, files, known)
            raise
        self.files = files
        with contextlib.suppress(OSError):  # the copy is for the day on which the store is lost
            put(self.folder / place.COPY, copy, lasting=False)
            remove_outdated(self.folder, files)

    def _put(
        self,
        connection: sqlite3.Connection,
        view: RunView,
        state: RunState,
        files: RunFiles,
        started: Row,
        provenance: Provenance | None,
    ) -> bytes:
        row = row_of(view, state) | named(files) | (dataset_columns(provenance) if provenance else {})
        if provenance is not None:
            put_dataset(connection, provenance)
        put_row(connection, self.run_id, row, started)
        put_prepared(connection, self.run_id, to_json(prepared_as_dict(view.prepared)))
        put_epochs(connection, self.run_id, view.epochs, files, len(self.files.checksums))
        copy = copy_of(connection, self.run_id)
        size = size_of(self.folder, files) + len(copy)
        connection.execute("UPDATE runs SET size = ? WHERE id = ?", (size, self.run_id))
        return copy
