"""Unpacks a zip archive so that nothing in it can reach, fill or overwrite anything outside its folder.

Everything is written to a fresh folder beside the target and renamed in one step: after a stop, a crash or a bad
archive the target is as it was.
"""

from __future__ import annotations

import lzma
import re
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from pathlib import Path

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.sources.system_files import is_hidden_path

MAX_FILES = 25_000  # a folder of 20,000 pictures (folder.MAX_FILES) and what lies beside them
MAX_BYTES = 4 << 30  # 20,000 photos at 200 KB
MAX_RATIO = 100  # photos are packed already (about 1); a plain bitmap reaches 50, a bomb 1,000
CHUNK = 1 << 20
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError)


class _Refused(Exception):
    """The message is the sentence that says why."""


def unpack(
    archive: Path,
    target: Path,
    *,
    top: str = "",
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
) -> Path:
    """Unpacks `archive` into the new folder `target`.

    Args:
        archive: A zip file.
        target: The folder to make; it must not exist yet.
        top: The folder inside the archive that is to become `target`; by default the whole archive.
        progress: Called with bytes written and bytes in all.
        should_stop: Looked at after every mebibyte.

    Raises:
        UserError: No zip file, damaged, dangerous, too large, without `top`, disk full, target already there.
        StoppedByUser: `should_stop` said so.
    """
    failed = f"{archive.name} could not be unpacked."
    if target.exists():
        raise UserError(failed, f"{target} is already there.", "Move that folder away and try again.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{target.name}.", dir=target.parent, ignore_cleanup_errors=True
        ) as beside:
            content = Path(beside, "content")  # of ordinary permissions; the temporary folder is its owner's alone
            _extract(archive, content, progress, should_stop)
            _put_in_place(content / top, target)
    except _Refused as error:
        raise UserError(failed, str(error), "Nothing of it was kept.") from error
    except DAMAGED as error:
        raise UserError(failed, "It is no zip archive, or a damaged one.", "Fetch it again.") from error
    except OSError as error:
        raise UserError(failed, reason_of(error), "Nothing of it was kept.") from error
    return target


def _put_in_place(content: Path, target: Path) -> None:
    if not content.is_dir():
        raise _Refused(f'There is no folder "{content.name}" in it.')
    content.rename(target)


def _extract(archive: Path, folder: Path, progress: ProgressCallback, should_stop: ShouldStop) -> None:
    folder.mkdir()
    with zipfile.ZipFile(archive) as opened:
        _check(opened.infolist())  # also what is not written: the whole file is a stranger's
        entries = [entry for entry in opened.infolist() if not is_hidden_path(entry.filename)]
        total = sum(entry.file_size for entry in entries)
        done = 0
        for entry in entries:
            place = folder.joinpath(*entry.filename.split("/"))
            try:
                (place if entry.is_dir() else place.parent).mkdir(parents=True, exist_ok=True)
            except FileExistsError as error:
                raise _Refused(f"It holds a file where a folder should be, for {entry.filename!r}.") from error
            if not entry.is_dir():
                done = _write(opened, entry, place, done, total, progress, should_stop)


def _check(entries: list[zipfile.ZipInfo]) -> None:
    """Looks at every entry before the first is written."""
    if len(entries) > MAX_FILES:
        raise _Refused(f"It holds {len(entries)} files, more than {MAX_FILES}.")
    seen = set()
    for entry in entries:
        _check_entry(entry)
        # Case is folded, as two names that differ only in case are one file on Windows and macOS.
        # So is é, which can be written in two ways, on macOS.
        name = unicodedata.normalize("NFC", entry.filename.rstrip("/").casefold())
        if name in seen and not entry.is_dir():
            raise _Refused(f"It holds two files called {entry.filename!r}.")
        seen.add(name)
    total, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if total > MAX_BYTES:
        raise _Refused(f"It would take {total} bytes unpacked, more than {MAX_BYTES}.")
    if total > MAX_RATIO * max(packed, CHUNK):
        raise _Refused(f"It would grow from {packed} to {total} bytes, as no archive of pictures does.")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    # Backslashes separate folders on Windows; no archive made by the book has any.
    if re.match(r"/|[A-Za-z]:", name) or "\\" in name or ".." in name.split("/"):
        raise _Refused(f"The entry {name!r} would lead out of its folder.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _Refused(f"The entry {name!r} is a link, not a file.")
    if entry.flag_bits & 0x1:
        raise _Refused("It is locked with a password.")


def _write(
    opened: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    place: Path,
    done: int,
    total: int,
    progress: ProgressCallback,
    should_stop: ShouldStop,
) -> int:
    """Writes one file; zipfile itself ends at the size that was declared, and checks the CRC."""
    with opened.open(entry) as source, place.open("xb") as file:
        while chunk := source.read(CHUNK):
            if should_stop():
                raise StoppedByUser
            file.write(chunk)
            done += len(chunk)
            progress(done, total)
    return done
