"""Records of a set of pictures: plain immutable records, no pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Split = Literal["train", "val", "test"]


@dataclass(frozen=True)
class Picture:
    """One picture file and the class its folder says it shows.

    Attributes:
        path: The file.
        label: Index into the dataset's `classes`.
        split: Trained on ("train"), held out to choose the best epoch ("val"), or looked at once at the end ("test").
        group: The same for pictures that belong in one part, such as copies or a burst; "" where it is alone.
    """

    path: Path
    label: int
    split: Split
    group: str = ""


@dataclass(frozen=True)
class SkippedFile:
    """A file that was found in a class folder and is not used."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Copy:
    """A picture that is there twice.

    Attributes:
        one, other: The two.
        same_bytes: Whether their files are equal, byte for byte; else the picture is, in another size or quality.
    """

    one: Picture
    other: Picture
    same_bytes: bool

    @property
    def is_across(self) -> bool:
        """True if one is trained on and the other is not: what was learnt by heart then counts as right."""
        return (self.one.split == "train") != (self.other.split == "train")

    @property
    def has_two_labels(self) -> bool:
        """True if they lie in two classes."""
        return self.one.label != self.other.label


@dataclass(frozen=True)
class Dataset:
    """Pictures of two or more classes, split into training and validation, and perhaps testing.

    Attributes:
        name: What to call it on screen.
        kind: "photos" (the real ants and bees), "drawn" (made by this project), "folder" (a person's own), "dataset"
            (made in the app), "points" of a plane or the rows of a "table", which are no pictures at all.
        classes: Class names in alphabetical order; a picture's `label` is an index into it.
        train: Pictures to train on, in a fixed order.
        val: Pictures held out for validation, in a fixed order.
        skipped: Files that are not used, each with its reason.
        notes: Sentences a person should read (a difference from the manifest, how a folder was split, ...).
        copies: Pictures that are there more than once.
        test: Pictures looked at once, when training is over, in a fixed order; none where the set has no such part.
    """

    name: str
    kind: Literal["photos", "drawn", "folder", "dataset", "points", "table"]
    classes: tuple[str, ...]
    train: tuple[Picture, ...]
    val: tuple[Picture, ...]
    skipped: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    test: tuple[Picture, ...] = ()


def labels_of(pictures: Sequence[Picture]) -> list[int]:
    """Returns the class index of each picture, in order."""
    return [picture.label for picture in pictures]
