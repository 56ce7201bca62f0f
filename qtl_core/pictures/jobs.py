"""Background jobs on pictures: reading a source, downloading the photos or the weights of a backbone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.pictures.backbones.weights_files import download_weights
from qtl_core.pictures.sources.catalogue import find_dataset
from qtl_core.pictures.sources.dataset import Dataset
from qtl_core.pictures.sources.photos import download_photos
from qtl_core.settings import DataSettings


@dataclass(frozen=True)
class LoadedDataset:
    """The pictures, and the source they really come from.

    Attributes:
        dataset: The pictures.
        source: As the settings name it: another one than asked for where drawn pictures stand in for photos.
        notes: Why they do, and what the dataset says of itself.
    """

    dataset: Dataset
    source: str
    notes: tuple[str, ...]


def data_job(data: DataSettings, owner: str = "") -> JobSpec[JobView[LoadedDataset]]:
    """Returns the job that reads these pictures; backbone and weights play no part."""
    return JobSpec("qtl_core.pictures.jobs:run_data_job", data, owner)


def run_data_job(data: DataSettings, emit: Callable[[Progress | LoadedDataset], None], should_stop: ShouldStop) -> None:
    """Reads the pictures (in a worker).

    Raises:
        UserError: They cannot be used; the sentence says why.
    """
    with contextlib.suppress(StoppedByUser):  # nothing half-read is of use
        dataset, used, notes = find_dataset(data, emit, should_stop, allow_fallback=True)
        emit(LoadedDataset(dataset, used.source, (*notes, *dataset.notes)))


PHOTOS = "photos"


def download_job(what: str, owner: str) -> JobSpec[JobView[None]]:
    """Returns the job that fetches `what`: `PHOTOS`, or the name of a backbone whose weights are wanted.

    Its progress is in bytes; its error says what to do by hand.
    """
    return JobSpec("qtl_core.pictures.jobs:run_download_job", what, owner)


def run_download_job(what: str, emit: Callable[[Progress], None], should_stop: ShouldStop) -> None:
    """Fetches `what` (in a worker).

    Raises:
        UserError: It could not be fetched.
        StoppedByUser: `should_stop` said so; what has arrived is kept for the next attempt.
    """

    def report(done: int, total: int) -> None:
        emit(Progress("Downloading", done, total))

    if what == PHOTOS:
        download_photos(report, should_stop)
    else:
        download_weights(what, report, should_stop)
