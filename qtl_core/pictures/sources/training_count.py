"""Counts the training pictures of a folder before any is read: how many there will be decides how long to train."""

from __future__ import annotations

from qtl_core.common.paths import check_may_read
from qtl_core.pictures.sources.dataset_search import is_named_as_picture
from qtl_core.pictures.sources.folder_layout import find_classes
from qtl_core.pictures.sources.folder_walk import listing
from qtl_core.pictures.sources.split import TRAIN_SHARE
from qtl_core.pictures.sources.typed_path import typed_folder


def training_count(folder: str) -> int:
    """Returns about how many pictures of a typed folder will be trained on, by their names.

    A file that cannot be read, or a copy on the other side, is known only when pictures are read.

    Raises:
        UserError: The folder is not there, cannot be read, or holds no classes.
    """
    root = typed_folder(folder)
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
