"""Did it help, as a job: a kept run's numbers carried over, beside a start from scratch.

What is trained is in `comparison`. No torch or numba at the top, because pages make jobs from this module.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.evaluation.paired_tests import FEWEST_PAIRS
from qtl_core.jobs import JobSpec, JobView
from qtl_core.runs.events import Prepared
from qtl_core.settings import RunSettings, TransferSettings
from qtl_core.training.readout_check import check_readout
from qtl_core.training.repeat import PATIENCE
from qtl_core.training.transfer.ancestors import read_start
from qtl_core.training.transfer.arms import TransferComparison
from qtl_core.training.transfer.beginning import KeptStart
from qtl_core.training.transfer.comparison import (
    AMOUNTS,
    SEEDS,
    StartOf,
    carried_start,
    compare_starts,
    kept_again,
    planned_amounts,
)
from qtl_core.training.transfer.facts import facts_of

Emit = Callable[[Progress | TransferComparison], None]


@dataclass(frozen=True)
class ComparisonRequest:
    """A request to compare a carried start with one from scratch.

    Attributes:
        settings: All settings; their transfer says what the carried start is, their seed is the first one.
        kept: The carried start that a run keeps, so that its ancestor need not be there, or be what it was, any more.
        seeds: How many seeds.
        amounts: Training pictures of each class, beside all there are.
        patience: See `SeedRequest`.
    """

    settings: RunSettings
    kept: KeptStart | None = None
    seeds: int = SEEDS
    amounts: tuple[int, ...] = AMOUNTS
    patience: float = math.inf


def comparison_job(
    settings: RunSettings,
    owner: str,
    kept: KeptStart | None = None,
    run: str = "",
    seeds: int = SEEDS,
    amounts: Sequence[int] = AMOUNTS,
) -> JobSpec[JobView[TransferComparison]]:
    """Returns the job that trains `settings` from the carried start and from scratch; its result grows by amounts.

    Args:
        settings, kept, seeds, amounts: See `ComparisonRequest`.
        owner: Whose job it is.
        run: The kept run that is asked about, by which its job is found again; "" for one that is not kept.

    Raises:
        UserError: Nothing is carried over, too few seeds are asked for, or there are no kept features to train from.
    """
    if not settings.transfer.start_from:
        raise UserError("There is nothing to compare.", "This training starts fresh.", "Choose a run to start from.")
    if settings.training.backbone_mode == "published":
        raise UserError(
            "This setting cannot be compared.",
            "As published, the image network runs again at every batch, and every run would take hours.",
            "Choose the truly frozen network.",
        )
    if seeds < FEWEST_PAIRS:
        raise UserError(f"{seeds} seeds are too few to judge by.", "", f"Choose {FEWEST_PAIRS} or more.")
    payload = ComparisonRequest(settings, kept, seeds, tuple(amounts), PATIENCE)
    return JobSpec("qtl_core.training.transfer.comparison_job:run_comparison_job", payload, owner, id=job_of(run))


def job_of(run: str) -> str:
    """Returns the identifier of the job that compares a kept run's start; "" for one that is not kept."""
    return f"did-it-help-{run}" if run else ""


def run_comparison_job(request: ComparisonRequest, emit: Emit, should_stop: ShouldStop) -> None:
    """Does the job in a worker process."""
    for found in compare(request, emit, should_stop):
        emit(found)


def compare(
    request: ComparisonRequest, report: ReportProgress, should_stop: ShouldStop
) -> Iterator[TransferComparison]:
    """Yields the comparison after every amount of data, the smallest first.

    Raises:
        UserError: Pictures, weights or the run to start from cannot be used.
        StoppedByUser: `should_stop` said so; the amounts before are of use.
    """
    from qtl_core.training.compiled.warm_up import warm_up
    from qtl_core.training.preparation import prepare

    settings = request.settings
    check_readout(settings)
    start_of = _start_of(request)  # before the pictures are looked at, as the run to start from may be gone
    warm_up()  # beside the features
    every = replace(settings.changed(per_class=0), transfer=TransferSettings())
    preparation = prepare(every, report, should_stop, allow_fallback=False)
    used = replace(preparation.prepared.settings, transfer=settings.transfer)
    prepared = replace(preparation.prepared, settings=used)
    labels, classes = preparation.features.train_labels, len(prepared.classes)
    plan = TransferComparison(
        prepared, request.seeds, planned_amounts(labels, classes, request.amounts, settings.data.per_class)
    )
    begins = start_of(prepared)
    yield from compare_starts(
        preparation.features, plan, begins, report, should_stop, with_control=True, patience=request.patience
    )


def _start_of(request: ComparisonRequest) -> Callable[[Prepared], StartOf]:
    """Returns what gives the carried start, once it is known what is learnt.

    A start that is kept with a run is used as it is. Where features are standardised, each amount of data scales them
    in its own way, and the numbers are rewritten for each from the ancestor's, if that is still there.
    """
    kept, settings = request.kept, request.settings
    if kept is not None and not settings.training.standardise:
        return lambda _: kept_again(kept, settings)
    try:
        point = read_start(settings.transfer.start_from)
    except UserError:
        if kept is None:
            raise
        return lambda _: kept_again(kept, settings)
    return lambda prepared: carried_start(point.facts, point.weights, facts_of(prepared))
