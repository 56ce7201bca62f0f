"""One list of what is in an archive, from its entries as they come; the same rules for zips and for tars."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ProgressCallback, ShouldStop
from qtl_core.pictures.archives.entry_names import plain, why_not
from qtl_core.pictures.archives.scan import HEAD_BYTES, MOST_TABLES, Scan, ScannedFile, fault_of, is_table

LINK = "It is a link, not a file."
NO_FILE = "It is not a file."
TWICE = "Another file of this name is in the archive, too; the first is taken."


@dataclass(frozen=True)
class ArchiveEntry:
    """An entry of an archive.

    Attributes:
        path: What identifies it in the archive.
        name: Its name as `entry_names.readable` gives it.
        is_hidden: Whether a system or a program put it there.
        is_folder: Whether it is a folder, named by itself.
        size: Its bytes, unpacked.
        why_no_file: Why it is no file that can be read, such as a link, or "".
        read: Returns up to so many of its first bytes, or a sentence on why they cannot be had.
    """

    path: str
    name: str
    is_hidden: bool
    is_folder: bool
    size: int
    why_no_file: str
    read: Callable[[int], bytes | str]


def list_entries(
    entries: Iterable[ArchiveEntry], progress: ProgressCallback, should_stop: ShouldStop, total: int = 0
) -> Scan:
    """Lists an archive, and reads the beginning of each file, or all of what may be a table, before the next entry.

    Args:
        entries: In the archive's order.
        progress: Called with entries looked at and `total`.
        should_stop: Looked at before every entry.
        total: How many entries there are, 0 where that is not known.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    listing = _Listing()
    for number, entry in enumerate(entries, start=1):
        if should_stop():
            raise StoppedByUser
        progress(number, total)
        listing.add(entry)
    return Scan(tuple(listing.files), tuple(listing.folders), tuple(listing.hidden), tuple(listing.skipped))


class _Listing:
    """A scan in the making."""

    def __init__(self) -> None:
        self.files: list[ScannedFile] = []
        self.folders: list[str] = []
        self.hidden: list[str] = []
        self.skipped: list[tuple[str, str]] = []
        self.seen: set[str] = set()
        self.tables = 0

    def add(self, entry: ArchiveEntry) -> None:
        name = plain(entry.name)
        if entry.is_hidden:
            self.hidden += [] if entry.is_folder else [entry.name]
        elif reason := why_not(entry.name):
            self.skipped.append((entry.name, reason))
        elif entry.is_folder:
            self.folders.append(name)
        elif reason := entry.why_no_file or (TWICE if name in self.seen else ""):
            self.skipped.append((name, reason))
        else:
            self.seen.add(name)
            self._add_file(entry, name)

    def _add_file(self, entry: ArchiveEntry, name: str) -> None:
        may_be_table = self.tables < MOST_TABLES and is_table(name, entry.size)
        self.tables += may_be_table
        found = entry.read(entry.size if may_be_table else HEAD_BYTES)
        if isinstance(found, str):
            self.skipped.append((name, found))
            return
        fault = fault_of(found[:HEAD_BYTES], entry.size)
        self.files.append(ScannedFile(entry.path, name, fault, found if may_be_table else b""))
