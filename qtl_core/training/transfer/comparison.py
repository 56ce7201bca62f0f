"""Did it help? The same training from the carried start and from scratch, over the same seeds and amounts of data.

Every training really happens, through the engine for many runs. What follows is said by `comparison_verdict`. No torch
or numba at the top, because pages make jobs from here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.errors import DivergedError, StoppedByUser
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.runs.events import Arrays
from qtl_core.settings import RunSettings
from qtl_core.training.repeat import Run, SeedRequest, train_tasks
from qtl_core.training.transfer.arms import ALL, Amount, Arm, TransferComparison
from qtl_core.training.transfer.beginning import KeptStart
from qtl_core.training.transfer.carrying import carried_masks, carried_weights, fixed_masks, with_fresh
from qtl_core.training.transfer.facts import HeadFacts
from qtl_core.training.transfer.plan import plan_transfer

if TYPE_CHECKING:
    from qtl_core.training.task import KeptFeatures, TrainingTask

SEEDS = 20  # some seconds for all amounts, and differences of two pictures of a hundred are seen
AMOUNTS = (5, 10, 20, 50)  # training pictures of each class; after them all there are
STAGE = "Training from both starts"

# A head to begin with, and what of it stands still, by parameter name; of a fresh start None and nothing.
Start = tuple[Arrays | None, dict[str, np.ndarray]]
StartOf = Callable[["TrainingTask"], Start]  # of the task that would train the same from scratch


def planned_amounts(
    labels: np.ndarray, classes: int, wanted: Sequence[int] = AMOUNTS, most: int = ALL
) -> tuple[int, ...]:
    """Returns the amounts that there are pictures for, the smallest first, and last all of them.

    Args:
        labels: Of all training pictures.
        classes: How many classes.
        wanted: Training pictures of each class.
        most: How many of each class there are to be at most, where a run has a limit of its own.
    """
    there = int(np.bincount(labels, minlength=classes).min())
    limit = min(there, most) if most else there
    return (*sorted({each for each in wanted if each < limit}), most)


def compare_starts(
    source: KeptFeatures,
    plan: TransferComparison,
    start_of: StartOf,
    report: ReportProgress,
    should_stop: ShouldStop,
    *,
    with_control: bool = False,
    patience: float = math.inf,
) -> Iterator[TransferComparison]:
    """Yields the comparison after every amount of data, in the order planned.

    Args:
        source: All training pictures, and those that judge.
        plan: What is to be trained; its settings' seed is the first one.
        start_of: The carried start of every task.
        report: Told how far it is.
        should_stop: Asked often.
        with_control: Whether a control is trained as well, where numbers stand still from the carried start alone.
        patience: See `train_tasks`.

    Raises:
        StoppedByUser: `should_stop` said so; the amounts before are of use.
    """
    from qtl_core.training.starting import trained_parameters

    seeds, began = SeedRequest(plan.prepared.settings, plan.seeds).seeds, time.perf_counter()
    found = plan
    for number, per_class in enumerate(plan.planned):
        if should_stop():
            raise StoppedByUser
        scratch = [_from_scratch(source, plan.prepared.settings, per_class, seed) for seed in seeds]
        carried = [_carried(task, start_of) for task in scratch]
        trained = (trained_parameters(carried[0]), trained_parameters(scratch[0]))
        control = [replace(task, start=None) for task in carried] if with_control and trained[0] < trained[1] else []
        groups = [tasks for tasks in (carried, scratch, control) if tasks]
        arms = [
            _arm(tasks, train_tasks(tasks, told, should_stop, STAGE, patience), source)
            for tasks, told in zip(groups, _tellers(number, len(groups), found, report), strict=True)
        ]
        amount = Amount(per_class, len(scratch[0].source.train_labels), *arms)
        found = replace(found, amounts=(*found.amounts, amount), seconds=time.perf_counter() - began, trained=trained)
        yield found


def carried_start(there: HeadFacts, trained: Arrays, here: HeadFacts) -> StartOf:
    """Returns how tasks start from a trained head: what travels put into each task's fresh numbers.

    Args:
        there, trained: The head that is started from, and its weights.
        here: The new one; its settings say what travels and what stands still.

    Raises:
        UserError: Nothing would be carried over, or nothing be left to learn.
    """
    plan = plan_transfer(there, here)
    if plan.refusal:
        raise plan.refusal

    def start_of(task: TrainingTask) -> Start:
        from qtl_core.training.starting import first_weights, standardisation, trained_shapes

        shapes = trained_shapes(task)
        start = carried_weights(plan, trained, first_weights(task), standardisation(task))
        return start, fixed_masks(plan.frozen, carried_masks(plan, shapes), shapes)

    return start_of


def kept_again(kept: KeptStart, settings: RunSettings) -> StartOf:
    """Returns how tasks start from what a run began with: what was carried over the same, the rest drawn anew.

    Args:
        kept: The start that is kept with the run.
        settings: Those of the run.
    """

    def start_of(task: TrainingTask) -> Start:
        from qtl_core.training.starting import first_weights, trained_shapes

        shapes = trained_shapes(task)
        fresh = {name: values for name, values in first_weights(task).items() if name in shapes}
        masks = fixed_masks(settings.transfer.frozen_parts, kept.carried, shapes)
        return with_fresh(kept.weights, kept.carried, fresh), masks

    return start_of


def _from_scratch(source: KeptFeatures, settings: RunSettings, per_class: int, seed: int) -> TrainingTask:
    from qtl_core.training.parts import drawn
    from qtl_core.training.task import task_of

    part = source.drawn(drawn(source.train_labels, per_class, seed)) if per_class else source
    return task_of(settings.changed(seed=seed), part.with_seed(seed))


def _carried(task: TrainingTask, start_of: StartOf) -> TrainingTask:
    start, fixed = start_of(task)
    return replace(task, start=start, fixed=fixed)


def _tellers(number: int, turns: int, plan: TransferComparison, report: ReportProgress) -> list[ReportProgress]:
    """Returns what tells how many of all trainings are done, for each turn of this amount, from 0."""
    return [_told(turns * number + turn, turns, plan, report) for turn in range(turns)]


def _told(done: int, turns: int, plan: TransferComparison, report: ReportProgress) -> ReportProgress:
    """Tells how many of all trainings are done, where so many turns were over before."""

    def told(progress: Progress) -> None:
        if progress.stage == STAGE:
            total = turns * len(plan.planned) * plan.seeds
            progress = replace(progress, done=done * plan.seeds + progress.done, total=total)
        report(progress)

    return told


def _arm(tasks: Sequence[TrainingTask], runs: Sequence[Run | DivergedError], source: KeptFeatures) -> Arm:
    good = [(task, run) for task, run in zip(tasks, runs, strict=True) if not isinstance(run, DivergedError)]
    seeds, epochs = tuple(task.training.seed for task, _ in good), tasks[0].training.epochs
    curves = [_whole_curve(_before(task, source), run.curves["val_accuracy"], epochs) for task, run in good]
    return Arm(
        seeds,
        np.array(curves, float).reshape(len(good), epochs + 1),
        np.array([run.best_epoch for _, run in good], int),
        _tests(good, source),
        tuple(task.training.seed for task in tasks if task.training.seed not in seeds),
    )


def _whole_curve(before: float, after: np.ndarray, epochs: int) -> np.ndarray:
    """The accuracy before the first step and after every epoch; of a training that ended early the last one stays."""
    return np.concatenate([[before], after, np.full(epochs - len(after), after[-1])])


def _before(task: TrainingTask, source: KeptFeatures) -> float:
    from qtl_core.training.starting import first_weights

    return _accuracy(task, first_weights(task), source.val, source.val_labels)


def _tests(good: Sequence[tuple[TrainingTask, Run]], source: KeptFeatures) -> np.ndarray | None:
    test, labels = source.test, source.test_labels
    if test is None or labels is None:
        return None
    return np.array([_accuracy(task, run.weights, test, labels) for task, run in good], float)


def _accuracy(task: TrainingTask, head: Arrays, features: np.ndarray, labels: np.ndarray) -> float:
    from qtl_core.training.testing import share_right

    return share_right(task, head, features, labels)
