"""A tree of names: the folders of an archive as the search for data sets sees those of a disk."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from qtl_core.pictures.archives.scan import ScannedFile
from qtl_core.pictures.sources.folder_walk import Listing

ROOT = Path()


class NameTree:
    """Folders and files by their names alone; see `dataset_search.Tree`.

    Args:
        files: The files.
        folders: Folders that are named by themselves.
    """

    def __init__(self, files: Iterable[ScannedFile], folders: Iterable[str] = ()) -> None:
        self.by_place = {Path(file.name): file for file in files}
        self._folders = {Path(each) for each in folders}

    def listing(self, folder: Path) -> Listing:
        """Returns what is in a folder, by name."""
        folders, files = self._inside.get(folder, (set(), []))
        return Listing(tuple(sorted(folders)), tuple(sorted(files)))

    def is_picture(self, file: Path) -> bool:
        """Returns whether a file begins as a picture does."""
        return not self.by_place[file].fault

    def is_link(self, folder: Path) -> bool:
        """Says no: links are listed nowhere."""
        return False

    def below(self, folder: Path) -> list[ScannedFile]:
        """Returns all files at or below a folder, by name."""
        inside = self.listing(folder)
        found = [self.by_place[file] for file in inside.files]
        return [*found, *(file for each in inside.folders for file in self.below(each))]

    @cached_property
    def _inside(self) -> dict[Path, tuple[set[Path], list[Path]]]:
        found: dict[Path, tuple[set[Path], list[Path]]] = {}
        for place in self.by_place:
            found.setdefault(place.parent, (set(), []))[1].append(place)
            self._enter(place.parent, found)
        for folder in self._folders:
            self._enter(folder, found)
        return found

    def _enter(self, folder: Path, found: dict[Path, tuple[set[Path], list[Path]]]) -> None:
        """Puts a folder into the one it lies in, and so on up to the root."""
        while folder != ROOT:
            above = found.setdefault(folder.parent, (set(), []))[0]
            if folder in above:
                return
            above.add(folder)
            folder = folder.parent
