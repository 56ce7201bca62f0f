"""Classes told by folders: class folders alone, in parts, or with the parts in them, wherever in a source they lie.

The search is that of folders on this computer (`sources.dataset_search`). What differs is what is done with what it
finds: a data set is still being made here, so that parts may hold different classes, and one class alone will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.pictures.archives.arrangement import Arrangement, Placed
from qtl_core.pictures.archives.name_tree import ROOT, NameTree
from qtl_core.pictures.datasets.records import PARTS, Part
from qtl_core.pictures.sources.class_names import alike, differing_in_case, paired, part_of
from qtl_core.pictures.sources.dataset_search import Search
from qtl_core.pictures.sources.folder_layout import DETECTION

UNUSED = "It lies in a folder beside those of the parts."
PURPOSE: dict[Part, str] = {"train": "training", "val": "validation", "test": "testing"}
_CLASSES_OF_PARTS = dict[Part, dict[str, list[Path]]]


def by_class_folders(tree: NameTree, name: str) -> Arrangement | None:
    """Returns the pictures by the folders they lie in, or None where no folders are those of classes.

    Args:
        tree: The source.
        name: What it is called, for the messages.

    Raises:
        UserError: Several data sets are in it, or one for finding objects.
    """
    search = Search(ROOT, tree)
    found = list(search.sets())
    parted = [folder for folder, kind in found if kind == "parts"]
    if len(parted) == 1:
        return _in_parts(search, tree, parted[0])
    if len(found) > 1 and all(kind == "loose" for _, kind in found):
        return _parts_in_classes(search, tree, [folder for folder, _ in found])
    if len(found) > 1:
        raise _several(name, [folder for folder, _ in found])
    if not found or found[0][1] == "loose":
        return None
    ((top, _),) = found
    beside = [each for each in _beside(search, top) if any(not file.fault for file in tree.below(each))]
    if beside:
        raise _several(name, [top, *beside])
    return _alone(search, tree, top, name)


def class_folder_names(tree: NameTree) -> list[str]:
    """Returns the names of all folders in which pictures lie directly, in lower case."""
    return sorted({place.parent.name.casefold() for place, file in tree.by_place.items() if not file.fault})


def _beside(search: Search, top: Path) -> Iterator[Path]:
    for above in [top, *top.parents][:-1]:
        yield from (each for each in search.folders(above.parent) if each != above)


def _alone(search: Search, tree: NameTree, top: Path, name: str) -> Arrangement:
    """Class folders without parts."""
    classes = _class_folders(search, top)
    _check_no_detection(classes, name)
    placed, empty = _placed(tree, classes, None)
    return Arrangement(placed, (*_place(top), *_spelling(classes), *_empty(empty)), empty)


def _in_parts(search: Search, tree: NameTree, top: Path) -> Arrangement:
    """Class folders in parts."""
    folders = {part: [each for each in search.folders(top) if part_of(each.name) == part] for part in PARTS}
    parts: _CLASSES_OF_PARTS = {}
    for part, found in folders.items():
        classes: dict[str, list[Path]] = {}
        for folder in found:
            for label, places in _class_folders(search, _inner(search, folder)).items():
                classes.setdefault(label, []).extend(places)
        if classes:
            parts[part] = classes
    notes = [*_place(top), *_part_notes({part: folders[part] for part in parts})]
    arranged = _of_parts(tree, parts, notes)
    aside = [each for each in search.folders(top) if not part_of(each.name)]
    reasons = {file.path: UNUSED for each in aside for file in tree.below(each)}
    return Arrangement(arranged.placed, arranged.notes, arranged.empty, reasons)


def _parts_in_classes(search: Search, tree: NameTree, classes: list[Path]) -> Arrangement:
    """Class folders with the parts in them: cat/train, cat/val, dog/train, dog/val."""
    parts: _CLASSES_OF_PARTS = {}
    for folder in classes:
        for inside in search.folders(folder):
            part = part_of(inside.name)
            if part:
                parts.setdefault(part, {}).setdefault(alike(folder.name), []).append(inside)
    return _of_parts(tree, parts, ["The parts lie in the folders of the classes."])


def _of_parts(tree: NameTree, parts: _CLASSES_OF_PARTS, notes: list[str]) -> Arrangement:
    """Puts the parts together; where there is none for validation, the set takes it from those to train on."""
    parts, more = _same_names(parts)
    divided = "train" in parts and "val" in parts
    placed: list[Placed] = []
    empty: set[str] = set()
    for part, classes in parts.items():
        found, without = _placed(tree, classes, part if divided or part == "test" else None)
        placed += found
        empty |= set(without)
    empty -= {each.label for each in placed}
    if not divided:
        notes.append("It has no parts for training and for validation both: the set divides those pictures itself.")
    if "test" in parts:
        notes.append("Pictures for testing are set aside: looked at once, when training is over.")
    return Arrangement(tuple(placed), (*notes, *more, *_only(placed), *_empty(sorted(empty))), tuple(sorted(empty)))


def _same_names(parts: _CLASSES_OF_PARTS) -> tuple[_CLASSES_OF_PARTS, list[str]]:
    """Returns the parts with one name for what is the same class in all of them."""
    notes: list[str] = []
    known: list[str] = []
    found: _CLASSES_OF_PARTS = {}
    for part, classes in parts.items():
        other = {there: here for here, there in paired(known, classes).items()}
        notes += [
            f"{here} and {there} are taken for one class." for there, here in sorted(other.items()) if here != there
        ]
        found[part] = {other.get(label, label): places for label, places in classes.items()}
        known += [label for label in found[part] if label not in known]
    return found, notes


def _class_folders(search: Search, folder: Path) -> dict[str, list[Path]]:
    """Returns the folders in a folder by how their names look; those that look the same are one class."""
    found: dict[str, list[Path]] = {}
    for each in search.folders(folder):
        found.setdefault(alike(each.name), []).append(each)
    return found


def _inner(search: Search, part: Path) -> Path:
    """Steps into a folder that is all there is in a part, and around its classes."""
    inside = search.folders(part)
    if len(inside) == 1 and search.folders(inside[0]) and not search.has_pictures(inside[0]):
        return _inner(search, inside[0])
    return part


def _placed(
    tree: NameTree, classes: dict[str, list[Path]], part: Part | None
) -> tuple[tuple[Placed, ...], tuple[str, ...]]:
    """Returns the usable pictures at or below class folders, and the names of those without any."""
    placed: list[Placed] = []
    empty = []
    for label, places in classes.items():
        found = [file for place in places for file in tree.below(place) if not file.fault]
        placed += [Placed(file, label, part) for file in found]
        if not found:
            empty.append(label)
    return tuple(placed), tuple(empty)


def _place(top: Path) -> list[str]:
    return [] if top == ROOT else [f"The data set is taken from the folder {top.as_posix()}."]


def _spelling(classes: dict[str, list[Path]]) -> list[str]:
    notes = [
        f"{len(places)} folders have names that look the same, {label}: they are taken for one class."
        for label, places in classes.items()
        if len(places) > 1
    ]
    case = [f"The classes {' and '.join(names)} differ in case alone." for names in differing_in_case(classes)]
    return notes + case


def _empty(names: Iterable[str]) -> list[str]:
    found = ", ".join(names)
    return [f"Without a picture that can be used, and so no class here: {found}."] if found else []


def _part_notes(folders: dict[Part, list[Path]]) -> list[str]:
    """Says what was taken for which part, where its name is not the plain one."""
    named = [(" and ".join(each.name for each in found), part) for part, found in folders.items()]
    return [f"{names} is taken for {PURPOSE[part]}." for names, part in named if names.casefold() != part]


def _only(placed: Iterable[Placed]) -> list[str]:
    """Says which classes are in one part alone."""
    found: dict[str, set[Part]] = {}
    for each in placed:
        if each.part in ("train", "val"):
            found.setdefault(each.label, set()).add(each.part)
    lonely = {part: sorted(label for label, parts in found.items() if parts == {part}) for part in PARTS}
    return [f"Only for {PURPOSE[part]} there is {', '.join(labels)}." for part, labels in lonely.items() if labels]


def _check_no_detection(classes: Iterable[str], name: str) -> None:
    names = {each.casefold() for each in classes}
    if "images" in names and names <= DETECTION:
        raise UserError(
            f"{name} holds {' and '.join(sorted(names))}, as data sets for finding objects do.",
            "There, what a picture shows is written in files beside it, which are not read here.",
            "Export it for classification, with a folder for each class.",
        )


def _several(name: str, found: list[Path]) -> UserError:
    names = ", ".join(each.as_posix() for each in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return UserError(
        f"{name} holds several folders that could be the data set or its classes: {names}{more}.",
        "",
        "Pack the one that is the data set; if they are the classes, put their pictures directly in them.",
    )
