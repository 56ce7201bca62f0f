"""Every source of pictures under one name.

To add one: a loader in a file of its own, a branch in `load_dataset`, a line in `dataset_status`, and its name in the
settings' choice of data.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qtl_core.callbacks import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.datasets import photos
from qtl_core.datasets.folder import read_folder
from qtl_core.datasets.records import Dataset
from qtl_core.datasets.typed import typed_folder
from qtl_core.errors import UserError
from qtl_core.paths import existing


@dataclass(frozen=True)
class DatasetStatus:
    """Whether a source can be used right now.

    Attributes:
        source: What `load_dataset` calls it.
        name: What to call it on screen.
        where: Its folder, or None where it is not on this computer.
        how: One sentence on how to get it.
    """

    source: str
    name: str
    where: Path | None
    how: str


def load_dataset(
    source: str, folder: str = "", progress: ProgressCallback = no_progress, should_stop: ShouldStop = never_stop
) -> Dataset:
    """Reads the pictures of a source.

    Args:
        source: "photos", "drawn" or "folder".
        folder: For "folder": its path.
        progress: Called with pictures done and pictures in all.
        should_stop: Looked at before every picture.

    Raises:
        UserError: Unknown source, photos that are not here, or a folder that cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    if source == "photos":
        return photos.load_photos(progress, should_stop)
    if source == "drawn":
        from qtl_core.datasets.drawn import load_drawn

        return load_drawn(progress, should_stop)
    if source == "folder":
        return read_folder(typed_folder(folder), progress=progress, should_stop=should_stop)
    raise UserError(f"There are no pictures called {source!r}.", "", 'Choose "photos", "drawn" or "folder".')


def dataset_status() -> tuple[DatasetStatus, ...]:
    """Returns where the photos and the drawn set are and how to get them; looks, but reads no picture."""
    from qtl_core.datasets.drawn.store import FOLDER

    found = photos.find_photos()
    drawn = next(existing(FOLDER), None)
    return (
        DatasetStatus("photos", photos.NAME, found, photos.how_to_get()),
        DatasetStatus("drawn", "Ants and bees, drawn by this app", drawn, "They are drawn when first needed."),
    )
