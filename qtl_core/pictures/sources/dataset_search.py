"""Finds the data set in a folder: the folder itself, or one that lies somewhere in it, as in unpacked archives.

What a folder is shows in what is in it: a class folder holds pictures, and a part (train, val) holds class folders. So
"train" beside "bus" and "plane" is a class, and beside "val" it is a part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from qtl_core.common.errors import UserError
from qtl_core.pictures.decoding.open_picture import check_picture
from qtl_core.pictures.sources.class_names import part_of
from qtl_core.pictures.sources.folder_walk import Listing, listing

DEEPEST = 6  # folders around a data set
MOST_FOLDERS = 3_000  # looked into for one: ImageNet has a thousand classes, a whole disk no end
LOOKED_AT = 8  # files of a folder that are opened where no name says that they are pictures
SUFFIXES = frozenset(
    [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif", ".heic", ".heif"]
)

# "loose": parts with pictures in them and no classes; "": nothing that can be told.
Kind = Literal["parts", "classes", "loose", ""]


class Tree(Protocol):
    """Folders and files that a data set is looked for in: on a disk, in an archive, or in a list of names."""

    def listing(self, folder: Path) -> Listing:
        """Returns what is in a folder.

        Raises:
            UserError: It cannot be read.
        """

    def is_picture(self, file: Path) -> bool:
        """Returns whether a file is a picture, whatever its name."""

    def is_link(self, folder: Path) -> bool:
        """Returns whether a folder is a link to another one."""


@dataclass(frozen=True)
class DiskTree:
    """A folder on this computer, out of which no link is followed."""

    root: Path

    def listing(self, folder: Path) -> Listing:
        """See `Tree`."""
        return listing(folder, self.root)

    def is_picture(self, file: Path) -> bool:
        """See `Tree`; what has no size, as in /proc, might never end."""
        try:
            return file.stat().st_size > 0 and check_picture(file) is None
        except OSError:  # gone just now
            return False

    def is_link(self, folder: Path) -> bool:
        """See `Tree`."""
        return folder.is_symlink()


@dataclass
class Search:
    """A look through a folder, which remembers what it saw.

    Attributes:
        root: The folder that was named.
        tree: What it is a folder of.
    """

    root: Path
    tree: Tree
    _listed: dict[Path, Listing] = field(default_factory=dict)
    _kinds: dict[Path, Kind] = field(default_factory=dict)

    def data_set(self) -> Path:
        """Returns the folder in which the classes or the parts lie; `root` itself where there is no better one.

        Raises:
            UserError: `root` cannot be read, or holds several data sets.
        """
        self.listing(self.root)
        found = list(self.sets())
        parted = [folder for folder, kind in found if kind == "parts"]
        if len(parted) == 1 or len(found) == 1:
            chosen = parted[0] if len(parted) == 1 else found[0][0]
            if chosen == self.root or self.kind(chosen) != "classes" or not self._pictures_beside(chosen):
                return chosen
        if len(found) > 1 and all(kind == "loose" for _, kind in found):
            raise _turned_round(self.root, found[0][0], self.listing(found[0][0]).folders[0])
        if found:
            raise _several(self.root, [folder for folder, _ in found])
        return self.root

    def sets(self) -> Iterator[tuple[Path, Kind]]:
        """Yields what could be the data set, and what kind of folder it is, without following links to folders."""
        yield from ((folder, self.kind(folder)) for folder in self._sets(self.root, 0))

    def listing(self, folder: Path) -> Listing:
        """Returns what is in a folder.

        Raises:
            UserError: It cannot be read.
        """
        if folder not in self._listed:
            self._listed[folder] = self.tree.listing(folder)
        return self._listed[folder]

    def folders(self, folder: Path) -> tuple[Path, ...]:
        """Returns the folders in a folder, none where it cannot be read or too much was looked at already."""
        return self._peek(folder).folders

    def has_pictures(self, folder: Path) -> bool:
        """Returns whether pictures lie directly in a folder."""
        files = self._peek(folder).files
        return any(map(is_named_as_picture, files)) or any(map(self.tree.is_picture, files[:LOOKED_AT]))

    def kind(self, folder: Path) -> Kind:
        """Says what a folder is to a data set."""
        if folder not in self._kinds:
            self._kinds[folder] = self._kind(folder)
        return self._kinds[folder]

    def _kind(self, folder: Path) -> Kind:
        inside = self.folders(folder)
        parts = [each for each in inside if part_of(each.name) and self.folders(each)]
        if len({part_of(each.name) for each in parts}) > 1:
            return "parts"
        with_pictures = [each for each in inside if self.has_pictures(each)]
        are_parts = all(part_of(each.name) for each in with_pictures)
        if len(with_pictures) > 1 and not are_parts:
            return "classes"
        if parts and any(
            map(self.has_pictures, self.folders(parts[0]))
        ):  # else a folder of this name around a data set
            return "parts"
        return "loose" if with_pictures and are_parts else ""

    def _sets(self, folder: Path, depth: int) -> Iterator[Path]:
        if self.kind(folder):
            yield folder
        elif depth < DEEPEST:
            for each in self.folders(folder):
                if not self.tree.is_link(each):
                    yield from self._sets(each, depth + 1)

    def _pictures_beside(self, folder: Path) -> bool:
        beside = (each for each in self.folders(folder.parent) if each != folder)
        return any(map(self.has_pictures, beside))

    def _peek(self, folder: Path) -> Listing:
        if folder not in self._listed and len(self._listed) >= MOST_FOLDERS:
            return Listing()
        try:
            return self.listing(folder)
        except UserError:
            return Listing()


def is_named_as_picture(file: Path) -> bool:
    """Returns whether a file's name says that it is a picture."""
    return file.suffix.lower() in SUFFIXES


def _several(root: Path, found: list[Path]) -> UserError:
    names = ", ".join(each.relative_to(root).as_posix() for each in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return UserError(
        f"The folder {root} holds folders that could be the data set or its classes: {names}{more}.",
        "",
        "Give the path of the one that is the data set; if they are the classes, put their pictures directly in them.",
    )


def _turned_round(root: Path, one: Path, part: Path) -> UserError:
    inner, outer = f"{one.name}/{part.name}", f"{part.name}/{one.name}"
    return UserError(
        f"In the folder {root} the parts lie in the classes: {inner}.", "", f"Turn them round, to {outer} and so on."
    )
