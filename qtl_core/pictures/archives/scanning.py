"""One list of files of whatever people bring, by what it is and not by what it is called."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from qtl_core.common.progress import ProgressCallback, ShouldStop
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.archives.loose_files import file_contents, folder_contents, scan_files, scan_folder
from qtl_core.pictures.archives.plan import Source
from qtl_core.pictures.archives.scan import Scan
from qtl_core.pictures.archives.tar_files import PACKED, is_tar, scan_tar, tar_contents
from qtl_core.pictures.archives.zip_files import is_part_of_several, refused, scan_zip, zip_contents
from qtl_core.pictures.decoding.signatures import kind_of, what_instead

HEAD = 4096
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_SPLIT_MARK = b"PK\x07\x08"
_OTHER_ARCHIVES = {b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7z archive"}
PACK_AGAIN = "Unpack it, and pack the folder as a zip."


def scanned(source: Source, progress: ProgressCallback, should_stop: ShouldStop) -> Scan:
    """Lists what is in a source.

    Raises:
        UserError: It cannot be read, or not safely.
        StoppedByUser: `should_stop` said so.
    """
    if source.path is None:
        return scan_files(source.files, progress, should_stop)
    if source.path.is_dir():
        return scan_folder(source.path, progress, should_stop)
    if _kind(source.path, source.name) == "tar":
        return scan_tar(source.path, source.name, progress, should_stop)
    return scan_zip(source.path, source.name, progress, should_stop)


def contents(source: Source, wanted: Collection[str], most: int) -> Iterator[tuple[str, bytes | str]]:
    """Yields path and content of the wanted files, one after another; see `zip_files.zip_contents`.

    Raises:
        UserError: The source is not there any more, or was changed.
    """
    if source.path is None:
        return file_contents(source.files, wanted, most)
    if source.path.is_dir():
        return folder_contents(source.path, wanted, most)
    if _kind(source.path, source.name) == "tar":
        return tar_contents(source.path, source.name, wanted, most)
    return zip_contents(source.path, source.name, wanted, most)


def _kind(file: Path, name: str) -> str:
    """Returns "zip" or "tar".

    Raises:
        UserError: It is something else; says what.
    """
    if file.exists() and not file.is_file():  # a device, a pipe: reading might never end
        raise refused(name, "It is neither a file nor a folder.", "Give a zip, a tar, or a folder of pictures.")
    try:
        with file.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        raise refused(name, reason_of(error)) from error
    if head.startswith(_ZIP_MARKS) and not is_part_of_several(name):
        return "zip"
    if head.startswith(_SPLIT_MARK) or is_part_of_several(name):
        raise refused(name, "It is one part of an archive in several files.", "Put them together, as one zip.")
    if is_tar(file, head):
        return "tar"
    if kind := next((kind for mark, kind in _OTHER_ARCHIVES.items() if head.startswith(mark)), ""):
        raise refused(name, f"It is {kind}, whatever it is called, which is not read here.", PACK_AGAIN)
    if head.startswith(PACKED):
        raise refused(name, "It is one packed file, not an archive of pictures, or it is damaged.", PACK_AGAIN)
    if kind_of(head):
        raise refused(name, "It is a picture, not an archive.", "Add it to a class.")
    if not head:
        raise refused(name, "The file is empty.", "Copy or download it again.")
    if zipfile.is_zipfile(file):  # behind a program that unpacks it
        return "zip"
    raise refused(name, _what(head), "Give a zip of pictures, with a folder for each class.")


def _what(head: bytes) -> str:
    told = what_instead(head)
    return "It is no archive, or a damaged one." if "kind read here" in told else told
