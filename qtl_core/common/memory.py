"""Memory of processes and kept views, and a bound that keeps a worker from taking the whole machine down with it."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from pathlib import Path

from qtl_core.common.environment import number_in

WORKER_VARIABLE = "QTL_WORKER_MB"
MEMORY_SHARE = (
    0.8  # of the machine's memory that one worker may fill: beyond it the system would begin to end processes
)
CONTAINER_LIMITS = (  # where Linux says how much a container may fill: of control groups of today, and of the first
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
GIVE_WAY = 500  # oom_score_adj, -1000 to 1000: where memory runs out all the same, a worker goes before the server


def resident_bytes(pid: int) -> int | None:
    """Returns how much memory a process has in use, or None where the system does not say (only Linux does)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def machine_bytes() -> int | None:
    """Returns the memory there is for all of the app, that of its container if it is in one; None if not known."""
    try:
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
    for limit in CONTAINER_LIMITS:
        with contextlib.suppress(OSError, ValueError):  # "max", or more than there is, where it has no limit
            found = min(found, int(limit.read_text()))
    return found


def worker_megabytes() -> int:
    """Returns how much memory a worker may take, as `QTL_WORKER_MB` says; 0 for the usual share of the machine's."""
    return number_in(WORKER_VARIABLE, 0, least=0, instead=f"{MEMORY_SHARE:.0%} of the memory")


def bound_own_memory() -> None:
    """Limits this process's memory, so that too much asked for is a `MemoryError` here and not the system's rescue.

    `QTL_WORKER_MB` says how much it may take, for a class on a small machine; usually that is `MEMORY_SHARE` of the
    memory.
    """
    if sys.platform != "linux":
        return
    import resource

    most = worker_megabytes() * 2**20 or int(MEMORY_SHARE * (machine_bytes() or 0))
    with contextlib.suppress(OSError, ValueError):
        if most:
            resource.setrlimit(resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(GIVE_WAY))


def bytes_of(value: object) -> int:
    """Returns how much an immutable view weighs, or 0 for one that cannot be measured."""
    arrays = 0

    def count(buffer: pickle.PickleBuffer) -> None:
        nonlocal arrays
        arrays += buffer.raw().nbytes

    try:
        return len(pickle.dumps(value, protocol=5, buffer_callback=count)) + arrays
    except Exception:  # whatever a view holds that cannot be packed
        return 0
