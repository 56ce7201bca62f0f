"""Keeps the copies in runs' folders (see `copies`) in step with the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from qtl_core.errors import UserError
from qtl_core.store.copies import put_copy
from qtl_core.store.opening import writing


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
