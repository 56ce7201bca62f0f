"""Tells a zip file of pictures from a run's file, so that whoever brings it hears where it belongs."""

from __future__ import annotations

from collections.abc import Iterator

from qtl_core.datasets.seeking import SUFFIXES
from qtl_core.datasets.system_files import is_hidden_path

TAIL = 1 << 20  # bytes at the end of a file that are looked through: the names of 10,000 entries
ENTRY, LOCAL = b"PK\x01\x02", b"PK\x03\x04"  # before each entry in a zip file's list, and before the first file itself
NAME_LENGTH, NAME = {ENTRY: 28, LOCAL: 26}, {ENTRY: 46, LOCAL: 30}
LONGEST = 4096  # bytes of a name


def holds_pictures(content: bytes) -> bool:
    """Whether a zip file, be it damaged, holds pictures that people see; nothing is unpacked, and no list is built."""
    return any(map(_is_picture, _names(content)))


def _names(content: bytes) -> Iterator[str]:
    if content.startswith(LOCAL):
        yield _name(content, LOCAL)
    tail = content[-TAIL:]
    at = tail.find(ENTRY)
    while at >= 0:
        yield _name(tail[at : at + NAME[ENTRY] + LONGEST], ENTRY)
        at = tail.find(ENTRY, at + len(ENTRY))


def _name(header: bytes, kind: bytes) -> str:
    length = int.from_bytes(header[NAME_LENGTH[kind] : NAME_LENGTH[kind] + 2], "little")
    return header[NAME[kind] : NAME[kind] + min(length, LONGEST)].decode("utf-8", "replace")


def _is_picture(name: str) -> bool:
    return name.lower().endswith(tuple(SUFFIXES)) and not is_hidden_path(name)
