"""Finds the class folders of a data set: below train, val and test, or directly in it. What is not plain is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.paths import in_text
from qtl_core.pictures.sources.class_names import FolderPart, alike, differing_in_case, paired, part_of
from qtl_core.pictures.sources.dataset import SkippedFile, Split
from qtl_core.pictures.sources.dataset_search import DiskTree, Search, is_named_as_picture
from qtl_core.pictures.sources.folder_walk import LAYOUT

DETECTION = {"images", "labels", "annotations", "masks", "labeltxt"}  # what a part holds where boxes are learnt
MOST_LISTED = 100  # pictures that lie loose in one folder
LOOSE = "It lies beside the folders that are read, not in one of them."
UNUSED = "It is beside the folders of the parts, and is not read."
PURPOSE: dict[FolderPart, str] = {"train": "training", "val": "validation", "test": "testing"}

ClassFolders = dict[str, tuple[Path, ...]]  # class name -> the folders it lies in, in alphabetical order


@dataclass(frozen=True)
class FolderLayout:
    """The folders of a data set's pictures.

    Attributes:
        parts: The class folders of each part ("test" only where it has the classes of the others) or, where the folder
            has no train and val, of the one part None.
        notes: What was taken for what, where it is not plain.
        skipped: What lies beside them, and links that are not followed.
    """

    parts: dict[Split | None, ClassFolders]
    notes: tuple[str, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()


def find_classes(root: Path) -> FolderLayout:
    """Returns the class folders of a data set.

    Raises:
        UserError: Missing, unreadable or empty folder; fewer than two classes; parts with different classes, without
            any, or two of a kind; several data sets. It names the folder, and says what to do.
    """
    search = Search(root, DiskTree(root))
    top = search.data_set()
    kind, notes = search.kind(top), _place_notes(top, root)
    if kind == "loose":
        raise _without_classes(search, top)
    if kind == "parts":
        parts, more, read = _parts(search, top)
    else:
        classes, more, read = _classes(search, top)
        parts = {None: _named(_two_or_more(classes, top))}
    return FolderLayout(parts, (*notes, *more), _skipped(search, [*_between(root, top), *read]))


def _parts(search: Search, top: Path) -> tuple[dict[Split | None, ClassFolders], list[str], list[Path]]:
    """Returns the class folders of the parts, what to say of them, and which folders were read for them."""
    train, val, tests, notes = _chosen_parts(search, top)
    sides = [_classes(search, _inner(search, part)) for part in (train, val)]
    (here, notes_here, _), (there, notes_there, _) = sides
    pairs = paired(here, there)
    _check_same(here, there, pairs, (train, val), top)
    for classes, part in ((here, train), (there, val)):
        _two_or_more(classes, part)
    named = [_name_of(here[one], there[other]) for one, other in pairs.items()]
    found: dict[Split | None, ClassFolders] = {
        "train": {name: here[one] for name, one in zip(named, pairs, strict=True)},
        "val": {name: there[other] for name, other in zip(named, pairs.values(), strict=True)},
    }
    notes += [*notes_here, *notes_there, *_spelling_notes(here, there, pairs, (train.name, val.name))]
    test, more = _test_part(search, tests, dict(zip(pairs, named, strict=True)))
    found |= test
    notes += more
    read = [top, *(folder for part in (train, val) for folder in _between(part, _inner(search, part)))]
    return {part: dict(sorted(classes.items())) for part, classes in found.items()}, notes, read


def _test_part(
    search: Search, tests: Sequence[Path], classes: dict[str, str]
) -> tuple[dict[Split | None, ClassFolders], list[str]]:
    """Returns the class folders of the one folder for testing, if it has just the classes of training, and what to say.

    Args:
        search: What is on disk.
        tests: The folders for testing beside a folder for validation.
        classes: The name of each class by how its folder's name in the training part looks.
    """
    if not tests:
        return {}, []
    names = " and ".join(in_text(each.name) for each in tests)
    if len(tests) > 1:
        return {}, [f"{names} are left aside: only one folder for testing can be used."]
    try:
        found, notes, _ = _classes(search, _inner(search, tests[0]))
    except UserError:
        found, notes = {}, []
    pairs = paired(classes, found)
    if not len(pairs) == len(found) == len(classes):
        why = "it has other classes" if found else "nothing in it says what its pictures show"
        return {}, [f"{names} is left aside, neither trained on nor tested with: {why}."]
    return {"test": dict(sorted((classes[one], found[other]) for one, other in pairs.items()))}, notes


def _chosen_parts(search: Search, top: Path) -> tuple[Path, Path, list[Path], list[str]]:
    """Returns the folders to train on and to validate with, those for testing, and says so where names do not."""
    named = {part: [each for each in search.folders(top) if part_of(each.name) == part] for part in PURPOSE}
    with_classes = {part: [each for each in found if search.folders(each)] for part, found in named.items()}
    for part in ("train", "val"):
        if named[part] and not with_classes[part]:
            raise _without_classes(search, top)
    has_val = bool(with_classes["val"])
    train = _the_only(with_classes["train"], "train", named, search, top)
    val = _the_only(with_classes["val" if has_val else "test"], "val", named, search, top)
    notes = []
    if (train.name, val.name) != ("train", "val"):
        notes.append(f"{train.name} is taken for training and {val.name} for validation.")
    if not has_val:
        notes.append(
            f"There is no folder for validation, so {val.name} chooses the best epoch: it is no test of it any more."
        )
    return train, val, [each for each in named["test"] if each != val], notes


def _the_only(
    found: Sequence[Path], part: FolderPart, named: dict[FolderPart, list[Path]], search: Search, top: Path
) -> Path:
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(in_text(each.name) for each in found)
        raise UserError(
            f"The folder {top} has {len(found)} folders for {PURPOSE[part]}: {names}.",
            "",
            "Leave only one of them there.",
        )
    others = ", ".join(each.name for each in (*named["train"], *named["val"], *named["test"]))
    links = [each for each in search.listing(top).skipped if part_of(each.path.name)]
    why = " ".join(f"{each.path.name}: {each.reason}" for each in links)
    itself = f" Or give the path of {named['train'][0]}: the app divides it by itself." if named["train"] else ""
    raise UserError(f"The folder {top} has {others} but no {part}.", why, LAYOUT + itself)


def _inner(search: Search, part: Path) -> Path:
    """Steps into a folder that is all there is in a part, and around its classes."""
    inside = search.folders(part)
    if len(inside) == 1 and search.folders(inside[0]) and not search.has_pictures(inside[0]):
        return _inner(search, inside[0])
    return part


def _classes(search: Search, folder: Path) -> tuple[ClassFolders, list[str], list[Path]]:
    """Returns the class folders in a folder by how their names look, what to say of them, and the folder."""
    found: dict[str, list[Path]] = {}
    for each in search.listing(folder).folders:
        if in_text(each.name) != each.name:
            raise UserError(f"{in_text(each)} has a name that is no text.", "", "Give the folder another name.")
        found.setdefault(alike(each.name), []).append(each)
    _check_no_detection(found, folder)
    notes = [
        f"{len(folders)} folders in {folder.name} have names that look the same, {name}: they are taken for one class."
        for name, folders in found.items()
        if len(folders) > 1
    ]
    notes += [
        f"The classes {' and '.join(names)} differ in case alone; they are classes of their own."
        for names in differing_in_case(found)
    ]
    return {name: tuple(folders) for name, folders in found.items()}, notes, [folder]


def _named(classes: ClassFolders) -> ClassFolders:
    """Returns the classes under the names of their folders, as far as these agree."""
    return dict(sorted((_name_of(folders), folders) for folders in classes.values()))


def _name_of(*places: tuple[Path, ...]) -> str:
    names = {folder.name for folders in places for folder in folders}
    return names.pop() if len(names) == 1 else alike(places[0][0].name)


def _spelling_notes(
    here: ClassFolders, there: ClassFolders, pairs: dict[str, str], parts: tuple[str, str]
) -> list[str]:
    notes = []
    for one, other in pairs.items():
        if one != other:
            notes.append(f"{one} in {parts[0]} and {other} in {parts[1]} are taken for one class.")
        elif len({folder.name for folder in (*here[one], *there[other])}) > 1:
            notes.append(f"{one} is written in different ways that look the same; it is taken for one class.")
    return notes


def _check_same(
    here: ClassFolders, there: ClassFolders, pairs: dict[str, str], parts: tuple[Path, Path], top: Path
) -> None:
    left = (here.keys() - pairs.keys(), there.keys() - set(pairs.values()))
    only = [
        f"Only {part.name} has {', '.join(sorted(names))}." for part, names in zip(parts, left, strict=True) if names
    ]
    if only:
        what = f"{parts[0].name} and {parts[1].name} in {top} hold different classes."
        raise UserError(what, " ".join(only), "Give both the same class folders.")


def _check_no_detection(classes: Iterable[str], folder: Path) -> None:
    names = {name.casefold() for name in classes}
    if "images" in names and names <= DETECTION:
        raise UserError(
            f"The folder {folder} holds {' and '.join(sorted(names))}, as data sets for finding objects do.",
            "There, what a picture shows is written in files beside it, which are not read here.",
            f"Export it for classification, with a folder for each class. {LAYOUT}",
        )


def _two_or_more(classes: ClassFolders, folder: Path) -> ClassFolders:
    if not classes:
        raise UserError(f"The folder {folder} has no class folders.", "", LAYOUT)
    if len(classes) == 1:
        raise UserError(f"The folder {folder} has one class only, {next(iter(classes))}.", "", LAYOUT)
    return classes


def _without_classes(search: Search, top: Path) -> UserError:
    """The error on parts without class folders: their pictures lie there directly, or there are none."""
    empty = [each for each in search.folders(top) if part_of(each.name) and not search.folders(each)]
    names, verb = " and ".join(each.name for each in empty), "have" if len(empty) > 1 else "has"
    loose = any(map(search.has_pictures, empty))
    why = "Pictures lie directly there, so that nothing says what they show." if loose else "There are no pictures."
    return UserError(f"{names} in {top} {verb} no class folders.", why, LAYOUT)


def _place_notes(top: Path, root: Path) -> list[str]:
    return [] if top == root else [f"The data set is taken from {in_text(top.relative_to(root).as_posix())}."]


def _between(outer: Path, inner: Path) -> list[Path]:
    """Returns the folders from one to another inside it, both included."""
    steps = [inner, *inner.parents]
    return steps[: steps.index(outer) + 1][::-1]


def _skipped(search: Search, read: Iterable[Path]) -> tuple[SkippedFile, ...]:
    """Returns what in the folders that were read on the way to the classes is no class, and is not used."""
    found: list[SkippedFile] = []
    for folder in dict.fromkeys(read):
        inside = search.listing(folder)
        loose = [file for file in inside.files if is_named_as_picture(file)]
        found += [*inside.skipped, *(SkippedFile(Path(in_text(file)), LOOSE) for file in loose[:MOST_LISTED])]
        if (more := len(loose) - MOST_LISTED) > 0:
            pictures = "1 more picture lies" if more == 1 else f"{more} more pictures lie"
            found.append(SkippedFile(folder, f"{pictures} in it beside the folders that are read."))
        if search.kind(folder) == "parts":
            found += [SkippedFile(Path(in_text(each)), UNUSED) for each in inside.folders if not part_of(each.name)]
    return tuple(found)
