"""Memory and open files of the server and its workers, as Linux tells it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Sample:
    """The app at one moment.

    Attributes:
        seconds: Since the first sample.
        server_mb, workers_mb: Resident memory.
        workers: How many worker processes there are.
        threads: Threads of the server.
        server_seconds: Processor time of the server so far.
        files: What the server holds open: files, pipes and connections.
    """

    seconds: float
    server_mb: float
    workers_mb: float
    workers: int
    threads: int
    files: int
    server_seconds: float


def server_of(parent: int, port: int | str = "") -> int:
    """Returns the process of the app that `parent` has started, on this port if there are several.

    Raises:
        LookupError: There is none.
    """
    for child in children(parent):
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"streamlit" in command and str(port).encode() in command.split(b"\0"):  # it ends with a nought: "" is in it
            return child
    raise LookupError("No app has been started.")


def sample(server: int, seconds: float) -> Sample:
    """Looks at a server and its workers."""
    workers = children(server)
    status = Path(f"/proc/{server}/status").read_text()
    return Sample(
        seconds=round(seconds, 1),
        server_mb=_megabytes(server),
        workers_mb=round(sum(map(_megabytes, workers)), 1),
        workers=len(workers),
        threads=int(status.partition("Threads:")[2].split()[0]),
        files=len(list(Path(f"/proc/{server}/fd").iterdir())),
        server_seconds=_processor_seconds(server),
    )


def children(parent: int) -> list[int]:
    """Returns the processes that `parent` has started and that still run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, mother = entry.read_text().rpartition(")")[2].split()[:2]
            if int(mother) == parent and state != "Z":
                found.append(int(entry.parent.name))
    return found


def is_running(pid: int) -> bool:
    """Returns whether a process of this number does anything any more."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> float:
    with contextlib.suppress(OSError):
        return round(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20, 1)
    return 0.0
