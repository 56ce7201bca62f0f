"""Is the quantum part doing anything? The same pictures and seeds with the circuit, with parts of it, and without it.

As a job: every kind of head is really trained over the same seeds. No torch or numba at the top, because pages make
jobs from this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from qtl_core.common.errors import DivergedError, UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.settings import RunSettings
from qtl_core.training.repeat import SeedRequest, repeat

SEEDS = 10  # a few seconds for all kinds of head, and enough to see how far luck reaches
WHOLE, APART, BARE, LINEAR = "whole", "apart", "bare", "linear"
# What each head is called, and what it still has.
TITLES = {
    WHOLE: "The circuit",
    APART: "Without CNOTs",
    BARE: "Without trained gates",
    LINEAR: "A linear layer",
}


@dataclass(frozen=True)
class HeadScores:
    """One kind of head over all seeds.

    Attributes:
        kind: A key of `TITLES`.
        correct: Validation pictures right at each seed's best epoch.
        total: Validation pictures.
        noun: What they are called.
        seeds: Whose figures these are, in the same order; empty where every seed from 0 on has one.
        diverged: How many more seeds there were, whose training broke down.
    """

    kind: str
    correct: tuple[int, ...]
    total: int
    noun: str
    seeds: tuple[int, ...] = ()
    diverged: int = 0

    @property
    def by_seed(self) -> dict[int, int]:
        """The pictures right by seed; seeds whose training broke down are not there."""
        return dict(zip(self.seeds or range(len(self.correct)), self.correct, strict=True))

    @property
    def middle(self) -> float:
        """The median."""
        return float(np.median(self.correct))


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
    payload = SeedRequest(settings, seeds)
    return JobSpec(
        "qtl_core.training.ablation:run_ablation_job", payload, owner, view=JobView(result=()), fold=JobView.collect
    )


def run_ablation_job(
    request: SeedRequest, emit: Callable[[Progress | HeadScores], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process."""
    for scores in compare(request, emit, should_stop):
        emit(scores)


def compare(request: SeedRequest, report: Callable[[Progress], None], should_stop: ShouldStop) -> Iterator[HeadScores]:
    """Yields the scores of every kind of head.

    Raises:
        UserError: Pictures or weights cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    for kind, settings in _with_less(request.settings).items():
        band = repeat(replace(request, settings=settings), _told(kind, report), should_stop)
        noun, right = band.prepared.settings.data.noun, tuple(int(count) for count in band.best_counts)
        yield HeadScores(kind, right, band.prepared.val_size, noun, band.seeds, len(band.diverged))
    yield _linear(request, _told(LINEAR, report), should_stop)


def in_a_sentence(kind: str) -> str:
    """Returns what a head is called in the middle of a sentence."""
    return {WHOLE: "the circuit", LINEAR: "a linear layer"}.get(kind, f"the circuit {TITLES[kind].lower()}").replace(
        "cnots", "CNOTs"
    )


def difference_in_words(one: HeadScores, other: HeadScores) -> str:
    """Says which of two heads does better, or that luck is larger than what lies between them.

    The seeds are paired: both saw the pictures in the same order. A difference counts where it is more than twice its
    standard error.
    """
    ours, theirs = one.by_seed, other.by_seed
    gaps = np.array([ours[seed] - theirs[seed] for seed in ours if seed in theirs])
    if len(gaps) < 2:
        return "Too few seeds trained both heads to the end to compare them: lower the learning rate."
    mean, error = float(gaps.mean()), float(gaps.std(ddof=1) / len(gaps) ** 0.5)
    first, second = (in_a_sentence(each.kind) for each in (one, other))
    if abs(mean) <= max(2 * error, 0.5):
        return f"Between {first} and {second} there is no difference that luck would not give as well."
    better, worse = (first, second) if mean > 0 else (second, first)
    return (
        f"On average {better} gets {abs(mean):.1f} of {one.total} {one.noun} more right than {worse} "
        f"(± {2 * error:.1f} for the luck of the seeds)."
    )


def diverged_in_words(scores: HeadScores) -> str:
    """Says how many seeds of a head are in no figure; "" where all are."""
    if not scores.diverged:
        return ""
    count, they_are = scores.diverged, "it is" if scores.diverged == 1 else "they are"
    return (
        f"{TITLES[scores.kind]}: with {count} of {count + len(scores.correct)} seeds training broke down, as its "
        f"numbers stopped being finite; {they_are} not counted."
    )


def _with_less(settings: RunSettings) -> dict[str, RunSettings]:
    return {WHOLE: settings, APART: settings.changed(entangler="none"), BARE: settings.changed(depth=0)}


def _told(kind: str, report: Callable[[Progress], None]) -> Callable[[Progress], None]:
    return lambda progress: report(replace(progress, stage=f"{TITLES[kind]}: {progress.stage.lower()}"))


def _linear(request: SeedRequest, report: Callable[[Progress], None], should_stop: ShouldStop) -> HeadScores:
    from qtl_core.training.linear_baseline import train_linear
    from qtl_core.training.preparation import prepare

    preparation = prepare(request.settings, report, should_stop)
    source, prepared = preparation.features, preparation.prepared
    right: dict[int, int] = {}
    for done, seed in enumerate(request.seeds):
        report(Progress("Training", done, len(request.seeds)))
        try:
            accuracies, losses = train_linear(source, prepared.settings.training, seed, should_stop)
        except DivergedError as error:
            broken = error
            continue
        best = losses.argmin() if prepared.settings.training.best_by == "loss" else accuracies.argmax()
        right[seed] = round(float(accuracies[best]) * prepared.val_size)
    if not right:
        raise broken
    noun, diverged = prepared.settings.data.noun, len(request.seeds) - len(right)
    return HeadScores(LINEAR, tuple(right.values()), prepared.val_size, noun, tuple(right), diverged)
