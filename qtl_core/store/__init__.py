"""The store of runs: one SQLite file for what tables show, and a folder a run for its arrays (see `place`)."""

from qtl_core.store.editing import annotate, delete, purge, rename, set_tags, star, undelete
from qtl_core.store.reading import find_run, kept_runs, list_runs, load_run, provenance_of, storage
from qtl_core.store.records import Origin, RunRecord, RunState, Storage
from qtl_core.store.writing import keep_run

__all__ = [
    "Origin",
    "RunRecord",
    "RunState",
    "Storage",
    "annotate",
    "delete",
    "find_run",
    "keep_run",
    "kept_runs",
    "list_runs",
    "load_run",
    "provenance_of",
    "purge",
    "rename",
    "set_tags",
    "star",
    "storage",
    "undelete",
]
