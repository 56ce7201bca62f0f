"""The niceness of a process, by which it stands back behind others: pages stay quick while every core is busy."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_AUTOGROUP = Path("/proc/self/autogroup")


def stand_back(niceness: int) -> None:
    """Has this process, and what it starts from now on, wait for the processor behind others.

    Linux may share the processor among sessions first ("autogroup"), and then niceness counts within a session only:
    so a process in a session of its own, as workers are, has to make its whole session nice.

    Args:
        niceness: Added to the process's niceness, which ends at 19.
    """
    if not hasattr(os, "nice"):
        return
    with contextlib.suppress(OSError):
        niceness = os.nice(niceness)
    if os.getsid(0) == os.getpid() and _AUTOGROUP.exists():
        with contextlib.suppress(OSError):  # a container may forbid it
            _AUTOGROUP.write_text(str(niceness))


def stand_back_to(niceness: int) -> None:
    """Does what `stand_back` does until this process is so nice; one that is nicer already stays as it is."""
    stand_back(max(0, niceness - os.nice(0)) if hasattr(os, "nice") else 0)
