"""Reads tars, packed by gzip, bzip2 or xz or not: from the beginning to the end, and never more than is bounded."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from qtl_core.common.progress import ProgressCallback, ShouldStop
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.archives.entry_names import readable
from qtl_core.pictures.archives.listing import LINK, NO_FILE, ArchiveEntry, list_entries
from qtl_core.pictures.archives.scan import FILES, MOST_BYTES, MOST_FILES, Scan
from qtl_core.pictures.archives.zip_files import refused
from qtl_core.pictures.fetching.unpack import MAX_RATIO
from qtl_core.pictures.sources.system_files import is_hidden_path

_OPENERS: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
PACKED = tuple(_OPENERS)  # how a packed file begins
_TAR_MARK, _TAR_MARK_AT = b"ustar", 257
_FAULTS = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, ValueError)
_MEGABYTE = 1 << 20


class _TooMuch(Exception):
    """More came out of it than of any archive of pictures."""


class _Bounded(io.RawIOBase):
    """A stream that ends with an error after so many bytes."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        super().__init__()
        self.stream, self.left = stream, most

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        found = self.stream.read(_MEGABYTE if size is None or size < 0 else size)
        self.left -= len(found)
        if self.left < 0:
            raise _TooMuch
        return found


def is_tar(file: Path, head: bytes) -> bool:
    """Returns whether a file is a tar, or what is packed in it begins as one.

    Args:
        file: The file.
        head: Its first bytes.
    """
    if head[_TAR_MARK_AT:].startswith(_TAR_MARK):
        return True
    opener = _opener(head)
    if opener is None:
        return False
    try:
        with opener(file) as stream:
            return stream.read(512)[_TAR_MARK_AT:].startswith(_TAR_MARK)
    except (OSError, *_FAULTS):
        return False


def scan_tar(file: Path, name: str, progress: ProgressCallback, should_stop: ShouldStop) -> Scan:
    """Lists what is in a tar.

    Raises:
        UserError: It is damaged, cut short, too large, or dangerous.
        StoppedByUser: `should_stop` said so.
    """
    return list_entries(_entries(file, name), progress, should_stop)


def _entries(file: Path, name: str) -> Iterator[ArchiveEntry]:
    for number, (archive, member) in enumerate(_members(file, name), start=1):
        if number > MOST_FILES:
            raise refused(name, f"It holds more than the {FILES}.")
        yield ArchiveEntry(
            member.name,
            readable(member.name),
            is_hidden_path(member.name),
            member.isdir(),
            member.size,
            _why_no_file(member),
            partial(_content, archive, member),
        )


def tar_contents(file: Path, name: str, wanted: Collection[str], most: int) -> Iterator[tuple[str, bytes | str]]:
    """Yields path and content of the wanted files; see `zip_contents`."""
    left = set(wanted)
    for archive, member in _members(file, name):
        if member.name in left and not _why_no_file(member):
            left.discard(member.name)
            yield member.name, _content(archive, member, most)


def _opener(head: bytes) -> Callable[..., Any] | None:
    """Returns what unpacks a file that begins so, or None."""
    return next((opener for mark, opener in _OPENERS.items() if head.startswith(mark)), None)


def _members(file: Path, name: str) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    try:
        with file.open("rb") as plain_stream:
            head = plain_stream.read(8)
            plain_stream.seek(0)
            opener = _opener(head)
            stream = cast(IO[bytes], opener(plain_stream)) if opener else plain_stream
            most = min(MOST_BYTES, MAX_RATIO * max(file.stat().st_size, _MEGABYTE))
            with tarfile.open(fileobj=_Bounded(stream, most), mode="r|") as archive:
                for member in archive:
                    yield archive, member
    except _TooMuch as error:
        raise refused(name, "It would grow to more than any archive of pictures does.") from error
    except _FAULTS as error:
        raise refused(name, "It is damaged, or cut short.", "Copy or download it again.") from error
    except OSError as error:
        raise refused(name, reason_of(error)) from error


def _why_no_file(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return LINK
    return "" if member.isreg() else NO_FILE


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, most: int) -> bytes:
    stream = archive.extractfile(member)
    return stream.read(most) if stream else b""
