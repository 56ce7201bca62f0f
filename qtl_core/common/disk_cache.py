"""A SQLite file of what can be made again: whatever goes wrong on disk ends in a note, never in a failed run."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from qtl_core.common import paths
from qtl_core.common.errors import UserError

BUSY_SECONDS = 10.0  # how long to wait for another process that writes: its commits take milliseconds
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class DiskCache:
    """The file, open; use it as a context manager, in one thread.

    Args:
        place: Where it lies, from the home folder.
        begin: The statements that a connection begins with, as that which makes its table where there is none.
        damaged: The note where it was damaged, and begun anew.
        not_kept: The note where nothing can be kept.

    Attributes:
        notes: Sentences for people on what could not be kept or read, each once.
        connection: None where nothing can be kept.
    """

    def __init__(self, place: Path, begin: str, *, damaged: str, not_kept: str) -> None:
        self.notes: list[str] = []
        self.connection: sqlite3.Connection | None = None
        self._begin, self._damaged, self._not_kept = begin, damaged, not_kept
        with self.survived():
            self._path = paths.writable(str(place.parent)) / place.name
            self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @contextlib.contextmanager
    def survived(self) -> Iterator[None]:
        """Goes on after whatever the disk does within; a damaged file is moved aside first."""
        try:
            try:
                yield
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF not in _DAMAGED:
                    raise  # locked, full or forbidden: the file itself is good
                self._move_damaged_aside()
                self._open()
        except (sqlite3.Error, OSError, UserError):
            self._close()
            self._note(self._not_kept)

    def _open(self) -> None:
        self.connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
        with contextlib.suppress(sqlite3.OperationalError):  # another process is switching this file to WAL just now
            self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.executescript(self._begin)

    def _close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def _move_damaged_aside(self) -> None:
        self._close()
        self._path.replace(self._path.with_suffix(".damaged"))
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._note(self._damaged)

    def _note(self, said: str) -> None:
        if said not in self.notes:
            self.notes.append(said)
