"""The list of files in a source, each judged by its first bytes; no pixel is decoded."""

from __future__ import annotations

import io
from dataclasses import dataclass

from qtl_core.pictures.decoding.limits import DAMAGED, UnreadablePicture
from qtl_core.pictures.decoding.open_picture import NOT_TRAINED_ON
from qtl_core.pictures.decoding.reading import MAX_BYTES, opened_picture
from qtl_core.pictures.decoding.signatures import kind_of, what_instead

MOST_FILES = 25_000  # a set holds fewer; what lies beside the pictures is counted, too
MOST_BYTES = 40 << 30  # unpacked; what a set may hold is looked at when pictures are added
HEAD_BYTES = 16_384  # of a file that are looked at: its kind, and the size of most
TABLES = (".csv", ".tsv", ".txt")
MANIFEST = "manifest.json"  # of a data set's own file; see `data_files`
LARGEST_TABLE = 8 << 20  # bytes of a list of labels
LARGEST_MANIFEST = 64 << 20  # bytes: 20,000 pictures with the longest names take 40 million
MOST_TABLES = 20
FILES = f"{MOST_FILES:,} files are looked at"


@dataclass(frozen=True)
class ScannedFile:
    """A file of a source.

    Attributes:
        path: Its path in the source, as the source writes it.
        name: The same as people read it: forward slashes, letters in one spelling.
        fault: Why it is no picture that can be used, a sentence; "" for a picture, as far as its beginning tells.
        table: Its content where it may be a list of labels.
    """

    path: str
    name: str
    fault: str = ""
    table: bytes = b""


@dataclass(frozen=True)
class Scan:
    """All that is in a source.

    Attributes:
        files: Those that could be read, in the source's order.
        folders: Folders that are named by themselves, also empty ones.
        hidden: Files that systems and programs put there.
        skipped: (name, reason) of what is no file that can be read: links, locked files, names that lead out.
        notes: What else there is to say.
    """

    files: tuple[ScannedFile, ...]
    folders: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def is_table(name: str, size: int) -> bool:
    """Returns whether a file may be a list of labels or the manifest of a data set's own file, by its name."""
    if name == MANIFEST:
        return 0 < size <= LARGEST_MANIFEST
    return name.lower().endswith(TABLES) and 0 < size <= LARGEST_TABLE


def fault_of(head: bytes, size: int) -> str:
    """Returns why a file is no picture that can be used, as far as its first bytes tell; "" if they tell nothing.

    Args:
        head: The first `HEAD_BYTES` of it.
        size: How many bytes it has.
    """
    kind = kind_of(head)
    if not kind:
        return what_instead(head)
    if kind == "GIF":
        return NOT_TRAINED_ON
    if size > MAX_BYTES:
        return f"The file is larger than the {MAX_BYTES >> 20} MB that are read here."
    try:
        opened_picture(io.BytesIO(head))
    except UnreadablePicture as error:
        return "" if str(error) == DAMAGED and size > len(head) else str(error)  # what tells may be farther behind
    return ""
