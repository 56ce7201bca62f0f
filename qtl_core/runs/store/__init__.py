"""The store of runs: one SQLite file for what tables show, and a folder a run for its arrays (see `layout`)."""

from qtl_core.runs.store.editing import annotate, delete, purge, rename, set_tags, star, undelete
from qtl_core.runs.store.reading import (
    cached_run,
    check_not_deleted,
    find_run,
    kept_epochs,
    kept_runs,
    list_runs,
    load_run,
    newest_runs,
    provenance_of,
    storage,
)
from qtl_core.runs.store.records import Origin, RunRecord, RunState, Storage
from qtl_core.runs.store.writer import RunWriter, start_run
from qtl_core.runs.store.writing import discard_run, keep_run, settle_run

__all__ = [
    "Origin",
    "RunRecord",
    "RunState",
    "RunWriter",
    "Storage",
    "annotate",
    "cached_run",
    "check_not_deleted",
    "delete",
    "discard_run",
    "find_run",
    "keep_run",
    "kept_epochs",
    "kept_runs",
    "list_runs",
    "load_run",
    "newest_runs",
    "provenance_of",
    "purge",
    "rename",
    "set_tags",
    "settle_run",
    "star",
    "start_run",
    "storage",
    "undelete",
]
