"""The machine and the libraries that the figures were measured with."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("torch", "torchvision", "pennylane", "pennylane-lightning", "numba", "numpy", "pillow")


def facts(command: str) -> dict[str, str]:
    """Returns machine, versions, date and command, by name; asked at the end, `load` is the last minutes' own."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "command": f"`{command}`",
        "processor": f"{_processor()}, {cores()} cores for this process",
        "system": platform.platform(),
        "Python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def load() -> float:
    """Returns how many processes wanted a core over the last minute (0 where the system does not say)."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def cores() -> int:
    """Returns how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
