"""Counts of a person's own pictures and classes before any is read: how many decide how long and what is trained."""

from __future__ import annotations

from qtl_core.common.paths import check_may_read
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.versions import find_version
from qtl_core.pictures.sources.dataset_search import is_named_as_picture
from qtl_core.pictures.sources.folder_layout import find_classes
from qtl_core.pictures.sources.folder_walk import listing
from qtl_core.pictures.sources.split import TRAIN_SHARE
from qtl_core.pictures.sources.typed_path import typed_folder
from qtl_core.settings import DataSettings


def training_count(data: DataSettings) -> int:
    """Returns about how many pictures of a folder or a data set will be trained on; of a folder, by their names.

    A file that cannot be read, or a copy on the other side, is known only when pictures are read.

    Raises:
        UserError: The folder or the data set is not there, cannot be read, or holds no classes.
    """
    if data.source == "dataset":
        return _of_dataset(data)
    root = typed_folder(data.folder)
    check_may_read(root)
    parts = find_classes(root).parts
    classes = parts.get("train", parts.get(None, {}))
    counts = [
        sum(is_named_as_picture(file) for each in folders for file in listing(each, root).files)
        for folders in classes.values()
    ]
    if "train" in parts and "val" in parts:
        return sum(counts)
    return sum(round(TRAIN_SHARE * count) for count in counts)


def class_count(folder: str) -> int:
    """Returns how many classes a folder of pictures has, by its folders' names.

    Raises:
        UserError: As of `training_count`.
    """
    root = typed_folder(folder)
    check_may_read(root)
    return len(next(iter(find_classes(root).parts.values())))


def _of_dataset(data: DataSettings) -> int:
    if data.dataset_version:
        return find_version(data.dataset, data.dataset_version).counts["train"]
    return sum(picture.part == "train" for picture in pictures_of(data.dataset))
