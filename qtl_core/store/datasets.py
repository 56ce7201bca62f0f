"""Which pictures runs were trained on: kept once for each set, however many runs there are on it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from typing import Any

from qtl_core.provenance import DataFingerprint, Provenance
from qtl_core.store.described import to_json
from qtl_core.store.rows import Row


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
        pictures = zlib.compress(to_json([data.classes, data.train, data.val]).encode())
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
    classes, train, val = json.loads(zlib.decompress(content))
    return DataFingerprint(tuple(classes), _pairs(train), _pairs(val))


def _pairs(entries: list[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, digest) for name, digest in entries)
