"""From settings to pictures: what was asked for, or the drawn set where the photos are not here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qtl_core.callbacks import ShouldStop
from qtl_core.datasets.catalogue import load_dataset
from qtl_core.datasets.records import Dataset
from qtl_core.errors import UserError
from qtl_core.progress import Progress
from qtl_core.settings import DataSettings

Report = Callable[[Progress], None]


def find_dataset(
    data: DataSettings, report: Report, should_stop: ShouldStop, *, allow_fallback: bool
) -> tuple[Dataset, DataSettings, tuple[str, ...]]:
    """Returns the pictures, the settings that name them, and a note if drawn ones stand in for the photos.

    Raises:
        UserError: They cannot be used.
        StoppedByUser: `should_stop` said so.
    """

    def load(source: str) -> Dataset:
        stage = "Drawing the pictures" if source == "drawn" else "Reading the pictures"
        return load_dataset(source, data.folder, lambda done, total: report(Progress(stage, done, total)), should_stop)

    try:
        return load(data.source), data, ()
    except UserError as error:
        if not (allow_fallback and data.source == "photos"):
            raise
        note = f"{error.what} Drawn pictures of ants and bees are used instead. {error.do}"
        return load("drawn"), replace(data, source="drawn"), (note,)
