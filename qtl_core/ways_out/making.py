"""A way out taken in a worker process, where it can be watched and stopped: torch is loaded there already."""

from __future__ import annotations

from collections.abc import Callable

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.ways_out.catalogue import way_of
from qtl_core.ways_out.way import Taken


def making_job(key: str, taken: Taken, owner: str = "") -> JobSpec[JobView[bytes]]:
    """Returns the job that makes what is downloaded; its result is the file, or the folder as a zip."""
    return JobSpec("qtl_core.ways_out.making:run_making_job", (key, taken), owner)


def run_making_job(asked: tuple[str, Taken], emit: Callable[[Progress | bytes], None], should_stop: ShouldStop) -> None:
    """Makes it, in a worker process.

    Raises:
        UserError: See `WayOut.content`.
    """
    key, taken = asked
    emit(way_of(key).content(taken))
