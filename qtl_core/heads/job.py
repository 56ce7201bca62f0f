"""Heads in and out as jobs: a stranger's file is opened in a worker, not among the pages; torch is there already."""

from __future__ import annotations

from collections.abc import Callable

from qtl_core.bringing_in import ImportedRun
from qtl_core.callbacks import ShouldStop
from qtl_core.errors import UserError
from qtl_core.heads.layouts import DEMO
from qtl_core.heads.request import HeadRequest
from qtl_core.jobs import JobSpec, JobView
from qtl_core.progress import Progress
from qtl_core.training.view import TrainedRun


def head_job(request: HeadRequest, owner: str = "") -> JobSpec[JobView[ImportedRun]]:
    """Returns the job that brings a head in."""
    return JobSpec("qtl_core.heads.job:perform", request, owner)


def perform(request: HeadRequest, emit: Callable[[Progress | ImportedRun], None], should_stop: ShouldStop) -> None:
    """Brings it in, in a worker process.

    Raises:
        UserError: See `import_head`.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.heads.keeping import import_head

    run_id, brought = import_head(request, emit, should_stop)
    emit(ImportedRun(run_id, notes=brought.view.prepared.notes, warnings=brought.warnings))


def rows_job(content: bytes, name: str, owner: str = "") -> JobSpec[JobView[int]]:
    """Returns the job that looks how many rows of angles a head holds; its result is their number, 0 if not known."""
    return JobSpec("qtl_core.heads.job:read_row_count", (content, name), owner)


def read_row_count(asked: tuple[bytes, str], emit: Callable[[int], None], should_stop: ShouldStop) -> None:
    """Looks in a worker process; what cannot be read is said when the head is brought in, not now."""
    from qtl_core.heads.fitting import rows_of, told_apart
    from qtl_core.heads.reading import read_state

    try:
        emit(rows_of(told_apart(read_state(*asked))))
    except UserError:
        emit(0)


def head_file_job(view: TrainedRun, layout: str = DEMO) -> JobSpec[JobView[bytes]]:
    """Returns the job that writes a run's head as torch does; its result is the file."""
    return JobSpec("qtl_core.heads.job:write_head_file", (view, layout))


def write_head_file(asked: tuple[TrainedRun, str], emit: Callable[[bytes], None], should_stop: ShouldStop) -> None:
    """Writes it in a worker process."""
    from qtl_core.heads.writing import head_bytes

    view, layout = asked
    emit(head_bytes(view, ".pt", layout=layout))
