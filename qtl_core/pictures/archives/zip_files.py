"""Reads zips: files are counted before they are listed, listed before they are read, and never written by name."""

from __future__ import annotations

import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.progress import ProgressCallback, ShouldStop
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.archives.entry_names import encoding_note, encoding_of, readable
from qtl_core.pictures.archives.listing import LINK, NO_FILE, ArchiveEntry, list_entries
from qtl_core.pictures.archives.scan import FILES, MOST_BYTES, MOST_FILES, Scan
from qtl_core.pictures.fetching.unpack import MAX_RATIO
from qtl_core.pictures.sources.system_files import is_hidden_path

DAMAGED_ENTRY = "It is damaged in the archive, or packed in a way that is not read here."
LOCKED = "It is locked with a password."
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_END_64, _LOCATOR, _LOCATOR_SIZE = b"PK\x06\x06", b"PK\x06\x07", 20
_ENTRY_BYTES = 46  # of one in the list, without its name
_LARGEST_LIST = MOST_FILES * (_ENTRY_BYTES + 300)  # bytes
_LOCAL_BYTES = 30  # before a file's name
_UNICODE_NAME = 0x7075  # an extra field: the name in UTF-8, and the checksum of the name it is for
_FAULTS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError, RuntimeError)
_MEGABYTE = 1 << 20


def scan_zip(file: Path, name: str, progress: ProgressCallback, should_stop: ShouldStop) -> Scan:
    """Lists what is in a zip.

    Raises:
        UserError: It is damaged, cut short, one part of several, too large, or dangerous.
        StoppedByUser: `should_stop` said so.
    """
    try:
        _check_end(file, name)
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_all(entries, name)
            named = _named(entries)
            scan = list_entries(_entries(archive, named), progress, should_stop, len(named))
            return replace(scan, notes=tuple(filter(None, {each.note for each in named})))
    except _FAULTS as error:
        raise refused(name, "It is damaged, or cut short.", "Copy or download it again.") from error
    except OSError as error:
        raise refused(name, reason_of(error)) from error


def zip_contents(file: Path, name: str, wanted: Collection[str], most: int) -> Iterator[tuple[str, bytes | str]]:
    """Yields path and content of the wanted files; a sentence in place of the content where it cannot be had.

    Args:
        file: The zip.
        name: What people call it.
        wanted: Paths as `scan_zip` gives them.
        most: Bytes of one file; the content of a larger one ends there.

    Raises:
        UserError: It is not there any more, or not the same.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            for each in _named(archive.infolist()):
                if each.path in wanted:
                    yield each.path, _content(archive, each.entry, most)
    except (*_FAULTS, OSError) as error:
        raise refused(name, "It was changed, or taken away, since it was looked through.", "Open it again.") from error


def refused(name: str, why: str, do: str = "Nothing of it was kept.") -> UserError:
    """Returns the error on an archive that is not opened."""
    return UserError(f"{name} cannot be opened.", why, do)


@dataclass(frozen=True)
class _Named:
    """An entry, its path as it identifies it, and as people read it."""

    entry: zipfile.ZipInfo
    path: str
    name: str
    note: str
    is_hidden: bool


def _named(entries: list[zipfile.ZipInfo]) -> list[_Named]:
    raw = {id(entry): _raw(entry) for entry in entries}
    encoding = encoding_of([name for name in raw.values() if name is not None])
    found = []
    for number, entry in enumerate(entries):
        written = raw[id(entry)]
        name = entry.filename if written is None else written.decode(encoding, "replace")
        path = f"{number}:{entry.filename}"
        found.append(_Named(entry, path, readable(name), encoding_note(encoding), is_hidden_path(name)))
    return found


def _raw(entry: zipfile.ZipInfo) -> bytes | None:
    """Returns a name's bytes where the zip does not say how they are written; None where it does."""
    if entry.flag_bits & 0x800:
        return None
    written = entry.orig_filename.encode("cp437", "replace")
    told = _unicode_name(entry.extra, written)
    if told is not None:
        entry.filename = told
    return None if told is not None else written


def _unicode_name(extra: bytes, written: bytes) -> str | None:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        content = extra[at + 4 : at + 4 + length]
        if kind == _UNICODE_NAME and len(content) > 5 and content[1:5] == zlib.crc32(written).to_bytes(4, "little"):
            return content[5:].decode("utf-8", "replace")
        at += 4 + length
    return None


def _check_end(file: Path, name: str) -> None:
    """Looks at a zip's last bytes by hand, so that a list of millions of entries is never even read."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        stream.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT - _LOCATOR_SIZE))
        tail = stream.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) - at < _END_SIZE:
            raise refused(name, "It is damaged, or cut short.", "Copy or download it again.")
        disk, first_disk, _, count, length = struct.unpack_from("<HHHHI", tail, at + 4)
        if disk not in (0, 0xFFFF) or first_disk not in (0, 0xFFFF):
            raise refused(name, "It is one part of an archive in several files.", "Put them together, as one zip.")
        if tail[at - _LOCATOR_SIZE : at - _LOCATOR_SIZE + 4] == _LOCATOR:
            stream.seek(int.from_bytes(tail[at - _LOCATOR_SIZE + 8 : at - _LOCATOR_SIZE + 16], "little"))
            long = stream.read(56)
            if long.startswith(_END_64) and len(long) == 56:
                count, length = struct.unpack_from("<QQ", long, 32)
    if count > MOST_FILES or length > _LARGEST_LIST:
        raise refused(name, f"It holds {max(count, length // (_ENTRY_BYTES + 300)):,} files; up to {FILES}.")


def _check_all(entries: list[zipfile.ZipInfo], name: str) -> None:
    """Looks at all entries before the first is read."""
    if len(entries) > MOST_FILES:
        raise refused(name, f"It holds {len(entries):,} files; up to {FILES}.")
    total, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if total > MOST_BYTES:
        raise refused(name, f"It would take {total / 1e9:,.1f} GB unpacked; up to {MOST_BYTES / 1e9:.1f} GB are read.")
    if total > MAX_RATIO * max(packed, _MEGABYTE):
        raise refused(name, f"It would grow from {packed:,} to {total:,} bytes, as no archive of pictures does.")
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise refused(name, "Files in it overlap, as in an archive that is made to fill a disk.")
        end = entry.header_offset + _LOCAL_BYTES + entry.compress_size


def _entries(archive: zipfile.ZipFile, named: list[_Named]) -> Iterator[ArchiveEntry]:
    for each in named:
        yield ArchiveEntry(
            each.path,
            each.name,
            each.is_hidden,
            each.name.endswith("/"),
            each.entry.file_size,
            _why_no_file(each.entry),
            partial(_content, archive, each.entry),
        )


def _why_no_file(entry: zipfile.ZipInfo) -> str:
    mode = stat.S_IFMT(entry.external_attr >> 16)
    if stat.S_ISLNK(mode):
        return LINK
    if mode not in (0, stat.S_IFREG):
        return NO_FILE
    return LOCKED if entry.flag_bits & 0x1 else ""


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | str:
    """Returns an entry's first bytes, or why they cannot be had; its checksum is looked at if all of it is read."""
    try:
        with archive.open(entry) as stream:
            found = stream.read(most)
            if len(found) == entry.file_size:
                stream.read(1)  # the checksum is compared at the end
            return found
    except (*_FAULTS, OSError):
        return DAMAGED_ENTRY


def is_part_of_several(name: str) -> bool:
    """Returns whether a file's name is that of one part of a zip in several files: pets.z01, pets.zip.001."""
    return bool(re.search(r"\.(z\d\d|zip\.\d{3})$", name.lower()))
