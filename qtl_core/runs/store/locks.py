"""Locks of runs being written: their process holds one, which the system lets go of however the process ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qtl_core.common.errors import UserError
from qtl_core.common.file_lock import is_held
from qtl_core.runs.store.layout import LOCK, run_folder

TIMEOUT_SECONDS = 2.0  # seconds for a process that is ending, or only looks who writes, to let go


class RunLocked(UserError):
    """A run cannot be gone on with, because a living process is doing so already."""


def lock_run(run_id: str) -> FileLock:
    """Returns the lock of a run, taken; the run's folder must be there.

    Raises:
        RunLocked: Another process trains this run.
        OSError: Nothing can be written there.
    """
    lock = FileLock(run_folder(run_id) / LOCK)
    try:
        lock.acquire(timeout=TIMEOUT_SECONDS, poll_interval=0.01)
    except Timeout as error:
        raise RunLocked(
            f"The run {run_id} is being trained already.",
            "Another window or program goes on with it at this moment.",
            "Wait until it is over, or stop it there.",
        ) from error
    return lock


def is_locked(run_id: str) -> bool:
    """Returns whether a living process trains this run."""
    return is_held(run_folder(run_id) / LOCK)


@contextmanager
def store_lock(file: Path, patience: float) -> Iterator[None]:
    """Holds a lock on which all processes that use a store wait for each other.

    Raises:
        Timeout: It was not to be had in so many seconds.
        OSError: It cannot be written.
    """
    with FileLock(file).acquire(timeout=patience, poll_interval=0.01):
        yield
