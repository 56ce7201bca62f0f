"""The version that a set would be as it is now, before anything is trained on it: which pictures, in which parts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.creating import record_in
from qtl_core.pictures.datasets.opening import reading
from qtl_core.pictures.datasets.reading import Contents, contents_in
from qtl_core.pictures.datasets.records import PARTS, DatasetRecord, Part, PictureRecord


@dataclass(frozen=True)
class Entry:
    """A picture of a version.

    Attributes:
        part: Where it was.
        class_name: What its class was called.
        file: Its name in the folder of the version.
        sha256, name: Of its bytes, and the name of its file in the set.
    """

    part: Part
    class_name: str
    file: str
    sha256: str
    name: str

    @property
    def row(self) -> tuple[str, ...]:
        """Its fields, as they are kept."""
        return self.part, self.class_name, self.file, self.sha256, self.name


@dataclass(frozen=True)
class Draft:
    """The version that a set would be as it is now.

    Attributes:
        record: The set as it is now.
        entries: What the version would hold.
        notes: What there is to say of it.
    """

    record: DatasetRecord
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """Equal for equal versions: parts, classes, names and contents."""
        return sha256(json.dumps([*(each.row for each in self.entries), *self.notes]).encode()).hexdigest()


def draft_of(set_id: str) -> Draft:
    """Returns the version that a set would be; kept until the set changes, as pages ask at every click.

    Raises:
        UserError: There is no such set, or fewer than two of its classes can be trained on.
    """

    def both(connection: sqlite3.Connection) -> tuple[DatasetRecord, Contents]:
        return record_in(set_id, connection), contents_in(set_id, connection)

    record, contents = reading(set_id, both)
    file = layout.set_file(set_id)
    kept = _drafts.get(file)
    if kept is None or kept.record.revision != record.revision:
        kept = Draft(record, *_entries(record, contents.pictures, contents.cut))
        if len(_drafts) >= MOST_DRAFTS:
            _drafts.clear()
        _drafts[file] = kept
    return kept


MOST_DRAFTS = 8
_drafts: dict[Path, Draft] = {}


def _entries(
    record: DatasetRecord, pictures: Sequence[PictureRecord], cut: frozenset[int]
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Returns what a version of the set would hold, and what there is to say of it."""
    of_class = {each.id: [picture for picture in pictures if picture.class_id == each.id] for each in record.classes}
    why_not = {each.name: _why_not(of_class[each.id]) for each in record.classes}
    classes = [each for each in record.classes if not why_not[each.name]]
    if len(classes) < 2:
        raise _too_few(record, {name: why for name, why in why_not.items() if why})
    entries = [entry for each in classes for entry in _named_entries(each.name, of_class[each.id])]
    entries.sort(key=lambda each: (PARTS.index(each.part), each.class_name, each.file))
    notes = [f"The class {name} is left out: {why}" for name, why in why_not.items() if why]
    notes += [_cut_note(each.name) for each in classes if each.id in cut]
    if aside := sum(each.part == "test" for each in entries):
        are = "picture is" if aside == 1 else "pictures are"
        notes.append(f"{aside:,} {are} set aside for testing: looked at once, when training is over.")
    return tuple(entries), tuple(notes)


def _named_entries(class_name: str, pictures: Sequence[PictureRecord]) -> list[Entry]:
    """Returns the pictures of a class, each with a file name that no other one of it has on any system."""
    taken: set[str] = set()
    found = []
    for picture in pictures:
        file = picture.name
        if file.casefold() in taken:
            path = PurePosixPath(file)
            file = f"{path.stem}-{picture.sha256[:12]}{path.suffix}"
        taken.add(file.casefold())
        found.append(Entry(picture.part, class_name, file, picture.sha256, picture.name))
    return found


def _why_not(pictures: Sequence[PictureRecord]) -> str:
    """Returns why a class cannot be trained on, or ""."""
    have = {each.part for each in pictures}
    if {"train", "val"} <= have:
        return ""
    if len(pictures) < 2:
        return "it takes two pictures, one to train on and another for validation."
    return f"none of its pictures is {'for validation' if 'train' in have else 'to train on'}."


def _too_few(record: DatasetRecord, why_not: dict[str, str]) -> UserError:
    why = " ".join(f"{name}: {why}" for name, why in list(why_not.items())[:3])
    return UserError(
        f"The data set {record.name} cannot be trained on yet.",
        why or "It has fewer than two classes.",
        "Add pictures, so that two classes have some.",
    )


def _cut_note(class_name: str) -> str:
    return (
        f"All pictures of the class {class_name} are of one group, such as a burst, so its last ones are for "
        "validation, and the network has as good as seen them: its figure flatters. Take another burst, from elsewhere."
    )
