"""Jobs of the dial on results: one of each kind a session, as a turn of the dial makes what is under way useless."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TypeVar

from qtl_core.jobs import JobSnapshot, JobSpec, JobView
from ui.base import job_managers
from ui.session import session

WAIT_SECONDS = 0.5

Found = TypeVar("Found")


def readout_job(
    kind: str, asked: tuple[Hashable, ...], make: Callable[[], JobSpec[JobView[Found]]]
) -> Callable[[], JobSnapshot[JobView[Found]]]:
    """Starts a job in place of this session's last one of its kind, and returns what finds it.

    Args:
        kind: The first word of its key.
        asked: The rest: what is asked, of which run.
        make: Returns the job.
    """
    find = partial(job_managers.readouts().find_or_start, (kind, *asked), make)
    started = find()
    before, session.readout.jobs[kind] = session.readout.jobs.get(kind), started.id
    job_managers.stop_replaced(job_managers.express_jobs(), before, started.id, session.owner)
    job_managers.express_jobs().wait(started.id, WAIT_SECONDS)
    return find
