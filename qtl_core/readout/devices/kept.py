"""Results of devices kept on disk as they come, each by a hash of its circuit and how it was asked: one SQLite file.

A row holds <Z> of every qubit, with a checksum; neither options nor names of devices are written.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from qtl_core.common.disk_cache import DiskCache

PLACE = Path("device_results/results.sqlite")
AT_ONCE = 500  # keys asked for in one statement; SQLite allows at least 999 parameters
DAMAGED = "The file of devices' results was damaged; it was moved aside and is made again."
NOT_KEPT = "The device's results cannot be kept here: they are shown, but would be measured again."

_BEGIN = "CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, checksum INTEGER, vector BLOB)"


class KeptResults(DiskCache):
    """A store of expectation values by key; use it as a context manager, in one thread."""

    def __init__(self) -> None:
        super().__init__(PLACE, _BEGIN, damaged=DAMAGED, not_kept=NOT_KEPT)

    def read(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        """Returns those results that are kept and undamaged, each float64 (qubits,)."""
        found: dict[str, np.ndarray] = {}
        with self.survived():
            for start in range(0, len(keys), AT_ONCE):
                found.update(self._rows(keys[start : start + AT_ONCE]))
        return found

    def write(self, results: Mapping[str, np.ndarray]) -> None:
        """Keeps results at once, so that a stop or a crash loses nothing of what came before it."""
        if self.connection is None:
            return
        blobs = [(key, np.ascontiguousarray(values, dtype="<f8").tobytes()) for key, values in results.items()]
        rows = [(key, zlib.crc32(blob), blob) for key, blob in blobs]
        with self.survived(), self.connection:
            self.connection.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", rows)

    def _rows(self, keys: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
        if self.connection is None:
            return
        query = f"SELECT key, checksum, vector FROM results WHERE key IN ({','.join('?' * len(keys))})"
        for key, checksum, blob in self.connection.execute(query, tuple(keys)):
            if isinstance(blob, bytes) and len(blob) % 8 == 0 and zlib.crc32(blob) == checksum:
                yield key, np.frombuffer(blob, "<f8")
