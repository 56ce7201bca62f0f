"""One at a time: the same file asked for by two threads or two processes is fetched once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qtl_core.callbacks import LOOK_EVERY, ShouldStop
from qtl_core.errors import StoppedByUser, UserError


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
        while not _taken(lock):
            if should_stop():
                raise StoppedByUser
    except OSError as error:
        raise UserError(
            f"Nothing can be kept in {target.parent}.",
            f"The system says: {error.strerror or error}.",
            "Make the folder writable, or set the environment variable QTL_HOME to one that is.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=LOOK_EVERY)
    except Timeout:
        return False
    return True
