"""Understanding and taking over as jobs: a stranger's archive is opened in a worker, not among the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.pictures.archives.plan import ArchivePlan, Source
from qtl_core.pictures.archives.taking_over import TakenOver, take_over
from qtl_core.pictures.archives.understanding import understand

LOOKING, TAKING = "Looking through the files", "Taking the pictures over"


@dataclass(frozen=True)
class PlanRequest:
    """A source that is to be understood, and how; see `understand`."""

    source: Source
    by_name: bool = False
    into: str = ""


@dataclass(frozen=True)
class TakeOverRequest:
    """A plan, and the set it is to come into."""

    plan: ArchivePlan
    dataset: str


def plan_job(request: PlanRequest, owner: str = "") -> JobSpec[JobView[ArchivePlan]]:
    """Returns the job that understands an archive; its result is the plan."""
    return JobSpec("qtl_core.pictures.archives.jobs:run_plan_job", request, owner)


def run_plan_job(request: PlanRequest, emit: Callable[[Progress | ArchivePlan], None], should_stop: ShouldStop) -> None:
    """Understands it, in a worker process.

    Raises:
        UserError: See `understand`.
        StoppedByUser: `should_stop` said so.
    """
    emit(
        understand(
            request.source,
            by_name=request.by_name,
            into=request.into,
            progress=lambda done, total: emit(Progress(LOOKING, done, total)),
            should_stop=should_stop,
        )
    )


def take_over_job(request: TakeOverRequest, owner: str = "") -> JobSpec[JobView[TakenOver]]:
    """Returns the job that takes a plan over; its result says what came, also of one that was stopped."""
    return JobSpec("qtl_core.pictures.archives.jobs:run_take_over_job", request, owner)


def run_take_over_job(
    request: TakeOverRequest, emit: Callable[[Progress | TakenOver], None], should_stop: ShouldStop
) -> None:
    """Takes it over, in a worker process.

    Raises:
        UserError: See `take_over`.
        StoppedByUser: `should_stop` said so; the result was emitted before.
    """
    found = take_over(
        request.plan, request.dataset, lambda done, total: emit(Progress(TAKING, done, total)), should_stop
    )
    emit(found)
    if found.was_stopped:
        raise StoppedByUser
