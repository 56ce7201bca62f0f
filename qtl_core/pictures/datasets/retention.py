"""Removes what nobody needs any more: deleted sets, sets of visitors who never come back, files without a row.

A set that belongs to a visitor of an open server goes when nobody did anything with it for a stated time; `going_words`
are the word before. One that belongs to nobody, as on a person's own computer, stays until it is deleted. What is
deleted can be had back for `DELETED_DAYS`; with a set its versions go, and runs trained on it lose their pictures.
"""

from __future__ import annotations

import contextlib
import math
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from qtl_core.common.environment import number_in
from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.creating import list_datasets
from qtl_core.pictures.datasets.opening import let_go, reading, writing
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.runs.store import list_runs

DAY = 24 * 60 * 60.0  # seconds
DELETED_DAYS = 30  # how long a deleted set, or a removed picture, can be had back
WORD_DAYS = 14  # how long before a set goes this is said; half of its time where that is less
LEFT_OVER_SECONDS = DAY  # from then on a file that nobody names is of an addition that was cut off
LOOK_SECONDS = 60 * 60.0
_looked = [0.0]
_turn = threading.Lock()


def unused_days() -> int:
    """Returns after how many days without use a visitor's set goes: `QTL_OWN_UNUSED_DAYS`, or 90."""
    return number_in("QTL_OWN_UNUSED_DAYS", 90)


def days_left(record: DatasetRecord, now: float | None = None) -> float | None:
    """Returns in how many days a set goes if nobody does anything with it; None where it stays."""
    if not record.owner:
        return None
    return unused_days() - ((time.time() if now is None else now) - record.used) / DAY


def going_words(record: DatasetRecord, now: float | None = None) -> str:
    """Returns the word that a set goes soon, "" where it stays or has long."""
    left = days_left(record, now)
    if left is None or left > min(WORD_DAYS, unused_days() / 2):
        return ""
    days = max(1, math.ceil(left))
    when = "within a day" if days == 1 else f"in {days} days"
    return f"Nobody has used it for long: it goes {when}. Opening it keeps it for {unused_days()} more."


def tidy(now: float | None = None) -> tuple[str, ...]:
    """Removes what is over; returns the identifiers of the sets that are gone. Trouble with one spares the others.

    Args:
        now: Seconds since the epoch.
    """
    now = time.time() if now is None else now
    gone, versions = [], _versions_of_runs()
    for record in (*list_datasets(), *list_datasets(deleted=True)):
        if _is_over(record, now):
            gone += [record.id] if _remove(record.id) else []
        elif record.deleted is None:
            with contextlib.suppress(UserError, OSError):
                _tidy_inside(record.id, versions, now)
    for place in _left_over(layout.root(), now):
        shutil.rmtree(place, ignore_errors=True)
    return tuple(gone)


def tidy_in_passing() -> None:
    """Does so once an hour at most; trouble with that troubles nobody."""
    with _turn:
        if _looked[0] and time.monotonic() - _looked[0] < LOOK_SECONDS:
            return
        _looked[0] = time.monotonic()
    with contextlib.suppress(UserError, OSError):
        tidy()


def _is_over(record: DatasetRecord, now: float) -> bool:
    if record.deleted is not None:
        return now - record.deleted > DELETED_DAYS * DAY
    left = days_left(record, now)
    return left is not None and left < 0


def _remove(set_id: str) -> bool:
    """Removes a set; first its folder gets a name that is no set's, so that nobody finds half of it."""
    gone = layout.root() / f".gone-{set_id}-{secrets.token_hex(3)}"
    let_go(set_id)
    try:
        layout.set_folder(set_id).rename(gone)
    except OSError:
        return False
    shutil.rmtree(gone, ignore_errors=True)
    return True


def _versions_of_runs() -> frozenset[tuple[str, int]]:
    """Returns set and version of every kept run, deleted ones too.

    Raises:
        UserError: The store of runs cannot be read.
    """
    data = [record.settings.data for deleted in (False, True) for record in list_runs(deleted=deleted)]
    return frozenset((each.dataset, each.dataset_version) for each in data)


def _tidy_inside(set_id: str, versions: frozenset[tuple[str, int]], now: float) -> None:
    """Forgets pictures that were removed long ago, files without a row, and folders of versions that no run names.

    A version keeps its number; its folder is made again from the set's files when it is asked for, unless a picture of
    it was forgotten meanwhile: then it cannot be.
    """

    def forget(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM pictures WHERE removed < ?", (now - DELETED_DAYS * DAY,))

    if reading(set_id, lambda connection: connection.execute(_OLD, (now - DELETED_DAYS * DAY,)).fetchone()):
        writing(set_id, forget, counts=False)
    rows = reading(set_id, lambda connection: connection.execute("SELECT sha256 FROM pictures").fetchall())
    named = {row["sha256"] for row in rows}
    for folder in _entries(layout.pictures_folder(set_id)):
        if folder.name not in named and _is_old(folder, now):
            shutil.rmtree(folder, ignore_errors=True)
    wanted = {str(number) for owner, number in versions if owner == set_id}
    for folder in _entries(layout.version_folder(set_id, 0).parent):
        if folder.name not in wanted and _is_old(folder, now):
            shutil.rmtree(folder, ignore_errors=True)


_OLD = "SELECT 1 FROM pictures WHERE removed < ? LIMIT 1"


def _left_over(folder: Path, now: float) -> Iterator[Path]:
    """Yields what a set was made in, or removed from, by a process that did not end it."""
    for entry in _entries(folder):
        if entry.name.startswith((".making-", ".gone-")) and _is_old(entry, now):
            yield entry


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_old(path: Path, now: float) -> bool:
    try:
        return now - path.stat().st_mtime > LEFT_OVER_SECONDS
    except OSError:
        return False
