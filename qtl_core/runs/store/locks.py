"""Locks of runs being written: their process holds one, which the system lets go of however the process ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qtl_core.common.errors import UserError
from qtl_core.runs.store.layout import LOCK, run_folder

if sys.platform != "win32":
    import fcntl

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
    file = run_folder(run_id) / LOCK
    if sys.platform == "win32":
        return _is_taken(file)
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two that look do not see each other
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _is_taken(file: Path) -> bool:
    if not file.exists():
        return False
    try:
        with FileLock(file).acquire(timeout=0):
            return False
    except (Timeout, OSError):
        return True


@contextmanager
def store_lock(file: Path, patience: float) -> Iterator[None]:
    """Holds a lock on which all processes that use a store wait for each other.

    Raises:
        Timeout: It was not to be had in so many seconds.
        OSError: It cannot be written.
    """
    with FileLock(file).acquire(timeout=patience, poll_interval=0.01):
        yield
