"""Reads a folder of pictures: train/<class> and val/<class>, or <class> alone.

Only the ends of the files are read here, so 400 photos take a fraction of a second; what cannot be used is passed
over and listed with its reason.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from qtl_core import paths
from qtl_core.callbacks import Progress, ShouldStop, never_stop, no_progress
from qtl_core.datasets.decode import check_picture
from qtl_core.datasets.layout import LAYOUT, entries, find_classes, leads_out
from qtl_core.datasets.records import Dataset, PassedOver, Picture, Split
from qtl_core.errors import StoppedByUser, UserError

TRAIN_SHARE = 0.7  # of a class that is not split yet; the photos of the recipe are split 61 to 39
MAX_FILES = 20_000  # features of so many take about six minutes (56 pictures a second on two cores)
SPLIT_NOTE = (
    f"The folder has no train and val of its own: {TRAIN_SHARE:.0%} of each class are trained on and the rest is for "
    "validation, chosen by file name and so the same every time."
)

Group = tuple[Split | None, str]  # a split (None: not split yet) and a class


def read_folder(path: Path, *, progress: Progress = no_progress, should_stop: ShouldStop = never_stop) -> Dataset:
    """Reads a folder of pictures, in the order of torchvision's ImageFolder.

    Hidden files are ignored. A folder without train and val is split by its file names.

    Args:
        path: The folder.
        progress: Called with files looked at and files in all.
        should_stop: Looked at before every file.

    Raises:
        UserError: A folder that is missing, unreadable, empty, too large, of one class only, with a class without
            usable pictures, or with different classes in train and val.
        StoppedByUser: `should_stop` said so.
    """
    root = _absolute(path)
    paths.check_may_read(root)
    splits = find_classes(root)
    classes = tuple(next(iter(splits.values())))
    folders = {(split, name): folder for split, named in splits.items() for name, folder in named.items()}
    usable, passed_over = _sort_out(_list_files(folders, root), root, progress, should_stop)
    _check_none_empty(usable, passed_over, folders)
    notes = (SPLIT_NOTE,) if None in splits else ()
    if None in splits:
        usable = _divide(usable, root)
    train, val = _pictures(usable, classes, "train"), _pictures(usable, classes, "val")
    return Dataset(root.name, "folder", classes, train, val, passed_over, notes)


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:  # ~somebody who does not exist
        raise UserError(f"The folder {path} cannot be found.", str(error), LAYOUT) from error


def _list_files(folders: dict[Group, Path], root: Path) -> dict[Group, list[os.DirEntry[str]]]:
    found = {group: entries(folder) for group, folder in folders.items()}
    count = sum(map(len, found.values()))
    if count > MAX_FILES:
        raise UserError(
            f"The folder {root} holds {count} files.",
            f"Up to {MAX_FILES} are read, as computing the features of more would take too long.",
            "Give a folder with fewer pictures.",
        )
    return found


def _sort_out(
    found: dict[Group, list[os.DirEntry[str]]], root: Path, progress: Progress, should_stop: ShouldStop
) -> tuple[dict[Group, list[Path]], tuple[PassedOver, ...]]:
    """Divides the files into those to use and those to pass over."""
    usable: dict[Group, list[Path]] = {group: [] for group in found}
    passed_over = []
    total, done = sum(map(len, found.values())), 0
    for group, files in found.items():
        for entry in files:
            if should_stop():
                raise StoppedByUser
            if reason := _why_not(entry, root):
                passed_over.append(PassedOver(Path(paths.in_text(entry.path)), reason))
            else:
                usable[group].append(Path(entry.path))
            done += 1
            progress(done, total)
    return usable, tuple(passed_over)


def _why_not(entry: os.DirEntry[str], root: Path) -> str | None:
    if leads_out(entry, root):
        return "It is a link that leads out of the folder."
    if paths.in_text(entry.name) != entry.name:
        return "Its name holds bytes that are no text; give it another one."
    if entry.is_dir():
        return "It is a folder; pictures are read directly from the class folder."
    if not entry.is_file():  # a pipe, a device, a link to nothing: opening it might never return
        return "It is not a file."
    return check_picture(Path(entry.path))


def _check_none_empty(
    usable: dict[Group, list[Path]], passed_over: tuple[PassedOver, ...], folders: dict[Group, Path]
) -> None:
    for group, files in usable.items():
        if files:
            continue
        skipped = [each for each in passed_over if each.path.parent == folders[group]]
        why = f"{len(skipped)} passed over; {skipped[0].path.name}: {skipped[0].reason}" if skipped else "It is empty."
        raise UserError(f"The folder {folders[group]} has no picture that can be used.", why, "Put photos there.")


def _divide(usable: dict[Group, list[Path]], root: Path) -> dict[Group, list[Path]]:
    """Splits each class by the hash of its file names: no order of theirs (a series, a date) ends up on one side."""
    divided: dict[Group, list[Path]] = {}
    for (_, name), files in usable.items():
        if len(files) < 2:
            raise UserError(
                f"The class {name} in {root} has one usable picture only.",
                "It takes one to train on and another for validation.",
            )
        by_hash = sorted(files, key=lambda file: hashlib.sha256(os.fsencode(file.name)).digest())
        cut = min(max(round(TRAIN_SHARE * len(files)), 1), len(files) - 1)
        divided["train", name], divided["val", name] = sorted(by_hash[:cut]), sorted(by_hash[cut:])
    return divided


def _pictures(usable: dict[Group, list[Path]], classes: tuple[str, ...], split: Split) -> tuple[Picture, ...]:
    return tuple(Picture(path, label, split) for label, name in enumerate(classes) for path in usable[split, name])
