"""The one way in which folders are looked through: what a person sees in them, and which links are followed.

Hidden and system files are not seen at all. A link is followed within the folder that was named and nowhere else; one
that leads out, in a circle or to nothing is listed as skipped, with its reason.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qtl_core.common.errors import Unavailable, UserError
from qtl_core.common.paths import in_text
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.sources.dataset import SkippedFile
from qtl_core.pictures.sources.system_files import is_hidden

LAYOUT = "Lay the pictures out as train/<class>/ and val/<class>/, or as <class>/ alone, with two or more classes."
LOCAL_PATH_HINT = "Give the path of a folder on the computer that runs this app, such as /home/me/photos."
HOMELESS = "There is no such home folder on this computer."
LINK_OUTSIDE = "It is a link that leads out of the folder."
CIRCLE = "It is a link that leads in a circle."
NOWHERE = "It is a link to nothing."
LINK_TO_PARENT = "It is a link to a folder that it lies in."
LINK_TO_SIBLING = "It is a link to a folder; what lies in that one is read there."


@dataclass(frozen=True)
class Listing:
    """The contents of one folder as a person sees them, each kind by name (the order of torchvision's ImageFolder).

    Attributes:
        folders, files: Those that can be looked into.
        skipped: The others, each with its reason.
    """

    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()


def listing(folder: Path, root: Path) -> Listing:
    """Looks into one folder.

    Args:
        folder: The folder.
        root: The folder that was named, out of which no link is followed.

    Raises:
        UserError: It is not there, is no folder, or cannot be read.
    """
    folders: list[Path] = []
    files: list[Path] = []
    skipped: list[SkippedFile] = []
    for entry in _seen(folder):
        path, kind = folder / entry.name, _kind(entry, root)
        if isinstance(kind, Unavailable):
            skipped.append(SkippedFile(Path(in_text(path)), kind.why))
        else:
            (folders if stat.S_ISDIR(kind) else files).append(path)
    return Listing(tuple(folders), tuple(files), tuple(skipped))


def files_below(folder: Path) -> Iterator[Path | SkippedFile]:
    """Yields every file below a folder, by path, and what is skipped on the way; each folder is looked into once.

    Raises:
        UserError: The folder itself cannot be read.
    """
    yield from _below(listing(folder, folder), folder)


def _below(found: Listing, root: Path) -> Iterator[Path | SkippedFile]:
    skipped = {each.path: each for each in found.skipped}
    for path in sorted((*found.folders, *found.files, *skipped)):
        if path in skipped:
            yield skipped[path]
        elif path not in found.folders:
            yield path
        elif path.is_symlink():
            yield SkippedFile(path, LINK_TO_SIBLING)
        else:
            try:
                inside = listing(path, root)
            except UserError as error:
                yield SkippedFile(path, error.why)
                continue
            yield from _below(inside, root)


def _seen(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not is_hidden(entry.name)]
    except (OSError, ValueError) as error:
        do = LAYOUT
        if isinstance(error, FileNotFoundError | ValueError):
            do = LOCAL_PATH_HINT
        elif isinstance(error, PermissionError):
            do = "Allow the user that runs this app to read it, or give another folder."
        raise UserError(f"The folder {folder} cannot be read.", reason_of(error), do) from error
    return sorted(entries, key=lambda entry: entry.name)


def _kind(entry: os.DirEntry[str], root: Path) -> int | Unavailable:
    """Returns the mode of a file or folder to look into, or why it is skipped."""
    try:
        if entry.is_symlink() and (fault := _fault(Path(entry.path), root)):
            return Unavailable(fault)
        mode = entry.stat().st_mode
    except OSError as error:
        return Unavailable(_in_words(error))
    if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
        return mode
    return Unavailable("It is not a file.")  # a pipe, a device: opening it might never return


def _fault(link: Path, root: Path) -> str:
    """Returns why a link is not followed, or ""."""
    real = os.path.realpath(link, strict=True)
    inside = Path(real).is_relative_to(os.path.realpath(root))
    if Path(os.path.realpath(link.parent)).is_relative_to(real):
        return LINK_TO_PARENT
    return "" if inside else LINK_OUTSIDE


def _in_words(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return CIRCLE
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return NOWHERE
    return f"It cannot be looked at. {reason_of(error)}"
