"""One at a time: the same file asked for by two threads or two processes is fetched once; and who else is at it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import LOOK_EVERY, ShouldStop
from qtl_core.common.system_reasons import reason_of

if sys.platform != "win32":
    import fcntl


@contextmanager
def locked(target: Path, should_stop: ShouldStop) -> Iterator[None]:
    """Holds the lock of `target`, waiting for whoever else holds it; makes the folder it lies in.

    The operating system lets go of the lock when a process dies, so a crash leaves nothing to clean up by hand.

    Raises:
        UserError: The folder cannot be written.
        StoppedByUser: `should_stop` said so while waiting.
    """
    lock = FileLock(target.with_name(f".{target.name}.lock"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(poll_interval=LOOK_EVERY, cancel_check=should_stop)
    except Timeout as error:  # there is no other limit than `should_stop`
        raise StoppedByUser from error
    except OSError as error:
        raise UserError(
            f"Nothing can be kept in {target.parent}.",
            reason_of(error),
            "Make the folder writable, or set the environment variable QTL_HOME to one that is.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_held(file: Path) -> bool:
    """Returns whether a living process holds this file as its lock."""
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
