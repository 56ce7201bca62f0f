"""Clears away what processes left behind that were ended in the middle of writing."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Collection
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from filelock import Timeout

from qtl_core.store import place
from qtl_core.store.files import HALVES
from qtl_core.store.live import is_locked, store_lock

_BEGUN = (place.LOCK, "predictions-*.f32", HALVES)


def clear_up(connection: sqlite3.Connection, known: Collection[str]) -> None:
    """Removes half written files, folders of runs that never got as far as an epoch, and half removed folders.

    Args:
        connection: The store, open and in no transaction.
        known: The runs that it has a row of; their folders stay, whatever is in them.
    """
    for folder in place.folders_of_runs():
        if folder.name not in known and _came_to_nothing(folder):
            with suppress(Timeout, OSError):  # somebody begins a run in it just now, or nothing can be written
                _put_away(folder)
    for leftover in place.runs_folder().glob(".purged-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with suppress(sqlite3.Error, OSError):  # where nothing can be written, this can wait
        _remove_halves(connection, [half for folder in place.folders_of_runs() for half in folder.glob(HALVES)])


def _put_away(folder: Path) -> None:
    """Renames a folder to what is removed next; who waits for it to write a run finds it gone, and makes another."""
    with store_lock(folder / place.LOCK, 0):
        if _came_to_nothing(folder):
            folder.rename(folder.with_name(f".purged-{folder.name}-{secrets.token_hex(3)}"))


def _came_to_nothing(folder: Path) -> bool:
    """Whether a folder has nothing but what a first write leaves that was cut off before its weights were whole."""
    return all(any(fnmatchcase(entry.name, each) for each in _BEGUN) for entry in folder.glob("*"))


def _remove_halves(connection: sqlite3.Connection, halves: list[Path]) -> None:
    """Removes those that nobody is about to finish: who writes a run holds it, who copies its row holds the store."""
    if not halves:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for half in halves:
            if not is_locked(half.parent.name):
                half.unlink(missing_ok=True)
    finally:
        connection.execute("COMMIT")
