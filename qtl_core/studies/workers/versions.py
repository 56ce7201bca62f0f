"""Versions of what computes a run: a worker whose versions differ would give other numbers, and is refused."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import qtl_core

PACKAGES = ("numpy", "numba", "torch")


@cache
def versions() -> Mapping[str, str]:
    """Returns the versions here, by name; this program's holds the start of a hash of its source."""
    folder, digest = Path(qtl_core.__file__).parent, hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    ours = {"this program": f"{qtl_core.__version__} ({digest.hexdigest()[:8]})"}
    ours["Python"] = ".".join(platform.python_version_tuple()[:2])
    return ours | {name: version(name) for name in PACKAGES}


def difference(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """Returns how versions differ, as what follows "it has"; "" where they do not."""
    other = {name: theirs.get(name, "none") for name in ours if ours[name] != theirs.get(name)}
    return "; ".join(f"{name} {found} in place of {ours[name]}" for name, found in other.items())
