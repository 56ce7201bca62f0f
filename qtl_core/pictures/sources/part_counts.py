"""Counts the pictures of each part and class before any is read: whether a part can be set aside is said before Start.

Of a folder they are counted by their files' names, so that there are at most as many: a file that cannot be read, or a
copy on the other side, is known only when pictures are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from qtl_core.common.paths import check_may_read
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.reading import counts
from qtl_core.pictures.datasets.versions import find_version
from qtl_core.pictures.sources.catalogue import dataset_status
from qtl_core.pictures.sources.dataset_search import is_named_as_picture
from qtl_core.pictures.sources.folder_layout import find_classes
from qtl_core.pictures.sources.folder_walk import listing
from qtl_core.pictures.sources.typed_path import typed_folder
from qtl_core.settings import DataSettings


@dataclass(frozen=True)
class PartCounts:
    """The most pictures that each class can have in each part.

    Attributes:
        train, val: By the class's name.
        has_test: Whether the set has a test part of its own.
    """

    train: Mapping[str, int] = field(default_factory=dict)
    val: Mapping[str, int] = field(default_factory=dict)
    has_test: bool = False


def part_counts(data: DataSettings) -> PartCounts:
    """Returns the counts of a source of pictures; empty where they are not on this computer yet.

    Raises:
        UserError: The folder or the data set is not there, cannot be read, or holds no classes.
    """
    if data.source == "dataset":
        return _of_dataset(data)
    folder = next((each.where for each in dataset_status() if each.source == data.source), None)
    root = typed_folder(data.folder) if data.source == "folder" else folder
    if root is None:
        return PartCounts()
    check_may_read(root)
    parts = {
        part: {
            name: sum(is_named_as_picture(file) for each in folders for file in listing(each, root).files)
            for name, folders in classes.items()
        }
        for part, classes in find_classes(root).parts.items()
    }
    if None in parts:  # one picture of a class at least is on each side
        sides = {name: max(count - 1, 0) for name, count in parts[None].items()}
        return PartCounts(sides, sides)
    return PartCounts(parts["train"], parts["val"], has_test="test" in parts)


def _of_dataset(data: DataSettings) -> PartCounts:
    if data.dataset_version:
        entries = find_version(data.dataset, data.dataset_version).entries
        found = Counter((each.part, each.class_name) for each in entries)
    else:
        names = {each.id: each.name for each in find_by_id(data.dataset).classes}
        found = Counter()
        for class_id, of_parts in counts(data.dataset).items():
            for part, count in of_parts.items():
                found[part, names[class_id]] += count
    train = {name: count for (part, name), count in found.items() if part == "train" and count}
    val = {name: count for (part, name), count in found.items() if part == "val" and count}
    both = train.keys() & val.keys()  # a class without one of them is left out
    has_test = any(count for (part, _), count in found.items() if part == "test")
    return PartCounts({name: train[name] for name in both}, {name: val[name] for name in both}, has_test)
