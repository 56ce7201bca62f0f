"""The layout of kept runs on disk: one SQLite file for what tables show, and one folder a run beside it.

runs/store.sqlite
runs/<id>/weights-*.safetensors     best and last weights, the optimiser's memory
runs/<id>/predictions-*.f32         class probabilities of every validation picture, epoch after epoch
runs/<id>/test-*.f32                the same of every test picture, once training is over
runs/<id>/run.json                  a copy of all that the SQLite file says of the run
runs/<id>/lock                      held by the process that trains it
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from qtl_core.common import paths

ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
COPY, LOCK = "run.json", "lock"


def runs_folder() -> Path:
    """The folder of all runs; it need not exist yet."""
    return paths.home() / "runs"


def store_file() -> Path:
    """The SQLite file; it need not exist yet."""
    return runs_folder() / "store.sqlite"


def run_folder(run_id: str) -> Path:
    """The folder of one run; `run_id` must look like an identifier, so that nothing outside is ever meant."""
    if not ID.fullmatch(run_id):
        raise ValueError(f"{run_id!r} is no identifier of a run")
    return runs_folder() / run_id


def new_id() -> str:
    """Returns an identifier that no run has: the local time, and a random end for those of one second."""
    return time.strftime("%Y%m%d-%H%M%S-") + secrets.token_hex(3)


def time_of(run_id: str) -> float:
    """Returns when the run of this identifier began, in seconds since the epoch."""
    try:
        return time.mktime(time.strptime(run_id[:15], "%Y%m%d-%H%M%S"))
    except (ValueError, OverflowError):  # digits that are no date
        return 0.0


def folders_of_runs() -> Iterator[Path]:
    """Yields the folders that lie among the runs under a run's identifier, oldest first; none that lead elsewhere."""
    folder = runs_folder()
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        found = [entry.name for entry in entries if ID.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)]
    yield from (folder / name for name in sorted(found))
