"""Results of devices kept on disk as they come, each by a hash of its circuit and how it was asked: one SQLite file.

A row holds <Z> of every qubit, with a checksum; neither options nor names of devices are written. What cannot be kept
is said in `notes` and never ends a measurement.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType

import numpy as np

from qtl_core.common import paths
from qtl_core.common.errors import UserError

FOLDER, FILE = "device_results", "results.sqlite"
BUSY_SECONDS = 10.0  # how long to wait for another process that writes: its commits take milliseconds
AT_ONCE = 500  # keys asked for in one statement; SQLite allows at least 999 parameters
NOT_KEPT = "The device's results cannot be kept here: they are shown, but would be measured again."

_TABLE = "CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, checksum INTEGER, vector BLOB)"


class KeptResults:
    """A store of expectation values by key; use it as a context manager, in one thread.

    Attributes:
        notes: Sentences for the user on what could not be kept or read.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._connection: sqlite3.Connection | None = None
        with self._survived():
            self._path = paths.writable(FOLDER) / FILE
            self._open()

    def __enter__(self) -> KeptResults:
        return self

    def __exit__(self, _kind: type | None, _error: BaseException | None, _where: TracebackType | None) -> None:
        self._close()

    def read(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        """Returns those results that are kept and undamaged, each float64 (qubits,)."""
        found: dict[str, np.ndarray] = {}
        with self._survived():
            for start in range(0, len(keys), AT_ONCE):
                found.update(self._rows(keys[start : start + AT_ONCE]))
        return found

    def write(self, results: Mapping[str, np.ndarray]) -> None:
        """Keeps results at once, so that a stop or a crash loses nothing of what came before it."""
        if self._connection is None:
            return
        blobs = [(key, np.ascontiguousarray(values, dtype="<f8").tobytes()) for key, values in results.items()]
        rows = [(key, zlib.crc32(blob), blob) for key, blob in blobs]
        with self._survived(), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", rows)

    def _rows(self, keys: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
        if self._connection is None:
            return
        query = f"SELECT key, checksum, vector FROM results WHERE key IN ({','.join('?' * len(keys))})"
        for key, checksum, blob in self._connection.execute(query, tuple(keys)):
            if isinstance(blob, bytes) and len(blob) % 8 == 0 and zlib.crc32(blob) == checksum:
                yield key, np.frombuffer(blob, "<f8")

    def _open(self) -> None:
        self._connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
        with contextlib.suppress(sqlite3.OperationalError):  # another process is switching this file to WAL just now
            self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(_TABLE)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _move_damaged_aside(self) -> None:
        self._close()
        self._path.replace(self._path.with_suffix(".damaged"))
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self.notes.append("The file of devices' results was damaged; it was moved aside and is made again.")

    @contextlib.contextmanager
    def _survived(self) -> Iterator[None]:
        try:
            try:
                yield
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                    raise  # locked, full or forbidden: the file itself is good
                self._move_damaged_aside()
                self._open()
        except (sqlite3.Error, OSError, UserError):
            self._close()
            if NOT_KEPT not in self.notes:
                self.notes.append(NOT_KEPT)
