"""Says whether a copy of the ants-and-bees photos is the public archive, file by file.

The list of names and SHA-256 beside this file was made by `tools/make_manifest.py` from a complete copy.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from qtl_core.datasets.walk import files_below

MANIFEST = Path(__file__).with_name("hymenoptera_manifest.json")
NAMED = 3  # file names in a sentence; the rest is counted


@dataclass(frozen=True)
class Difference:
    """How a folder differs from the archive; each name is a path below the folder, with forward slashes."""

    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """Returns one plain sentence for each kind of difference, none where there is none."""
        kinds = (
            (self.missing, "of the public archive missing"),
            (self.changed, "that differ from the public archive"),
            (self.extra, "that the public archive does not have"),
        )
        return tuple(f"Files {said}: {_listed(names)}." for names, said in kinds if names)


def compare_with_manifest(folder: Path) -> Difference:
    """Compares every file below `folder`, hidden ones aside, with the manifest."""
    wanted = read_manifest()
    found = found_in(folder)
    shared = sorted(wanted.keys() & found.keys())
    return Difference(
        missing=tuple(sorted(wanted.keys() - found.keys())),
        changed=tuple(name for name in shared if sha256_of(found[name]) != wanted[name]),
        extra=tuple(sorted(found.keys() - wanted.keys())),
    )


def read_manifest() -> dict[str, str]:
    """Returns path below the folder -> SHA-256 in hexadecimal."""
    return json.loads(MANIFEST.read_text(encoding="utf-8"))["files"]


def found_in(folder: Path) -> dict[str, Path]:
    """Returns path below the folder -> file, of every file that a person sees there."""
    return {each.relative_to(folder).as_posix(): each for each in files_below(folder) if isinstance(each, Path)}


def sha256_of(path: Path) -> str:
    """Returns the file's SHA-256, or "" where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
