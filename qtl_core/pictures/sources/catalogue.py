"""Every source of pictures under one name, and from settings to pictures: the drawn set where the photos are not here.

To add one: a loader in a file of its own, a branch in `load_dataset`, a line in `dataset_status`, its name in the
settings' choice of data and in `cli/options.py`, and what pages call it: `ui/widgets/materials.py`, `ui/data/panel.py`
and `compare/listing.py`. One that changes, as the sets made in the app do, is settled in `find_dataset`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.paths import existing
from qtl_core.common.progress import Progress, ProgressCallback, ReportProgress, ShouldStop, never_stop, no_progress
from qtl_core.pictures.datasets.versions import freeze, load_version
from qtl_core.pictures.sources import photos
from qtl_core.pictures.sources.dataset import Dataset
from qtl_core.pictures.sources.folder import read_folder
from qtl_core.pictures.sources.typed_path import typed_folder
from qtl_core.settings import DataSettings


@dataclass(frozen=True)
class DatasetStatus:
    """The state of a source: usable right now, or why not.

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
    data: DataSettings | str,
    folder: str = "",
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
) -> Dataset:
    """Reads the pictures of a source.

    Args:
        data: Names them; backbone and weights play no part. Or the name of the source alone, as in
            `load_dataset("folder", "/home/me/photos")`.
        folder: The folder, where `data` is a name.
        progress: Called with pictures done and pictures in all.
        should_stop: Looked at before every picture.

    Raises:
        UserError: Photos that are not here, or a folder or a data set that cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    if isinstance(data, str):
        data = DataSettings(source=data, folder=folder)
    if data.is_numbers:
        raise UserError("Points and tables are numbers, not pictures.", "", "Choose pictures.")
    if data.source == "photos":
        return photos.load_photos(progress, should_stop)
    if data.source == "drawn":
        from qtl_core.pictures.sources.drawn.store import load_drawn

        return load_drawn(progress, should_stop)
    if data.source == "dataset":
        _check_named(data)
        return load_version(data.dataset, data.dataset_version, progress=progress, should_stop=should_stop)
    return read_folder(typed_folder(data.folder), progress=progress, should_stop=should_stop)


def settled(data: DataSettings) -> DataSettings:
    """Returns settings that go on naming the same pictures: of a set made in the app, the version it is now.

    Raises:
        UserError: There is no such set, or it cannot be trained on.
    """
    if data.source != "dataset" or data.dataset_version:
        return data
    _check_named(data)
    return replace(data, dataset_version=freeze(data.dataset).number)


def _check_named(data: DataSettings) -> None:
    if not data.dataset:
        raise UserError("No data set is named.", "", "Choose one on the Data page, or make one there.")


def dataset_status() -> tuple[DatasetStatus, ...]:
    """Returns where the photos and the drawn set are and how to get them; looks, but reads no picture."""
    from qtl_core.pictures.sources.drawn.store import FOLDER

    found = photos.find_photos()
    drawn = next(existing(FOLDER), None)
    return (
        DatasetStatus("photos", photos.NAME, found, photos.how_to_get()),
        DatasetStatus(
            "drawn", "Ants and bees, drawn by this app", drawn, "They come along, and are unpacked when needed."
        ),
    )


def find_dataset(
    data: DataSettings, report: ReportProgress, should_stop: ShouldStop, *, allow_fallback: bool
) -> tuple[Dataset, DataSettings, tuple[str, ...]]:
    """Returns the pictures, the settings that name just them, and a note if drawn ones stand in for the photos.

    Raises:
        UserError: They cannot be used.
        StoppedByUser: `should_stop` said so.
    """

    def load(used: DataSettings) -> Dataset:
        stage = "Getting the drawn pictures ready" if used.source == "drawn" else "Reading the files"
        return load_dataset(
            used, progress=lambda done, total: report(Progress(stage, done, total)), should_stop=should_stop
        )

    data = settled(data)
    try:
        return load(data), data, ()
    except UserError as error:
        if not (allow_fallback and data.source == "photos"):
            raise
        note = f"{error.what} Drawn pictures of ants and bees are used instead. {error.do}"
        drawn = replace(data, source="drawn")
        return load(drawn), drawn, (note,)
