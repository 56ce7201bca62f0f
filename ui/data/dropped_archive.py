"""A zip that was dropped on a class of the set on screen: shown, taken over, and let go of."""

from __future__ import annotations

from contextlib import suppress

from qtl_core.common.errors import UserError
from qtl_core.pictures.archives.plan import Source
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.editing import remove_class
from qtl_core.pictures.datasets.incoming import drop_archive
from qtl_core.pictures.datasets.records import DatasetRecord
from ui.data.archive_panel import show_archive
from ui.data.own_sets import FIRST_CLASSES
from ui.session import session
from ui.session.visitor import owner


def show_dropped_archive(record: DatasetRecord) -> None:
    """Shows the archive above the classes until the visitor is done with it; nothing where there is none."""
    dropped = session.workshop.bench(record.id).archive
    if dropped is None:
        return
    source = Source(dropped.name, dropped.path)
    show_archive(
        source,
        dataset=record.id,
        klass=dropped.class_name,
        on_close=lambda came_into: _close(record.id, came_into),
    )


def _close(set_id: str, came_into: str) -> None:
    bench = session.workshop.bench(set_id)
    if bench.archive is not None:
        drop_archive(owner(), bench.archive.upload)
    bench.archive = None
    if came_into:
        with suppress(UserError):
            _remove_first_classes(came_into)


def _remove_first_classes(set_id: str) -> None:
    """Removes the empty classes that a new set begins with, where the archive brought others."""
    classes = find_by_id(set_id).classes
    empty = [klass for klass in classes if klass.name in FIRST_CLASSES and not klass.count]
    if sum(klass.count > 0 for klass in classes) >= len(FIRST_CLASSES):
        for klass in empty:
            remove_class(set_id, klass.id)
