"""Runs read whole, kept in memory for all sessions while they do not change."""

from __future__ import annotations

from functools import lru_cache

from qtl_core.store import RunRecord, load_run
from qtl_core.training.view import RunView

KEPT = 24  # a megabyte each at the recipe's size


def view_of(record: RunRecord) -> RunView:
    """Returns all of a run.

    Raises:
        UserError: Its files are damaged or gone.
    """
    return _view(record.id, record.version)


@lru_cache(maxsize=KEPT)
def _view(run_id: str, version: int) -> RunView:
    """The version stands for what the run holds: it grows when the run goes on."""
    return load_run(run_id)
