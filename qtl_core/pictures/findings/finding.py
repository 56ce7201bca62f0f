"""Records of a check of pictures: what is looked at, and what was found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from qtl_core.pictures.datasets.reading import contents_of
from qtl_core.pictures.datasets.records import DatasetRecord, Part
from qtl_core.pictures.sources.dataset import Dataset

PART_WORDS: dict[Part, str] = {"train": "training", "val": "validation", "test": "test"}

Kind = Literal[
    "copies across parts",
    "copies in two classes",
    "copies",
    "burst across parts",
    "burst",
    "wrong label",
    "class too small",
    "unbalanced classes",
    "unreadable",
    "plain",
    "dark",
    "blurred",
    "tiny",
]
KINDS: tuple[Kind, ...] = get_args(Kind)  # the gravest first
Action = Literal["remove", "move", "keep together", "add pictures", "balance"]


@dataclass(frozen=True)
class CheckedPicture:
    """One picture that is looked at.

    Attributes:
        path: The file.
        name: What to call it: its class and file name.
        label: Index into the set's classes.
        part: Where it is now.
        group: Pictures of one group are never divided; "" for one by itself.
        id: What a set made in the app knows it by; 0 elsewhere.
    """

    path: Path
    name: str
    label: int
    part: Part
    group: str = ""
    id: int = 0


@dataclass(frozen=True)
class CheckedSet:
    """The pictures that are looked at.

    Attributes:
        classes: Class names.
        pictures: In an order in which the pictures of a burst follow each other, so far as names and times say.
        is_divided_here: Whether the app divides them into parts, so that what is kept together stays together.
        revision: Of a set made in the app, which grows with every change of it; 0 elsewhere.
    """

    classes: tuple[str, ...]
    pictures: tuple[CheckedPicture, ...]
    is_divided_here: bool = False
    revision: int = 0

    @staticmethod
    def of(dataset: Dataset) -> CheckedSet:
        """Returns the pictures of a folder, or of those that come with the app."""
        pictures = [
            CheckedPicture(each.path, f"{dataset.classes[each.label]}/{each.path.name}", each.label, each.split)
            for each in (*dataset.train, *dataset.val)
        ]
        return CheckedSet(dataset.classes, tuple(pictures))

    @staticmethod
    def of_made(record: DatasetRecord) -> CheckedSet:
        """Returns the pictures of a set made in the app, as they are now; classes in the set's order.

        Raises:
            UserError: It cannot be read.
        """
        labels = {each.id: label for label, each in enumerate(record.classes)}
        contents = contents_of(record.id)
        pictures = [
            CheckedPicture(
                each.path,
                f"{record.classes[labels[each.class_id]].name}/{each.name}",
                labels[each.class_id],
                each.part,
                each.group,
                each.id,
            )
            for each in contents.pictures
            if each.class_id in labels  # a class may have come since
        ]
        names = tuple(each.name for each in record.classes)
        return CheckedSet(names, tuple(pictures), is_divided_here=True, revision=contents.revision)


@dataclass(frozen=True)
class Finding:
    """One thing that would spoil a result.

    Attributes:
        kind: Which.
        sentence: What was found and what it would do, in plain words.
        pictures: Those concerned; none where it is about classes.
        action: What mends it; "" where only a person outside the app can.
        surplus: Of copies, those that "remove" takes out, so that one stays; else all of `pictures`.
        to_label: The class that "move" moves to, or None.
        labels: The classes concerned, where it is about classes.
        key: The same whenever the same is found again, so that "keep" is remembered.
        each: Of a fault that many pictures have, a finding for every one of them, to be kept or removed by itself.
    """

    kind: Kind
    sentence: str
    pictures: tuple[CheckedPicture, ...] = ()
    action: Action | Literal[""] = ""
    surplus: tuple[CheckedPicture, ...] = ()
    to_label: int | None = None
    labels: tuple[int, ...] = ()
    key: str = ""
    each: tuple[Finding, ...] = ()

    @property
    def removable(self) -> tuple[CheckedPicture, ...]:
        """The pictures that "remove" takes out."""
        return self.surplus or self.pictures


def key_of(kind: Kind, names: Sequence[str]) -> str:
    """Returns a short key for a finding of this kind about what has these names: classes, or SHA-256 of files."""
    return hashlib.sha256("\0".join((kind, *sorted(names))).encode()).hexdigest()[:16]


def plural(count: int, one: str, many: str = "") -> str:
    """Returns "1 picture", "2 pictures"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
