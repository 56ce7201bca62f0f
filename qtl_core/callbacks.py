"""What long work (downloads, unpacking, reading folders) is given to report to and to be stopped by."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[int, int], None]  # (done, total), in the unit the work names; total 0 while it is unknown
ShouldStop = Callable[[], bool]

LOOK_EVERY = 0.1  # seconds between two looks at should_stop where work has to wait: a stop is felt at once


def no_progress(done: int, total: int) -> None:
    """Reports to nobody."""


def never_stop() -> bool:
    """Lets the work run to its end."""
    return False
