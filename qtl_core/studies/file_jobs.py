"""A study's file brought in as a job: a stranger's file is opened in a worker, whatever it does there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.studies.jobs import OWNER


@dataclass(frozen=True)
class FileRequest:
    """A request to bring a file in.

    Attributes:
        content: The file.
        name: What it is called.
        owner: Whose the study is then; "" on a server that is closed to others.
    """

    content: bytes = field(repr=False)
    name: str
    owner: str = ""


@dataclass(frozen=True)
class FileOutcome:
    """The outcome of bringing a file in.

    Attributes:
        study: The study that it became.
        words: What is to be said of it.
    """

    study: str
    words: str


def bring_in_job(request: FileRequest, owner: str) -> JobSpec[JobView[FileOutcome]]:
    """Returns the job that brings a file in."""
    return JobSpec("qtl_core.studies.file_jobs:run_bring_in_job", request, owner)


def run_bring_in_job(
    request: FileRequest, emit: Callable[[Progress | FileOutcome], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process.

    Raises:
        UserError: It cannot be opened or kept; nothing of it is there then.
    """
    from qtl_core.studies.study_file import bring_in

    found = bring_in(request.content, request.name)
    name = f"The study “{found.store.plan.name}”"
    if found.was_here:
        emit(FileOutcome(found.store.id, f"{name} is here already."))
        return
    found.store.keep_fact(OWNER, request.owner)
    called = f" Another study has its name “{found.called}” here." if found.called else ""
    emit(FileOutcome(found.store.id, f"{name} was brought in.{called}"))
