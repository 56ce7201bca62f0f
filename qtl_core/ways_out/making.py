"""A way out taken in a worker process, where it can be watched and stopped: torch is loaded there already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.runs.store import cached_run
from qtl_core.runs.view import TrainedRun
from qtl_core.ways_out.catalogue import way_of
from qtl_core.ways_out.way import Taken, WayOut


def making_job(key: str, taken: Taken, owner: str = "") -> JobSpec[JobView[bytes]]:
    """Returns the job that makes what is downloaded; its result is the file, or the folder as a zip."""
    return JobSpec("qtl_core.ways_out.making:run_making_job", (key, taken), owner)


def content_of(way: WayOut, taken: Taken) -> bytes:
    """Returns what is downloaded, with all epochs of the run: pages and jobs pass it on without most of them.

    Raises:
        UserError: See `WayOut.content`; or the run is gone meanwhile, or damaged.
    """
    if taken.record is None:
        return way.content(taken)
    return way.content(replace(taken, view=TrainedRun.of(cached_run(taken.record.id, taken.record.version))))


def run_making_job(asked: tuple[str, Taken], emit: Callable[[Progress | bytes], None], should_stop: ShouldStop) -> None:
    """Makes it, in a worker process.

    Raises:
        UserError: See `content_of`.
    """
    key, taken = asked
    emit(content_of(way_of(key), taken))
