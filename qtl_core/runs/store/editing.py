"""Edits of kept runs by people: name, note, tag and star them, delete them, and take that back."""

from __future__ import annotations

import contextlib
import math
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.runs.store import layout
from qtl_core.runs.store.locks import is_locked
from qtl_core.runs.store.opening import reading, writing
from qtl_core.runs.store.records import checked_name, checked_note, checked_tags
from qtl_core.runs.store.schema import unknown_run
from qtl_core.runs.store.serialization import to_json
from qtl_core.runs.store.tables import put_copy


def refresh_copies(run_ids: Sequence[str]) -> bool:
    """Writes the copies of some runs again; returns whether it could.

    No other process changes the store meanwhile, so that the copy written last is that of what was written last.
    """

    def renew(connection: sqlite3.Connection) -> None:
        for run_id in run_ids:
            put_copy(connection, run_id)

    try:
        writing(renew)
    except (UserError, OSError):
        return False
    return True


KEPT_DAYS = 30  # how long what was deleted can be had back
DAY = 24 * 60 * 60  # seconds
LOOK_SECONDS = 60 * 60  # how often that is looked after
_looked = -math.inf


def rename(run_id: str, name: str) -> None:
    """Calls a run something else; "" takes the name away.

    Raises:
        UserError: There is no such run, the name is too long, or nothing can be written.
    """
    _set([run_id], "name", checked_name(name))


def annotate(run_id: str, note: str) -> None:
    """Puts a note on a run; "" takes it away.

    Raises:
        UserError: There is no such run, the note is too long, or nothing can be written.
    """
    _set([run_id], "note", checked_note(note))


def set_tags(run_id: str, tags: Sequence[str]) -> None:
    """Gives a run these tags and no others.

    Raises:
        UserError: There is no such run, they are too many or too long, or nothing can be written.
    """
    _set([run_id], "tags", to_json(checked_tags(tags)))


def star(run_id: str, on: bool) -> None:
    """Marks a run with a star, or takes the star away.

    Raises:
        UserError: There is no such run, or nothing can be written.
    """
    _set([run_id], "starred", int(on))


def delete(run_ids: Iterable[str]) -> None:
    """Hides runs; `undelete` brings them back until they are purged.

    Raises:
        UserError: One of them is not there or is being trained, or nothing can be written; then none is hidden.
    """
    run_ids = list(run_ids)
    for run_id in run_ids:
        if layout.ID.fullmatch(run_id) and is_locked(run_id):
            raise UserError(f"The run {run_id} is still being trained.", "", "Stop it first.")
    _set(run_ids, "deleted", time.time())


def undelete(run_ids: Iterable[str]) -> None:
    """Brings deleted runs back.

    Raises:
        UserError: One of them is not there any more, or nothing can be written.
    """
    _set(list(run_ids), "deleted", None)


def purge(run_ids: Iterable[str] | None = None) -> None:
    """Removes for good what was deleted: these runs, or else all that was deleted some time ago.

    Runs that were not deleted stay, whatever is asked.

    Raises:
        UserError: Nothing can be written.
    """
    wanted = None if run_ids is None else set(run_ids)
    before = time.time() - KEPT_DAYS * DAY
    found: list[sqlite3.Row] = reading(lambda connection: connection.execute(_DELETED).fetchall(), [])
    for row in found:
        if (row["deleted"] < before if wanted is None else row["id"] in wanted) and not is_locked(row["id"]):
            _remove(row["id"])


def purge_in_passing() -> None:
    """Removes what was deleted long ago, now and then when something is written; trouble with that troubles nobody."""
    global _looked
    if time.monotonic() - _looked > LOOK_SECONDS:
        _looked = time.monotonic()
        with contextlib.suppress(UserError):
            purge()


_DELETED = "SELECT id, deleted FROM runs WHERE deleted IS NOT NULL"
_UNUSED = "DELETE FROM datasets WHERE sha256 NOT IN (SELECT data_sha256 FROM runs)"


def _remove(run_id: str) -> None:
    """First the folder gets a name that is no run's, then the row goes: a folder alone would be taken in again."""
    folder = layout.run_folder(run_id)
    gone = folder.with_name(f".purged-{run_id}-{secrets.token_hex(3)}")
    try:
        with contextlib.suppress(FileNotFoundError):
            folder.rename(gone)
    except OSError as error:
        raise UserError(f"The run {run_id} cannot be removed.", reason_of(error), "") from error

    def forget(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM runs WHERE id = ? AND deleted IS NOT NULL", (run_id,))
        connection.execute(_UNUSED)

    try:
        writing(forget)
    except UserError:
        with contextlib.suppress(OSError):  # the row is still there, and so shall the folder be
            gone.rename(folder)
        raise
    shutil.rmtree(gone, ignore_errors=True)


def _set(run_ids: Sequence[str], column: str, value: Any) -> None:
    """Changes one column of some runs, all or none, and then the copies in their folders."""

    def change(connection: sqlite3.Connection) -> None:
        for run_id in run_ids:
            done = connection.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, run_id))
            if not done.rowcount:
                raise unknown_run(run_id, layout.runs_folder())

    writing(change)
    refresh_copies(run_ids)
