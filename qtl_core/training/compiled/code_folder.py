"""The folder in which compiled code is kept from one start to the next; asking for it needs no numba."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.paths import usual_home, writable

COMPLETE_MARK = "complete"  # a file in the folder that says everything is in it, with a hash of each file of code
CODE = "*.nbc"  # numba's files of machine code; what it finds them by (`.nbi`) grows when more is compiled later


@cache
def code_folder() -> Path | None:
    """Returns where to keep compiled code, or None where nothing can be kept.

    numba notices a change in the file of a function, but not in those of the functions it calls: so the folder is
    named after all of this package's source. It finds what it compiled by a file's place and time, so those are in the
    name too: a second copy of this code must not count as compiled. So is what compiles and for which processor, for a
    home shared by several machines or Pythons.

    Code that lies elsewhere on this machine is copied into home: that of `NUMBA_CACHE_DIR` where it cannot be written,
    as in an image (numba would not even read it there), and that of the usual home, where `make setup` compiles.
    Where home cannot be written, the latter is read in its place.
    """
    name = hashlib.sha256(f"{source_digest(Path(__file__).parent)} {_compiler()}".encode()).hexdigest()[:12]
    elsewhere = os.environ.get("NUMBA_CACHE_DIR")  # somebody wishes to have it there
    if elsewhere and _can_be_written(Path(elsewhere)):
        return Path(elsewhere, name)
    others = [Path(elsewhere, name)] if elsewhere else []
    if usual := usual_home():
        others.append(usual / "compiled" / name)
    try:
        folder = writable("compiled") / name
    except UserError:
        return next((other for other in others if is_whole(other) and _can_be_written(other)), None)
    for other in others:
        if not folder.exists():
            _copy_whole(other, folder)
    return folder


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _copy_whole(source: Path, folder: Path) -> None:
    """Copies a folder of code in which nothing is missing or damaged; of any other, nothing."""
    part = folder.with_name(f"{folder.name}.{os.getpid()}")
    with contextlib.suppress(OSError):  # another worker has done the same, or the disk is full: then it is compiled
        if is_whole(source):
            shutil.copytree(source, part)
            part.rename(folder)
    shutil.rmtree(part, ignore_errors=True)


def _compiler() -> str:
    """Returns what machine code depends on beside its source."""
    from llvmlite.binding import get_host_cpu_features, get_host_cpu_name  # of numba's two halves the quick one

    versions = (version("numba"), version("llvmlite"), sys.implementation.cache_tag)
    return " ".join((*versions, get_host_cpu_name(), get_host_cpu_features().flatten()))


def source_digest(package: Path) -> str:
    """Returns what differs for every change, copy and place of a folder's Python files."""
    digest = hashlib.sha256()
    for file in sorted(package.glob("*.py")):
        digest.update(f"{file} {file.stat().st_mtime_ns}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def is_compiled() -> bool:
    """Returns whether the compiled code lies on disk already, so that no other engine need stand in for long."""
    folder = code_folder()
    return folder is not None and is_whole(folder)


def is_whole(folder: Path) -> bool:
    """Returns whether all code that was compiled into a folder is there, to the last bit: it is run as it is."""
    try:
        return _is_as_marked(folder, (folder / COMPLETE_MARK).stat().st_mtime_ns)
    except OSError:
        return False


def mark_whole(folder: Path) -> None:
    """Says in a folder that everything is compiled and what it is; where that is said already, that it is used."""
    if is_whole(folder):
        (folder / COMPLETE_MARK).touch()
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{COMPLETE_MARK}.{os.getpid()}"
    part.write_text(json.dumps(_hashes(folder)), encoding="utf-8")
    part.replace(folder / COMPLETE_MARK)  # whole or not at all, whoever else reads it


def empty(folder: Path) -> None:
    """Removes all code from a folder: some of it is damaged or missing, and numba would load the rest unseen."""
    (folder / COMPLETE_MARK).unlink(missing_ok=True)
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)


@lru_cache(maxsize=4)  # five megabytes are read once for a mark, not at every question
def _is_as_marked(folder: Path, _marked_ns: int) -> bool:
    try:
        marked = json.loads((folder / COMPLETE_MARK).read_text(encoding="utf-8"))
    except ValueError:
        return False
    found = _hashes(folder)
    return bool(marked) and isinstance(marked, dict) and all(found.get(name) == marked[name] for name in marked)


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob(CODE))
    return {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
