"""The parts of a set: which pictures are trained on, held out for validation, or set aside for testing.

Each class is divided by itself (stratified), in the order of a hash of (seed, group): the first groups go to testing,
the next to validation, the rest is trained on. So the same pictures are divided in the same way every time, and one
more picture moves at most those at a border. Of two groups the smaller is held out. Pictures of one group, such as a
burst of the camera, stay together, in whatever classes they are; what a person chose wins.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qtl_core.pictures.datasets.records import Part, SplitSettings


@dataclass(frozen=True)
class ToDivide:
    """A picture as far as its part depends on it.

    Attributes:
        id: Its number; they grow in the order of adding.
        class_id: Its class.
        sha256: Of its bytes.
        group: The group it is of, "" where it is alone.
        chosen: The part that a person put it into, or None.
    """

    id: int
    class_id: int
    sha256: str
    group: str
    chosen: Part | None

    @property
    def key(self) -> str:
        """The group, or the picture itself where it is alone."""
        return f"g{self.group}" if self.group else f"p{self.sha256}"


@dataclass(frozen=True)
class Division:
    """The parts of pictures.

    Attributes:
        parts: The part by the picture's number.
        cut: Classes whose pictures are all of one group, which had to be cut in two: its validation pictures are
            neighbours of those trained on.
    """

    parts: Mapping[int, Part]
    cut: frozenset[int] = field(default_factory=frozenset)


def divided(pictures: Sequence[ToDivide], split: SplitSettings) -> Division:
    """Returns the part of every picture.

    A class with pictures of two groups or more has some of them in training and some in validation, unless its
    pictures were put elsewhere by hand or its groups are those of other classes, too.
    """
    sides: dict[str, Part] = {}
    for picture in pictures:  # what is left of a group follows the first of it that a person placed
        if picture.chosen and picture.group:
            sides.setdefault(picture.key, picture.chosen)
    classes: dict[int, list[ToDivide]] = defaultdict(list)
    for picture in pictures:
        classes[picture.class_id].append(picture)
    for _, members in sorted(classes.items(), key=lambda each: (len(each[1]), each[0])):
        _place_groups(members, split, sides)
    parts = {picture.id: picture.chosen or sides[picture.key] for picture in pictures}
    cut = {class_id for class_id, members in classes.items() if _cut(members, split, parts)}
    return Division(parts, frozenset(cut))


def _place_groups(members: Sequence[ToDivide], split: SplitSettings, sides: dict[str, Part]) -> None:
    """Decides on the groups of a class that are not decided yet."""
    sizes: dict[str, int] = defaultdict(int)
    have: dict[Part, int] = {"train": 0, "val": 0, "test": 0}
    for picture in members:
        part = picture.chosen or sides.get(picture.key)
        if part:
            have[part] += 1
        else:
            sizes[picture.key] += 1
    wanted = _wanted(len(members), split)
    open_groups = _in_order(sizes, split.seed)
    for number, key in enumerate(open_groups):
        left = len(open_groups) - number  # this group and those behind it
        if left == 2 and split.rule > 1 and not (have["train"] or have["val"]):
            sides |= _one_each(open_groups[number:], sizes, wanted["val"])
            return
        sides[key] = _part_for(sizes[key], left, have, wanted)
        have[sides[key]] += sizes[key]


def _wanted(count: int, split: SplitSettings) -> dict[Part, int]:
    """Returns how many pictures of a class each part is to have: one for training and for validation at least."""
    val = min(max(round(split.val_share * count), 1), max(count - 1, 0))
    test = min(round(split.test_share * count), max(count - 1 - val, 0))
    return {"train": count - val - test, "val": val, "test": test}


def _in_order(keys: Iterable[str], seed: int) -> list[str]:
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).digest())


def _part_for(size: int, left: int, have: Mapping[Part, int], wanted: Mapping[Part, int]) -> Part:
    """Returns the part for the next group of a class, of which `left` are to be placed with this one."""
    lacking = (not have["train"]) + (not have["val"])  # of the parts that must not stay empty
    if left <= lacking:
        return "train" if not have["train"] else "val"
    filling: tuple[Part, ...] = ("test", "val")
    # A group that is larger than what is wanted comes in where at most half of it is too much.
    fits = [part for part in filling if wanted[part] and have[part] + size / 2 <= wanted[part]]
    return fits[0] if fits else "train"


def _one_each(keys: Sequence[str], sizes: Mapping[str, int], wanted: int) -> dict[str, Part]:
    """Returns the parts of the last two groups where training and validation have none yet.

    The one for validation is that which comes nearer to what is wanted there: at a usual share, the smaller one.
    """
    val, train = sorted(keys, key=lambda key: (abs(sizes[key] - wanted), sizes[key]))
    return {val: "val", train: "train"}


def _cut(members: Sequence[ToDivide], split: SplitSettings, parts: dict[int, Part]) -> bool:
    """Cuts the one group of a class in two, the last pictures of it for validation; returns whether it did."""
    is_one = len({picture.key for picture in members}) == 1 and not any(picture.chosen for picture in members)
    if len(members) < 2 or not is_one:
        return False
    val = _wanted(len(members), split)["val"]
    ordered = sorted(picture.id for picture in members)
    parts.update(dict.fromkeys(ordered[:-val], "train"))
    parts.update(dict.fromkeys(ordered[-val:], "val"))
    return True
