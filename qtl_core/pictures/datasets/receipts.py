"""Receipts: what was answered for each picture that a browser sent, so that one sent twice is counted once.

A browser whose connection was lost does not know whether its picture arrived, and sends it again under the same
identifier. The answer of before is kept beside the set for two days. A server killed between adding a picture and
noting that leaves a receipt without an answer: then the picture is looked for in the set.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from qtl_core.common import paths
from qtl_core.common.errors import UserError

FILE = "receipts.sqlite"
KEPT_SECONDS = 2 * 24 * 3600.0
BUSY_SECONDS = 10.0


@dataclass(frozen=True)
class Receipt:
    """Knowledge of a picture that was sent.

    Attributes:
        begun: Seconds since the epoch: when it was first about to be added.
        answer: What was answered then; None where a server was killed before.
    """

    begun: float
    answer: dict[str, Any] | None


def find_receipt(set_id: str, upload: str) -> Receipt | None:
    """Returns what is known of an upload, or None.

    Raises:
        UserError: The file cannot be read.
    """
    with _opened(set_id) as connection:
        row = connection.execute("SELECT begun, answer FROM receipts WHERE upload = ?", (upload,)).fetchone()
    return Receipt(row[0], json.loads(row[1]) if row[1] else None) if row else None


def begin_receipt(set_id: str, upload: str) -> None:
    """Takes note that a picture is about to be added; forgets old receipts.

    Raises:
        UserError: Nothing can be written.
    """
    now = time.time()
    with _opened(set_id) as connection:
        connection.execute("DELETE FROM receipts WHERE begun < ?", (now - KEPT_SECONDS,))
        connection.execute("INSERT OR IGNORE INTO receipts VALUES (?, ?, NULL)", (upload, now))


def finish_receipt(set_id: str, upload: str, answer: dict[str, Any]) -> None:
    """Keeps the answer.

    Raises:
        UserError: Nothing can be written.
    """
    with _opened(set_id) as connection:
        connection.execute("UPDATE receipts SET answer = ? WHERE upload = ?", (json.dumps(answer), upload))


@contextmanager
def _opened(set_id: str) -> Iterator[sqlite3.Connection]:
    """Opens the file of a set's receipts for one transaction; the set is there, as it was just asked for."""
    try:
        file = paths.home() / "own_data" / set_id / FILE
        with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # a killed process loses nothing by it
            connection.execute("BEGIN IMMEDIATE")  # waits for others, which a lock that grows does not
            connection.execute("CREATE TABLE IF NOT EXISTS receipts (upload TEXT PRIMARY KEY, begun REAL, answer TEXT)")
            connection.execute("CREATE INDEX IF NOT EXISTS receipts_begun ON receipts (begun)")
            yield connection
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise UserError(
            "Nothing can be added to this data set now.",
            "The disk may be full, or its folder may only be read.",
            "What is in it stays. Make room, then go on.",
        ) from error
