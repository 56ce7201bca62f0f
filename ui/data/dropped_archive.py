"""A zip that was dropped on a class of the set on screen: shown, taken over, and let go of."""

from __future__ import annotations

from functools import partial

from qtl_core.pictures.archives.plan import Source
from qtl_core.pictures.datasets.incoming import drop_archive, waiting_archives
from qtl_core.pictures.datasets.records import DatasetRecord
from ui.data.archive_panel import show_archive
from ui.session.visitor import owner


def show_dropped_archive(record: DatasetRecord) -> None:
    """Shows the first archive that waits above the classes, until the visitor is done with it; also after a reload."""
    for waiting in waiting_archives(owner(), record.id)[:1]:
        klass = next((each.name for each in record.classes if each.id == waiting.target.class_id), "")
        show_archive(
            Source(waiting.target.name, waiting.path),
            dataset=record.id,
            klass=klass,
            on_close=partial(_drop, waiting.upload),
        )


def _drop(upload: str, _came_into: str) -> None:
    drop_archive(owner(), upload)
