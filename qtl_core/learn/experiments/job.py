"""An experiment as a job: its stops one after another, the one that is looked at first; what is kept comes at once.

No scipy at the top, because pages make jobs from this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qtl_core.common.progress import Progress, ShouldStop, emit_counted, never_stop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.learn.experiments.catalogue import experiment
from qtl_core.learn.experiments.experiment import Experiment, Likeness
from qtl_core.learn.experiments.kept import keep, kept
from qtl_core.learn.experiments.outcome import Outcome, learnt

STAGE = "Learning, place by place"


def experiment_job(key: str, first: int, owner: str) -> JobSpec[JobView[tuple[Outcome, ...]]]:
    """Returns the job that learns all stops of an experiment; its result grows by one each.

    Args:
        key: Which experiment.
        first: The place of the stop that is wanted first.
        owner: Whose job it is.
    """
    task = "qtl_core.learn.experiments.job:run_experiment_job"
    view: JobView[tuple[Outcome, ...]] = JobView()
    return JobSpec(task, (key, first), owner, view=view, fold=JobView.collect)


def run_experiment_job(
    request: tuple[str, int], emit: Callable[[Progress | Outcome], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process."""
    key, first = request
    wanted = experiment(key)
    emit(Progress(STAGE, 0, len(wanted.likenesses)))
    emit_counted(outcomes(wanted, first, should_stop), STAGE, len(wanted.likenesses), emit)


def outcomes(wanted: Experiment, first: int | None = None, should_stop: ShouldStop = never_stop) -> Iterator[Outcome]:
    """Yields the outcome of every stop, one of them first, by default the usual one; see `outcome.corrected`.

    Raises:
        StoppedByUser: `should_stop` said so; the stops that were done are kept.
    """
    for likeness in _ordered(wanted, wanted.usual if first is None else first):
        found = kept(wanted, likeness)
        if found is None:
            found = learnt(wanted, likeness, should_stop=should_stop)
            keep(wanted, found)
        yield found


def _ordered(wanted: Experiment, first: int) -> list[Likeness]:
    stops = list(wanted.likenesses)
    return [stops.pop(first), *stops]
