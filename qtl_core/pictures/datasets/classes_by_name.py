"""Classes of a set by the names that a folder or an archive brings: found, or made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.editing import add_class, rename_class
from qtl_core.pictures.datasets.names import MOST_CLASSES
from qtl_core.pictures.datasets.undoing import Batch
from qtl_core.pictures.sources.class_names import alike

UNNAMED = re.compile(r"Class \d+")  # as the app calls a class until somebody says what it shows


def classes_by_name(set_id: str, names: Iterable[str], what: str, batch: Batch | None = None) -> dict[str, int]:
    """Returns the numbers of the classes that a set has under these names, in whatever case.

    Where it has none, an empty class that nobody has named yet becomes the class; where there is none either, one is
    made. So the two that a new set begins with do not stay behind.

    Args:
        set_id: The set.
        names: What the classes are called.
        what: What brings them, for the error.
        batch: What it is one step of Undo with.

    Raises:
        UserError: The set is not there, has no room for the classes, or a name cannot be used.
    """
    wanted, classes = list(dict.fromkeys(names)), find_by_id(set_id).classes
    there = {_key(each.name): each.id for each in classes}
    new = [name for name in wanted if _key(name) not in there]
    meant = {_key(name) for name in wanted}
    free = [
        each.id for each in classes if not each.count and UNNAMED.fullmatch(each.name) and _key(each.name) not in meant
    ]
    total = len(classes) + max(0, len(new) - len(free))
    if total > MOST_CLASSES:
        raise UserError(
            f"{what} would bring the data set to {total} classes.",
            f"It has up to {MOST_CLASSES}.",
            "Take it over into a new data set.",
        )
    for name in new:
        if free:
            there[_key(name)] = free.pop(0)
            rename_class(set_id, there[_key(name)], name, batch)
        else:
            there[_key(name)] = add_class(set_id, name, batch).id
    return {name: there[_key(name)] for name in wanted}


def _key(name: str) -> str:
    return alike(name).casefold()
