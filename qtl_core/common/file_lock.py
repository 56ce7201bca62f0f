"""One at a time: the same file asked for by two threads or two processes is fetched once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import LOOK_EVERY, ShouldStop
from qtl_core.common.system_reasons import reason_of


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
