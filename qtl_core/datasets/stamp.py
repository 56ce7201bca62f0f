"""A quick look at a source's files: what it returns is equal as long as no picture has come, gone or changed.

Names, sizes and times are compared, not contents: milliseconds for the recipe's pictures, where reading them takes a
tenth of a second.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from qtl_core.datasets.catalogue import dataset_status
from qtl_core.errors import UserError
from qtl_core.settings import DataSettings

DEEPEST = 2  # folders below the source's own: the split, and the class

FileStamp = tuple[str, int, int]  # path, size in bytes, time of the last change in nanoseconds


def stamp_of(data: DataSettings) -> tuple[FileStamp, ...]:
    """Returns name, size and time of every file that `data` may be read from, in a fixed order.

    Raises:
        UserError: The folder is not there, or cannot be read.
    """
    folder = _folder(data)
    if folder is None:
        raise UserError("The pictures are not on this computer yet.")
    try:
        return tuple(sorted(_stamps(folder, DEEPEST)))
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be read.", f"The system says: {error.strerror}.") from error


def _folder(data: DataSettings) -> Path | None:
    if data.source == "folder":
        return Path(data.folder).expanduser()
    return next(status.where for status in dataset_status() if status.source == data.source)


def _stamps(folder: Path | str, deeper: int) -> Iterator[FileStamp]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                found = entry.stat(follow_symlinks=False)
                yield entry.path, found.st_size, found.st_mtime_ns
            elif deeper:
                yield from _stamps(entry.path, deeper - 1)
