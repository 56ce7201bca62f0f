"""Files of a data folder that lies elsewhere by now: a home that was moved, or restored on another machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from qtl_core.common.paths import search_roots

FOLDERS = ("datasets", "own_data")  # those of a data folder that pictures lie in


def found_again(files: tuple[str, ...]) -> tuple[str, ...]:
    """Returns files where they lie now, those that were written down together; as they are if none of it is here."""
    if not files or _is_there(Path(files[0])):
        return files
    first = _parts(files[0])
    for start, root in _places(first):
        if _is_there(root.joinpath(*first[start:])):
            return tuple(_below(root, file, first[:start]) for file in files)
    return files


def _places(parts: list[str]) -> Iterator[tuple[int, Path]]:
    """Yields from which part on a path may hold within a data folder of today, and that folder."""
    for start in (index for index, part in enumerate(parts[:-1]) if part in FOLDERS):
        yield from ((start, root) for root in search_roots())


def _below(root: Path, file: str, old_root: list[str]) -> str:
    parts = _parts(file)
    is_moved = parts[: len(old_root)] == old_root
    return str(root.joinpath(*parts[len(old_root) :])) if is_moved else file


def _parts(file: str) -> list[str]:
    return re.split(r"[\\/]", file)  # whichever system it was written down on


def _is_there(file: Path) -> bool:
    try:
        return file.is_file()
    except (OSError, ValueError):  # a name that no system takes
        return False
