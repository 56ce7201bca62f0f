"""Heads in and out as jobs: a stranger's file is opened in a worker, not among the pages; torch is there already."""

from __future__ import annotations

from collections.abc import Callable

from qtl_core.bringing_in import BringingIn
from qtl_core.callbacks import ShouldStop
from qtl_core.heads.request import HeadRequest
from qtl_core.jobs import JobSpec
from qtl_core.progress import Progress
from qtl_core.training.view import RunView


def head_job(request: HeadRequest, owner: str = "") -> JobSpec[BringingIn]:
    """Returns the job that brings a head in."""
    return JobSpec("qtl_core.heads.job:perform", request, BringingIn(), BringingIn.after, owner=owner)


def perform(request: HeadRequest, emit: Callable[[Progress | BringingIn], None], should_stop: ShouldStop) -> None:
    """Brings it in, in a worker process.

    Raises:
        UserError: See `bring_in`.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.heads.keeping import bring_in

    run_id, view = bring_in(request, emit, should_stop)
    emit(BringingIn(run=run_id, notes=view.prepared.notes))


def head_file_job(view: RunView) -> JobSpec[bytes | None]:
    """Returns the job that writes a run's head as torch does; its view is the file once it is there."""
    return JobSpec("qtl_core.heads.job:perform_writing", view, view=None, fold=lambda _, content: content)


def perform_writing(view: RunView, emit: Callable[[bytes], None], should_stop: ShouldStop) -> None:
    """Writes it in a worker process."""
    from qtl_core.heads.writing import head_bytes

    emit(head_bytes(view, ".pt"))
