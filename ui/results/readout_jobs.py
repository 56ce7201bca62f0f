"""Jobs that read a run out; of the dial one of each kind a session, as a turn makes what is under way useless."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TypeVar

from qtl_core.jobs import JobSnapshot, JobSpec, JobView
from qtl_core.readout.inputs import ReadoutInputs, inputs_job
from qtl_core.runs.view import TrainedRun
from ui.base import job_managers
from ui.session import session
from ui.widgets.waiting import show_once_over

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


def show_with_inputs(
    run: TrainedRun, key: tuple[Hashable, ...], noun: str, show: Callable[[ReadoutInputs], None]
) -> None:
    """Finds what a run's circuits are given, in a worker, and shows what follows once it is there.

    Args:
        run: A run that can be read out.
        key: What tells it from all others.
        noun: What its pictures are called.
        show: Shows what follows.
    """
    find = partial(job_managers.readouts().find_or_start, ("inputs", *key), lambda: inputs_job(run, session.owner))
    job_managers.express_jobs().wait(find().id, WAIT_SECONDS)
    show_once_over(find, show, lambda _: f"Finding the {noun} …", "readout inputs")
