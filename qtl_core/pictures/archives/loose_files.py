"""Reads folders of this computer, and files that a browser sent one by one with their paths below a dropped folder."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.paths import check_may_read, in_text
from qtl_core.common.progress import ProgressCallback, ShouldStop
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.archives.entry_names import plain, readable, why_not
from qtl_core.pictures.archives.scan import (
    FILES,
    HEAD_BYTES,
    MOST_FILES,
    MOST_TABLES,
    Scan,
    ScannedFile,
    fault_of,
    is_table,
)
from qtl_core.pictures.sources.dataset import SkippedFile
from qtl_core.pictures.sources.dataset_search import is_named_as_picture
from qtl_core.pictures.sources.folder_walk import files_below
from qtl_core.pictures.sources.system_files import is_hidden_path

UNREADABLE_NAME = "Its name holds bytes that are no text; give it another one."


def scan_folder(folder: Path, progress: ProgressCallback, should_stop: ShouldStop) -> Scan:
    """Lists what is in a folder; links are followed within it only, and hidden files are not seen.

    Raises:
        UserError: It is not there, cannot be read, or holds too many files.
        StoppedByUser: `should_stop` said so.
    """
    check_may_read(folder)
    files: list[tuple[str, Path]] = []
    skipped: list[tuple[str, str]] = []
    for found in files_below(folder):
        if should_stop():
            raise StoppedByUser
        path = found.path if isinstance(found, SkippedFile) else found
        inside = path.relative_to(folder).as_posix()
        if isinstance(found, SkippedFile):
            skipped.append((in_text(inside), found.reason))
        elif in_text(inside) != inside:
            skipped.append((in_text(inside), UNREADABLE_NAME))
        else:
            files.append((inside, found))
        if len(files) > MOST_FILES:
            raise UserError(f"{folder.name} holds more than the {FILES}.", "", "Give a folder with fewer pictures.")
    below = [each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_dir()]
    folders = [each for each in below if not is_hidden_path(each)]
    scan = scan_files(files, progress, should_stop)
    return Scan(scan.files, tuple(map(in_text, folders)), scan.hidden, (*skipped, *scan.skipped))


def scan_files(files: Iterable[tuple[str, Path]], progress: ProgressCallback, should_stop: ShouldStop) -> Scan:
    """Lists files by their paths below a folder, as a browser tells them.

    Args:
        files: (path below the folder, where it lies now).
        progress: Told how many were looked at.
        should_stop: Looked at before every file.

    Raises:
        UserError: There are too many.
        StoppedByUser: `should_stop` said so.
    """
    files = list(files)
    if len(files) > MOST_FILES:
        raise UserError(f"These are {len(files):,} files; up to {FILES}.", "", "Drop fewer of them.")
    listed: list[ScannedFile] = []
    hidden: list[str] = []
    skipped: list[tuple[str, str]] = []
    tables = 0
    for number, (path, place) in enumerate(files, start=1):
        if should_stop():
            raise StoppedByUser
        progress(number, len(files))
        name = readable(path)
        if is_hidden_path(path):
            hidden.append(name)
        elif reason := why_not(name):
            skipped.append((name, reason))
        else:
            try:
                if place.exists() and not place.is_file():  # a device, a pipe: reading might never end
                    skipped.append((plain(name), "It is not a file."))
                    continue
                size = place.stat().st_size
                may_be_table = tables < MOST_TABLES and is_table(name, size)
                tables += may_be_table
                content = _beginning(place, size if may_be_table else HEAD_BYTES)
            except OSError as error:
                skipped.append((plain(name), f"It cannot be read. {reason_of(error)}"))
            else:
                fault = fault_of(content[:HEAD_BYTES], size)
                listed.append(ScannedFile(path, plain(name), fault, content if may_be_table else b""))
    return Scan(tuple(listed), (), tuple(hidden), tuple(skipped))


def scan_names(names: Iterable[str]) -> Scan:
    """Lists files of which nothing is known but their paths: pictures are those that are called so."""
    files: list[ScannedFile] = []
    hidden: list[str] = []
    skipped: list[tuple[str, str]] = []
    for path in names:
        name = readable(path)
        if is_hidden_path(path):
            hidden.append(name)
        elif reason := why_not(name):
            skipped.append((name, reason))
        else:
            is_picture = is_named_as_picture(Path(name)) or "." not in name.rpartition("/")[2]
            files.append(ScannedFile(path, plain(name), "" if is_picture else "It is not called as pictures are."))
    return Scan(tuple(files), (), tuple(hidden), tuple(skipped))


def file_contents(
    files: Iterable[tuple[str, Path]], wanted: Collection[str], most: int
) -> Iterator[tuple[str, bytes | str]]:
    """Yields path and content of the wanted files, or a sentence on why one cannot be read."""
    for path, place in files:
        if path in wanted:
            try:
                yield path, _beginning(place, most)
            except OSError as error:
                yield path, f"It cannot be read. {reason_of(error)}"


def folder_contents(folder: Path, wanted: Collection[str], most: int) -> Iterator[tuple[str, bytes | str]]:
    """Yields path and content of the wanted files of a folder, in the order of their paths."""
    yield from file_contents(((path, folder / path) for path in sorted(wanted)), wanted, most)


def _beginning(place: Path, most: int) -> bytes:
    with place.open("rb") as stream:
        return stream.read(most)
