"""Imports and exports as jobs: a stranger's file is opened in a worker, not among the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.exchange.heads.head_file import HeadRequest
from qtl_core.exchange.run_files.importing import import_run_file
from qtl_core.exchange.run_files.requirements import needs_of
from qtl_core.jobs import JobSpec, JobView
from qtl_core.runs.store import load_run
from qtl_core.runs.view import TrainedRun


@dataclass(frozen=True)
class ImportResult:
    """A file that was brought in.

    Attributes:
        run: The kept run.
        was_here: Whether just this run was kept already.
        notes: What else has to be said, in whole sentences.
        warnings: Those of them that say that something is probably wrong.
    """

    run: str
    was_here: bool = False
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


RENAMED = "Another run has its identifier here, so that it got a new one."


PICTURES_CAME = "Its pictures came along, as a data set on the Data page."


@dataclass(frozen=True)
class RunFileRequest:
    """A run's file, and what it is called."""

    content: bytes = field(repr=False)
    name: str
    data_owner: str = ""  # whose the data set is that its pictures become; see `datasets.creating.create`
    data_maker: str = ""


def run_file_job(request: RunFileRequest, owner: str = "") -> JobSpec[JobView[ImportResult]]:
    """Returns the job that brings a run's file in."""
    return JobSpec("qtl_core.exchange.jobs:run_run_file_job", request, owner)


def run_run_file_job(request: RunFileRequest, emit: Callable[[ImportResult], None], should_stop: ShouldStop) -> None:
    """Brings it in, in a worker process.

    Raises:
        UserError: See `import_run_file`.
    """
    found = import_run_file(request.content, request.name, owner=request.data_owner, maker=request.data_maker)
    notes = (
        *((RENAMED,) if found.is_renamed else ()),
        *((PICTURES_CAME,) if found.dataset else ()),
        *needs_of(TrainedRun.of(load_run(found.run))),
    )
    emit(ImportResult(found.run, was_here=found.was_here, notes=notes))


def head_job(request: HeadRequest, owner: str = "") -> JobSpec[JobView[ImportResult]]:
    """Returns the job that brings a head in."""
    return JobSpec("qtl_core.exchange.jobs:run_head_job", request, owner)


def run_head_job(
    request: HeadRequest, emit: Callable[[Progress | ImportResult], None], should_stop: ShouldStop
) -> None:
    """Brings it in, in a worker process.

    Raises:
        UserError: See `import_head`.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.exchange.heads.importing import import_head

    run_id, imported = import_head(request, emit, should_stop)
    emit(ImportResult(run_id, notes=imported.view.prepared.notes, warnings=imported.warnings))


def rows_job(content: bytes, name: str, owner: str = "") -> JobSpec[JobView[int]]:
    """Returns the job that looks how many rows of angles a head holds; its result is their number, 0 if not known."""
    return JobSpec("qtl_core.exchange.jobs:run_rows_job", (content, name), owner)


def run_rows_job(asked: tuple[bytes, str], emit: Callable[[int], None], should_stop: ShouldStop) -> None:
    """Looks in a worker process; what cannot be read is said when the head is brought in, not now."""
    from qtl_core.exchange.heads.fitting import rows_of, told_apart
    from qtl_core.exchange.heads.reading import read_state

    try:
        emit(rows_of(told_apart(read_state(*asked))))
    except UserError:
        emit(0)
