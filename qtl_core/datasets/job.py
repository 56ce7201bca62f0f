"""Reading the pictures of a source as a background job: drawing the drawn set takes seconds, a large folder too."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from qtl_core.callbacks import ShouldStop
from qtl_core.datasets.finding import find_dataset
from qtl_core.datasets.records import Dataset
from qtl_core.errors import StoppedByUser
from qtl_core.jobs import JobSpec, JobView
from qtl_core.progress import Progress
from qtl_core.settings import DataSettings


@dataclass(frozen=True)
class Found:
    """The pictures, and the source they really come from.

    Attributes:
        dataset: The pictures.
        source: "photos", "drawn" or "folder": another one than asked for where drawn pictures stand in for photos.
        notes: Why they do, and what the dataset says of itself.
    """

    dataset: Dataset
    source: str
    notes: tuple[str, ...]


def data_job(data: DataSettings, owner: str = "") -> JobSpec[JobView[Found]]:
    """Returns the job that reads these pictures; backbone and weights play no part."""
    return JobSpec("qtl_core.datasets.job:perform", data, owner)


def perform(data: DataSettings, emit: Callable[[Progress | Found], None], should_stop: ShouldStop) -> None:
    """Reads the pictures (in a worker).

    Raises:
        UserError: They cannot be used; the sentence says why.
    """
    with contextlib.suppress(StoppedByUser):  # nothing half-read is of use
        dataset, used, notes = find_dataset(data, emit, should_stop, allow_fallback=True)
        emit(Found(dataset, used.source, (*notes, *dataset.notes)))
