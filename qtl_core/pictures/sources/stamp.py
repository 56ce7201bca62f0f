"""A quick look at a source's files: what it returns is equal as long as no picture has come, gone or changed.

Names, sizes and times are compared, not contents: milliseconds for the recipe's pictures, where reading them takes a
tenth of a second.
"""

from __future__ import annotations

import os
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.paths import check_may_read
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.datasets.creating import revision_of
from qtl_core.pictures.datasets.versions import find_version
from qtl_core.pictures.sources.catalogue import dataset_status
from qtl_core.pictures.sources.folder_layout import find_classes
from qtl_core.pictures.sources.folder_walk import listing
from qtl_core.pictures.sources.typed_path import typed_folder
from qtl_core.settings import DataSettings

FileStamp = tuple[str, int, int]  # path, size in bytes, time of the last change in nanoseconds


def stamp_of(data: DataSettings) -> tuple[FileStamp, ...]:
    """Returns name, size and time of every file that `data` may be read from, in a fixed order.

    Raises:
        UserError: The folder or the data set is not there, or cannot be read.
    """
    if data.source == "dataset" and not data.dataset_version:  # it says itself when it changes
        return ((data.dataset, revision_of(data.dataset), 0),)
    folder = _folder(data)
    if folder is None:
        raise UserError("The pictures are not on this computer yet.")
    check_may_read(folder)
    classes = [folders for part in find_classes(folder).parts.values() for folders in part.values()]
    try:
        return tuple(_stamp(file) for folders in classes for each in folders for file in listing(each, folder).files)
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be read.", reason_of(error)) from error


def _folder(data: DataSettings) -> Path | None:
    if data.source == "folder":
        return typed_folder(data.folder)
    if data.source == "dataset":
        return find_version(data.dataset, data.dataset_version).folder
    return next(status.where for status in dataset_status() if status.source == data.source)


def _stamp(file: Path) -> FileStamp:
    found = file.lstat()
    return os.fspath(file), found.st_size, found.st_mtime_ns
