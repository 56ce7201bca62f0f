"""Keeps the copies in runs' folders (see `copies`) in step with the store."""

from __future__ import annotations

from collections.abc import Sequence

from qtl_core.errors import UserError
from qtl_core.store.copies import put_copy
from qtl_core.store.opening import writing


def refresh_copies(run_ids: Sequence[str]) -> bool:
    """Writes the copies of some runs again; returns whether it could.

    No other process changes the store meanwhile, so that the copy written last is that of what was written last.
    """
    try:
        writing(lambda connection: [put_copy(connection, run_id) for run_id in run_ids])
    except (UserError, OSError):
        return False
    return True
