"""A run's file is opened in a worker: what a stranger's file takes of memory and time, no page has to give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from qtl_core.archive.bringing_in import import_archive
from qtl_core.archive.needs import needs_of
from qtl_core.bringing_in import ImportedRun
from qtl_core.callbacks import ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.store import load_run
from qtl_core.training.view import TrainedRun

RENAMED = "Another run has its identifier here, so that it got a new one."


@dataclass(frozen=True)
class ArchiveRequest:
    """A run's file, and what it is called."""

    content: bytes = field(repr=False)
    name: str


def archive_job(request: ArchiveRequest, owner: str = "") -> JobSpec[JobView[ImportedRun]]:
    """Returns the job that brings a run's file in."""
    return JobSpec("qtl_core.archive.job:perform", request, owner)


def perform(request: ArchiveRequest, emit: Callable[[ImportedRun], None], should_stop: ShouldStop) -> None:
    """Brings it in, in a worker process.

    Raises:
        UserError: See `import_archive`.
    """
    found = import_archive(request.content, request.name)
    notes = (*((RENAMED,) if found.is_renamed else ()), *needs_of(TrainedRun.of(load_run(found.run))))
    emit(ImportedRun(found.run, was_here=found.was_here, notes=notes))
