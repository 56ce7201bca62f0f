"""The compiler's settings, and where compiled code is kept from one start to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from llvmlite.binding import get_host_cpu_name
from numba import config, njit

from qtl_core.common.errors import UserError
from qtl_core.common.paths import writable

# Sums may be reordered and multiply-adds fused, which vector code needs; NaN and infinity keep their meaning.
FLOAT_RULES = {"reassoc", "contract", "nsz"}


def _folder() -> Path | None:
    """Returns where to keep compiled code, or None where nothing can be kept.

    numba notices a change in the file of a function, but not in those of the functions it calls: so the folder is
    named after all of this package's source. It finds what it compiled by a file's place and time, so those are in the
    name too: a second copy of this code must not count as compiled. So is the processor, for a home shared by several
    machines.
    """
    source = source_digest(Path(__file__).parent)
    name = hashlib.sha256(f"{source} {numba.__version__} {get_host_cpu_name()}".encode()).hexdigest()[:12]
    if config.CACHE_DIR:  # NUMBA_CACHE_DIR: somebody wishes to have it elsewhere
        return Path(config.CACHE_DIR, name)
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


FOLDER = _folder()
if FOLDER is not None:
    config.CACHE_DIR = str(FOLDER)  # read when a function is decorated; an environment variable would be too late

OPTIONS = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": FLOAT_RULES,
    "cache": FOLDER is not None,
    "_nrt": False,
    "no_cfunc_wrapper": True,  # nobody calls from C; a wrapper for each function is an eighth of the compiler's time
}


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a function without the interpreter's lock, and keeps the result where that is possible.

    Arrays are not counted by their references (`_nrt`): with some sixty of them handed from kernel to kernel that took
    a third of the time, and threads that share features would wait for each other. Hence a kernel can neither
    make an array nor return one; numba refuses the first, nothing but this sentence the second.
    """
    return njit(**OPTIONS)(function)


def inner_jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a function that only other kernels call: without a way in from Python, which takes long to compile."""
    return njit(**OPTIONS, no_cpython_wrapper=True)(function)
