"""Reads a folder of pictures: train/<class>, val/<class> and perhaps test/<class>, or <class> alone.

What cannot be used is passed over and listed with its reason, and pictures that are there more than once are found.
That every picture is decoded for, once: 400 photos take two seconds the first time, and a tenth of one after that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from qtl_core.common import paths
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.pictures.decoding.open_picture import check_picture
from qtl_core.pictures.sources.dataset import Dataset, Picture, SkippedFile, Split
from qtl_core.pictures.sources.duplicates import copy_notes, find_copies, groups_of
from qtl_core.pictures.sources.folder_layout import ClassFolders, FolderLayout, find_classes
from qtl_core.pictures.sources.folder_walk import HOMELESS, LOCAL_PATH_HINT, listing
from qtl_core.pictures.sources.perceptual_hash import PerceptualHash, perceptual_hashes
from qtl_core.pictures.sources.split import TRAIN_SHARE, split_pictures

MAX_FILES = 20_000  # features of so many take about six minutes (56 pictures a second on two cores)
SPLIT_NOTE = (
    f"The folder has no train and val of its own: about {100 * TRAIN_SHARE:.0f}% of each class are trained on and the "
    "rest is for validation, chosen by file name, copies together, and so the same every time."
)

PARTS: tuple[Split, ...] = ("train", "val", "test")
Group = tuple[Split | None, str]  # a split (None: not split yet) and a class
Found = tuple[Path, str]  # what lies in a class folder, and why it is not used, or "" where that is to be found out
Usable = dict[Group, list[Path]]
Counted = Callable[[int], None]


def read_folder(
    path: Path,
    *,
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
    comparing: bool = True,
) -> Dataset:
    """Reads a folder of pictures, in the order of torchvision's ImageFolder.

    Hidden and system files are ignored. A folder without train and val is split by its file names, with all copies of a
    picture on the same side. A folder `test` beside train and val is the test part.

    Args:
        path: The folder.
        progress: Called with files looked at and files in all.
        should_stop: Looked at before every file.
        comparing: Whether pictures are compared with each other; not needed where there are no copies, as is known.

    Raises:
        UserError: A folder that is missing, unreadable, empty, too large, of one class only, with a class without
            usable pictures, or with different classes in train and val.
        StoppedByUser: `should_stop` said so.
    """
    root = _absolute(path)
    paths.check_may_read(root)
    layout = find_classes(root)
    found = _list_files(layout.parts, root)
    counted = _counted(sum(map(len, found.values())), progress)
    usable, skipped_files = _sort_out(found, counted, should_stop)
    _check_none_empty(usable, skipped_files, layout.parts)
    looks = _looks(usable, counted, should_stop) if comparing else {}
    if not comparing:
        counted(sum(map(len, usable.values())))
    groups = dict(zip(looks, groups_of(list(looks.values()), should_stop=should_stop), strict=True))
    if None in layout.parts:
        usable = _divide(usable, looks, groups, root)
    return _dataset(root, layout, usable, skipped_files, looks, groups)


def _dataset(
    root: Path,
    layout: FolderLayout,
    usable: Usable,
    skipped_files: tuple[SkippedFile, ...],
    looks: dict[Path, PerceptualHash | None],
    groups: dict[Path, int],
) -> Dataset:
    classes, is_divided = tuple(next(iter(layout.parts.values()))), None in layout.parts
    together = _together(groups)
    train, val, test = (_pictures(usable, classes, part, together) for part in PARTS)
    pictures = (*train, *val, *test) if looks else ()
    of_each = [looks[picture.path] for picture in pictures], [groups[picture.path] for picture in pictures]
    copies = find_copies(pictures, *of_each)
    notes = [*layout.notes, *([SPLIT_NOTE] if is_divided else [])]
    notes += copy_notes(copies, root, len(val), divided=is_divided)
    name = root.name if root.name not in ("", "..") else root.resolve().name or str(root)
    skipped = (*layout.skipped, *skipped_files)
    return Dataset(name, "folder", classes, train, val, skipped, tuple(notes), copies, test)


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:  # ~somebody who does not exist
        raise UserError(f"The folder {path} cannot be found.", HOMELESS, LOCAL_PATH_HINT) from error


def _list_files(parts: dict[Split | None, ClassFolders], root: Path) -> dict[Group, list[Found]]:
    """Returns what lies in the class folders, by name; with the reason where one cannot tell from its name alone."""
    found: dict[Group, list[Found]] = {}
    for split, classes in parts.items():
        for name, folders in classes.items():
            found[split, name] = [each for folder in folders for each in _inside(folder, root)]
    count = sum(map(len, found.values()))
    if count > MAX_FILES:
        raise UserError(
            f"The folder {root} holds {count} files.",
            f"Up to {MAX_FILES} are read, as computing the features of more would take too long.",
            "Give a folder with fewer pictures.",
        )
    return found


def _inside(folder: Path, root: Path) -> list[Found]:
    inside = listing(folder, root)
    found = [(path, "") for path in inside.files]
    found += [(path, "It is a folder; pictures are read directly from the class folder.") for path in inside.folders]
    return sorted(found + [(each.path, each.reason) for each in inside.skipped])


def _sort_out(
    found: dict[Group, list[Found]], counted: Counted, should_stop: ShouldStop
) -> tuple[Usable, tuple[SkippedFile, ...]]:
    """Divides the files into those to use and those to pass over; the second are counted as done."""
    usable: Usable = {group: [] for group in found}
    skipped_files = []
    for group, files in found.items():
        for path, known in files:
            if should_stop():
                raise StoppedByUser
            if reason := known or _why_not(path):
                skipped_files.append(SkippedFile(Path(paths.in_text(path)), reason))
                counted(1)
            else:
                usable[group].append(path)
    return usable, tuple(skipped_files)


def _why_not(path: Path) -> str | None:
    if paths.in_text(path.name) != path.name:
        return "Its name holds bytes that are no text; give it another one."
    return check_picture(path)


def _check_none_empty(
    usable: Usable, skipped_files: tuple[SkippedFile, ...], parts: dict[Split | None, ClassFolders]
) -> None:
    for (split, name), files in usable.items():
        if files:
            continue
        folders = parts[split][name]
        skipped = [each for each in skipped_files if each.path.parent in folders]
        why = f"{len(skipped)} passed over; {skipped[0].path.name}: {skipped[0].reason}" if skipped else "It is empty."
        raise UserError(
            f"The folder {folders[0]} has no picture that can be used.",
            why,
            "Put photos there, or move it away if it is no class.",
        )


def _looks(usable: Usable, counted: Counted, should_stop: ShouldStop) -> dict[Path, PerceptualHash | None]:
    files = [file for each in usable.values() for file in each]
    looks = {}
    for file, look in zip(files, perceptual_hashes(files, should_stop), strict=True):
        looks[file] = look
        counted(1)
    return looks


def _divide(usable: Usable, looks: dict[Path, PerceptualHash | None], groups: dict[Path, int], root: Path) -> Usable:
    """Divides each class in two. Where all pictures of a class look alike, only equal files are kept together."""
    classes = {name: files for (_, name), files in usable.items()}
    files = [file for each in classes.values() for file in each]
    if not looks:
        groups = {file: number for number, file in enumerate(files)}
    try:
        is_trained = split_pictures(classes, groups, root)
    except UserError:
        equal = groups_of([looks.get(file) for file in files], near=False)
        is_trained = split_pictures(classes, dict(zip(files, equal, strict=True)), root)
    found: Usable = {}
    for name, each in classes.items():
        found["train", name] = [file for file in each if is_trained[file]]
        found["val", name] = [file for file in each if not is_trained[file]]
    return found


def _pictures(usable: Usable, classes: tuple[str, ...], split: Split, together: dict[Path, str]) -> tuple[Picture, ...]:
    return tuple(
        Picture(path, label, split, together.get(path, ""))
        for label, name in enumerate(classes)
        for path in usable.get((split, name), [])
    )


def _together(groups: dict[Path, int]) -> dict[Path, str]:
    """Returns the group of every picture that has copies."""
    sizes = Counter(groups.values())
    return {path: f"copies {group}" for path, group in groups.items() if sizes[group] > 1}


def _counted(total: int, progress: ProgressCallback) -> Counted:
    """Returns what is told of so many more files, and tells of all so far."""
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(done, total)

    return count
