"""Divides pictures that came without parts into those to train on and those for validation.

Each class is divided by the hash of its file names, so that no order of theirs (a series, a date) ends up on one side
and the same folder is divided in the same way every time. Copies of a picture stay together.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from qtl_core.common.errors import UserError

TRAIN_SHARE = 0.7  # of a class; the photos of the recipe are divided 61 to 39

Sides = dict[int, bool]  # a group of copies -> whether it is trained on
Classes = Mapping[str, Sequence[Path]]


def split_pictures(classes: Classes, groups: Mapping[Path, int], root: Path) -> dict[Path, bool]:
    """Returns for every picture whether it is trained on.

    Args:
        classes: The pictures of each class, in order.
        groups: A number for each picture, equal for copies, in whatever classes they are.
        root: The folder they are in, for the message.

    Raises:
        UserError: Of a class, one side would be empty: it has but one picture, or but one and copies of it.
    """
    for name, files in classes.items():
        if len({groups[file] for file in files}) < 2:
            also = ", and copies of it" if len(files) > 1 else ""
            what = f"The class {name} in {root} has one usable picture only{also}."
            raise UserError(what, "It takes one to train on and another for validation.")
    sides: Sides = {}
    for files in classes.values():
        _divide(files, groups, sides)
    for name in classes:
        sides = _with_both_sides(name, classes, groups, sides, root)
    return {file: sides[groups[file]] for files in classes.values() for file in files}


def _divide(files: Sequence[Path], groups: Mapping[Path, int], sides: Sides) -> None:
    """Decides on the groups of a class that are not decided yet: the first by hash are trained on."""
    cut = min(max(round(TRAIN_SHARE * len(files)), 1), len(files) - 1)
    sizes = Counter(groups[file] for file in files)
    trained = sum(size for group, size in sizes.items() if sides.get(group, False))
    for file in sorted(files, key=lambda file: hashlib.sha256(os.fsencode(file.name)).digest()):
        group = groups[file]
        if group not in sides:
            sides[group] = trained < cut
            trained += sides[group] * sizes[group]


def _with_both_sides(name: str, classes: Classes, groups: Mapping[Path, int], sides: Sides, root: Path) -> Sides:
    """Returns the sides with a group of the class moved, the smallest that can be, if one side has none of it."""
    lacking = _one_sided(classes, groups, sides)
    if name not in lacking:
        return sides
    sizes = Counter(groups[file] for file in classes[name])
    for group, _ in reversed(sizes.most_common()):
        moved = {**sides, group: not sides[group]}
        if _one_sided(classes, groups, moved) <= lacking - {name}:
            return moved
    raise UserError(
        f"The class {name} in {root} cannot be divided.",
        "Its pictures are copies of pictures in other classes, so that one side would have none of it.",
        "Take the copies out of one of the classes.",
    )


def _one_sided(classes: Classes, groups: Mapping[Path, int], sides: Sides) -> set[str]:
    return {name for name, files in classes.items() if len({sides[groups[file]] for file in files}) < 2}
