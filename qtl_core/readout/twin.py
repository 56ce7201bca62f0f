"""A run's twin: the same training but for how the circuit was read, and what its head answers under a readout.

What training with the noise on brings to a run is known only once both are trained; then both are read in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from qtl_core.common.progress import ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.readout.inputs import ReadoutInputs, run_inputs_job
from qtl_core.readout.run_readout import RunReadout, readout_of
from qtl_core.runs.events import Arrays, Prepared
from qtl_core.runs.store.records import RunRecord
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import ReadoutSettings, RunSettings
from qtl_core.settings.relevant import train_the_same


@dataclass(frozen=True)
class TwinRequest:
    """A question for a worker.

    Attributes:
        prepared: What the twin was trained on.
        head: Its weights, by parameter name.
        readout, mitigate, seed: How its pictures are read; see `run_readout.readout_of`.
    """

    prepared: Prepared
    head: Arrays = field(repr=False)
    readout: ReadoutSettings
    mitigate: tuple[str, ...] = ()
    seed: int = 0


def twin_settings(settings: RunSettings, readout: ReadoutSettings) -> RunSettings:
    """Returns what a run's twin is trained with: under `readout`, or exactly where the run itself was under it."""
    noisy = replace(settings, readout=readout)
    return replace(settings, readout=ReadoutSettings()) if train_the_same(settings, noisy) else noisy


def twin_among(records: Iterable[RunRecord], settings: RunSettings, readout: ReadoutSettings) -> RunRecord | None:
    """Returns the first of some kept runs that came to its end and is the twin of one with these settings, or None."""
    wanted = twin_settings(settings, readout)
    finished = (record for record in records if record.state == "finished" and record.right is not None)
    return next((record for record in finished if train_the_same(record.settings, wanted)), None)


def is_of_same_pictures(one: Prepared, other: Prepared) -> bool:
    """Returns whether two runs were validated on the same pictures, by name and class, in the same order."""
    return all(getattr(one, name) == getattr(other, name) for name in ("classes", "val_files", "val_labels"))


def twin_job(
    twin: TrainedRun, readout: ReadoutSettings, mitigate: tuple[str, ...] = (), seed: int = 0, owner: str = ""
) -> JobSpec[JobView[RunReadout]]:
    """Returns the job that reads out a twin's validation pictures in a worker.

    Args:
        twin: A run for which `inputs.why_no_readout` says nothing.
        readout, mitigate, seed: See `run_readout.readout_of`.
        owner: Whose job it is.
    """
    request = TwinRequest(twin.prepared, twin.checkpoint.best_weights, readout, mitigate, seed)
    return JobSpec("qtl_core.readout.twin:run_twin_job", request, owner)


def run_twin_job(request: TwinRequest, emit: Callable[[RunReadout], None], should_stop: ShouldStop) -> None:
    """Reads them out in a worker process.

    Raises:
        UserError: Its pictures or its network are not those it was trained with, or it cannot be read so.
        StoppedByUser: `should_stop` said so.
    """
    found: list[ReadoutInputs] = []
    run_inputs_job((request.prepared, request.head), found.append, should_stop)
    emit(readout_of(found[0], request.readout, seed=request.seed, mitigate=request.mitigate))
