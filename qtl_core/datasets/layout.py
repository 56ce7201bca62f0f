"""Finds the class folders of a dataset: below train and val, or directly in the folder."""

from __future__ import annotations

import os
from pathlib import Path

from qtl_core.datasets.records import Split
from qtl_core.errors import UserError
from qtl_core.paths import in_text

SPLITS: tuple[Split, ...] = ("train", "val")
LAYOUT = "Lay the pictures out as train/<class>/ and val/<class>/, or as <class>/ alone, with two or more classes."

ClassFolders = dict[str, Path]  # class name -> its folder, in alphabetical order


def find_classes(root: Path) -> dict[Split | None, ClassFolders]:
    """Returns the class folders of each split, or, where the folder has no train and val, of the one split None.

    Raises:
        UserError: Missing, unreadable or empty folder; fewer than two classes; splits with different classes.
    """
    root = _below_wrappers(root, root)
    halves = [split for split in SPLITS if split in _folders(root, root)]
    if len(halves) == 1 and _folders(root / halves[0], root):
        other = "val" if halves == ["train"] else "train"
        raise UserError(f"The folder {root} has {halves[0]} but no {other}.", "", LAYOUT)
    if len(halves) < 2:
        return {None: _two_or_more(_folders(root, root), root)}
    found: dict[Split | None, ClassFolders] = {split: _folders(root / split, root) for split in SPLITS}
    _check_same(found["train"], found["val"], root)
    return {split: _two_or_more(classes, root / str(split)) for split, classes in found.items()}


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Returns what a person sees in a folder, by name (the order of torchvision's ImageFolder).

    Raises:
        UserError: It is not there, is no folder, or cannot be read.
    """
    try:
        with os.scandir(folder) as found:
            visible = [entry for entry in found if not entry.name.startswith(".") and entry.name != "__MACOSX"]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"The folder {folder} cannot be read.", f"The system says: {reason}.", LAYOUT) from error
    return sorted(visible, key=lambda entry: entry.name)


def leads_out(entry: os.DirEntry[str], root: Path) -> bool:
    """Whether the entry is a link to something outside `root`: a folder of pictures shows what is in it, no more."""
    return entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root.resolve())


def _folders(folder: Path, root: Path) -> ClassFolders:
    found = {}
    for entry in entries(folder):
        if leads_out(entry, root) and Path(entry.path).is_dir():
            raise UserError(f"{entry.path} is a link that leads out of {root}.", "", "Put the folder itself there.")
        if entry.is_dir() and in_text(entry.name) != entry.name:
            raise UserError(f"{in_text(entry.path)} has a name that is no text.", "", "Give the folder another name.")
        if entry.is_dir():
            found[entry.name] = Path(entry.path)
    return found


def _below_wrappers(folder: Path, root: Path) -> Path:
    """Steps into a folder that holds nothing but one folder of folders, as unpacked archives often do."""
    found = entries(folder)
    if len(found) == 1 and found[0].is_dir() and found[0].name not in SPLITS and not leads_out(found[0], root):
        inner = Path(found[0].path)
        if _folders(inner, root) and not any(entry.is_file() for entry in entries(inner)):
            return _below_wrappers(inner, root)
    return folder


def _two_or_more(classes: ClassFolders, folder: Path) -> ClassFolders:
    if not classes:
        raise UserError(f"The folder {folder} has no class folders.", "", LAYOUT)
    if len(classes) == 1:
        raise UserError(f"The folder {folder} has one class only, {next(iter(classes))}.", "", LAYOUT)
    return classes


def _check_same(train: ClassFolders, val: ClassFolders, root: Path) -> None:
    sides = (("train", train.keys() - val.keys()), ("val", val.keys() - train.keys()))
    only = [f"Only {side} has {', '.join(sorted(names))}." for side, names in sides if names]
    if only:
        raise UserError(
            f"train and val in {root} hold different classes.", " ".join(only), "Give both the same class folders."
        )
