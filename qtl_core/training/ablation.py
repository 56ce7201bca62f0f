"""Is the quantum part doing anything? The same pictures and seeds with the circuit, with parts of it, and without it.

As a job: every kind of head is really trained over the same seeds, by the engine that trains any run. What follows is
said by `ablation_verdict`. No torch or numba at the top, because pages make jobs from this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.settings import RunSettings, TransferSettings
from qtl_core.training.repeat import PATIENCE, SeedRequest, repeat_keeping_weights

if TYPE_CHECKING:
    from qtl_core.runs.events import Arrays
    from qtl_core.training.task import KeptFeatures

SEEDS = 50  # some seconds for all kinds of head, and differences of a third of a picture are seen
WHOLE, RANDOM, BARE, LINEAR, BOTTLENECK = "whole", "random", "bare", "linear", "bottleneck"
# What each head is called, and what of the settings it changes.
TITLES = {
    WHOLE: "The circuit",
    RANDOM: "Angles left at their start",
    BARE: "No CNOTs, no trained gates",
    LINEAR: "A linear layer",
    BOTTLENECK: "A hidden layer of equal size",
}
CHANGES: dict[str, dict[str, object]] = {
    WHOLE: {"head": "dressed"},
    RANDOM: {"head": "dressed_fixed"},
    BARE: {"head": "dressed", "depth": 0},
    LINEAR: {"head": "linear"},
    BOTTLENECK: {"head": "bottleneck"},
}
STAGE = "Training all five kinds of head"


@dataclass(frozen=True)
class HeadScores:
    """One kind of head over all seeds.

    Attributes:
        kind: A key of `TITLES`.
        correct: Validation pictures right at each seed's best epoch.
        total: Validation pictures.
        source: What they are, as the settings name it: "drawn", "photos", "folder", "dataset", "points" or "table".
        seeds: Whose figures these are, in the same order; empty where every seed from 0 on has one.
        diverged: How many more seeds there were, whose training broke down.
        picture_shares: For every validation picture, the share of the seeds that are right about it.
        learning: How many numbers of the head learn; 0 where that is not known.
    """

    kind: str
    correct: tuple[int, ...]
    total: int
    source: str
    seeds: tuple[int, ...] = ()
    diverged: int = 0
    picture_shares: tuple[float, ...] = field(default=(), repr=False)
    learning: int = 0

    @property
    def by_seed(self) -> dict[int, int]:
        """The pictures right by seed; seeds whose training broke down are not there."""
        return dict(zip(self.seeds or range(len(self.correct)), self.correct, strict=True))

    @property
    def mean(self) -> float:
        """The mean of the pictures right."""
        return float(np.mean(self.correct))


def ablation_job(settings: RunSettings, owner: str, seeds: int = SEEDS) -> JobSpec[JobView[tuple[HeadScores, ...]]]:
    """Returns the job that compares the circuit of `settings` with less of it, and with none, head by head.

    Raises:
        UserError: There are no kept features to train so many runs from.
    """
    if settings.training.backbone_mode == "published" or settings.training.augmentation:
        raise UserError(
            "This setting cannot be compared.",
            "Every picture has to be seen once, by the truly frozen network.",
            "Choose the truly frozen network, without augmentation.",
        )
    fresh = replace(settings, transfer=TransferSettings())  # heads of other kinds could not start from the same
    payload = SeedRequest(fresh, seeds, patience=PATIENCE)
    return JobSpec(
        "qtl_core.training.ablation:run_ablation_job", payload, owner, view=JobView(result=()), fold=JobView.collect
    )


def run_ablation_job(
    request: SeedRequest, emit: Callable[[Progress | HeadScores], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process."""
    for scores in compare(request, emit, should_stop):
        emit(scores)


def compare(request: SeedRequest, report: ReportProgress, should_stop: ShouldStop) -> Iterator[HeadScores]:
    """Yields the scores of every kind of head; all their training is one stage of what `report` is told.

    Raises:
        UserError: Pictures or weights cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    for number, (kind, settings) in enumerate(compared_settings(request.settings).items()):
        told = _told(number, request.count, report)
        band, heads, source = repeat_keeping_weights(replace(request, settings=settings), told, should_stop)
        prepared = band.prepared
        yield HeadScores(
            kind,
            correct=tuple(int(count) for count in band.best_counts),
            total=prepared.val_size,
            source=prepared.settings.data.source,
            seeds=band.seeds,
            diverged=len(band.diverged),
            picture_shares=_picture_shares(prepared.settings, heads, source),
            learning=prepared.trained_parameters or prepared.parameters,
        )


def compared_settings(settings: RunSettings) -> dict[str, RunSettings]:
    """Returns the settings of every kind of head; all start fresh, and are trained as `settings` say."""
    fresh = replace(settings, transfer=TransferSettings())
    return {kind: fresh.changed(**changes) for kind, changes in CHANGES.items()}


def diverged_in_words(scores: HeadScores) -> str:
    """Says how many seeds of a head are in no figure; "" where all are."""
    if not scores.diverged:
        return ""
    count, they_are = scores.diverged, "it is" if scores.diverged == 1 else "they are"
    return (
        f"{TITLES[scores.kind]}: with {count} of {count + len(scores.correct)} seeds training broke down, as its "
        f"numbers stopped being finite; {they_are} not counted."
    )


def _told(number: int, count: int, report: ReportProgress) -> ReportProgress:
    """Tells of the head of this number, from 0: its preparation only for the first, and its training as runs of all."""

    def told(progress: Progress) -> None:
        if progress.stage.startswith("Training"):
            done = number * count + round(count * progress.done / progress.total)
            report(Progress(STAGE, done, len(TITLES) * count))
        elif number == 0:
            report(progress)

    return told


def _picture_shares(settings: RunSettings, heads: Sequence[Arrays], source: KeptFeatures) -> tuple[float, ...]:
    """The share of the heads that are right about each validation picture."""
    from qtl_core.training.testing import log_probabilities

    right = np.zeros(len(source.val_labels))
    for head in heads:
        scores = log_probabilities(settings, head, source.val)
        right += scores.argmax(axis=1) == source.val_labels
    return tuple((right / len(heads)).tolist())
