"""The folder in which compiled code is kept from one start to the next; asking for it needs no numba."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.paths import writable

COMPLETE_MARK = "complete"  # a file in the folder that says everything is in it


@cache
def code_folder() -> Path | None:
    """Returns where to keep compiled code, or None where nothing can be kept.

    numba notices a change in the file of a function, but not in those of the functions it calls: so the folder is
    named after all of this package's source. It finds what it compiled by a file's place and time, so those are in the
    name too: a second copy of this code must not count as compiled. So is the processor, for a home shared by several
    machines.
    """
    from llvmlite.binding import get_host_cpu_name  # of numba's two halves the one that is quick to import

    source = source_digest(Path(__file__).parent)
    name = hashlib.sha256(f"{source} {version('numba')} {get_host_cpu_name()}".encode()).hexdigest()[:12]
    if elsewhere := os.environ.get("NUMBA_CACHE_DIR"):  # somebody wishes to have it elsewhere
        return Path(elsewhere, name)
    try:
        return writable(f"compiled/{name}")
    except UserError:
        return None


def source_digest(package: Path) -> str:
    """Returns what differs for every change, copy and place of a folder's Python files."""
    digest = hashlib.sha256()
    for file in sorted(package.glob("*.py")):
        digest.update(f"{file} {file.stat().st_mtime_ns}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def is_compiled() -> bool:
    """Returns whether the compiled code lies on disk already, so that no other engine need stand in for long."""
    folder = code_folder()
    return folder is not None and (folder / COMPLETE_MARK).exists()
