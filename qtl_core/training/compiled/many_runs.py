"""Many runs at once: the seeds of one setting, or a list of settings, shared out over the cores.

Runs of one shape train side by side (`grouping`), a group of them in one call of a kernel that needs no interpreter: so
threads are enough, and all of them read the same features.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common import checks
from qtl_core.common.errors import StoppedByUser
from qtl_core.runs.events import Arrays
from qtl_core.training.compiled.grouping import groups_of
from qtl_core.training.compiled.setup import (
    Features,
    advance,
    epoch_rates,
    epoch_rows,
    kept,
    make_model,
    make_record,
    make_splits,
    named_weights,
    open_features,
    steps_per_epoch,
)
from qtl_core.training.compiled.training_loop import TrainingRecord
from qtl_core.training.compiled.workspace import Optimiser
from qtl_core.training.starting import standardisation
from qtl_core.training.task import TrainingTask

LOOK_SECONDS = 0.02  # how often `should_stop` is asked and progress told


@dataclass(frozen=True)
class RunResult:
    """The figures of one run, epoch by epoch, and its best weights.

    Attributes:
        train_losses, train_accuracies, val_losses, val_accuracies: Of the epochs that were done, shape (epochs,); see
            `EpochDone`. With patience they may be fewer than the settings say.
        best_epoch: From 1.
        best_weights: The head's weights after that epoch, by parameter name.
        diverged: The epoch, from 1, in which its numbers stopped being finite, or 0; figures from then on mean nothing.
    """

    train_losses: np.ndarray
    train_accuracies: np.ndarray
    val_losses: np.ndarray
    val_accuracies: np.ndarray
    best_epoch: int
    best_weights: Arrays = field(repr=False)
    diverged: int = 0

    @property
    def best_val_accuracy(self) -> float:
        """Validation accuracy of the best epoch; NaN where the run broke down."""
        return float(self.val_accuracies[self.best_epoch - 1]) if not self.diverged else math.nan

    @property
    def best_val_loss(self) -> float:
        """Validation loss of the best epoch; NaN where the run broke down."""
        return float(self.val_losses[self.best_epoch - 1]) if not self.diverged else math.nan


def train_many(
    tasks: Sequence[TrainingTask],
    should_stop: Callable[[], bool],
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    side_by_side: bool = True,
) -> list[RunResult]:
    """Trains every task from its beginning; returns the results in the order of the tasks.

    Args:
        tasks: What to train; tasks with the same source share its features.
        should_stop: Asked every `LOOK_SECONDS`.
        threads: Groups of runs at a time; by default one for every core.
        progress: Told (runs done, runs in all).
        side_by_side: False trains each run by itself, with the same numbers to the last bit.

    Raises:
        TypeError: A task's source is not `FeatureCache`.
        InputError: `threads` is no number of threads.
        StoppedByUser: `should_stop` said so.
    """
    threads = (os.cpu_count() or 1) if threads is None else checks.whole_number("threads", threads, 1)
    stop = np.zeros(1, np.uint8)
    for number, task in enumerate(checks.instance("tasks", tasks, Sequence)):
        checks.instance(f"tasks[{number}]", task, TrainingTask)
    features = {key: open_features(task) for key, task in {_shares(task): task for task in tasks}.items()}
    groups = groups_of(tasks, threads, side_by_side=side_by_side)
    with ThreadPoolExecutor(threads) as pool:
        futures = {
            pool.submit(_train, [tasks[k] for k in group], [features[_shares(tasks[k])] for k in group], stop): group
            for group in groups
        }
        try:
            _watch(futures, should_stop, progress)
        finally:
            stop[0] = 1  # after the last run this stops nothing; after a stop or an error, everything
            pool.shutdown(cancel_futures=True)
    found = {
        number: run for future, group in futures.items() for number, run in zip(group, future.result(), strict=True)
    }
    return [found[number] for number in range(len(tasks))]


def _shares(task: TrainingTask) -> tuple[object, ...]:
    """Returns what is equal for tasks that read the very same numbers: sources of several seeds share their arrays."""
    source = kept(task)
    moved = [values.tobytes() for values in standardisation(task).values()]
    return id(source.train), id(source.val), task.precision, *moved


def _watch(
    groups: Mapping[Future[list[RunResult]], Sequence[int]],
    should_stop: Callable[[], bool],
    progress: Callable[[int, int], None] | None,
) -> None:
    """Waits for the runs, passing on progress, a wish to stop and the first error."""
    waiting, trained, total = set(groups), 0, sum(map(len, groups.values()))
    while waiting:
        done, waiting = wait(waiting, LOOK_SECONDS, FIRST_EXCEPTION)
        for future in done:
            trained += len(future.result())
        if progress:
            progress(trained, total)
        if should_stop() and waiting:
            raise StoppedByUser


def _train(tasks: Sequence[TrainingTask], features: Sequence[Features], stop: np.ndarray) -> list[RunResult]:
    """Trains tasks of one shape side by side."""
    training, epochs = [task.training for task in tasks], range(1, tasks[0].training.epochs + 1)
    model, splits = make_model(tasks), make_splits(tasks, features)
    record = make_record(len(epochs), model)
    rows = np.stack([[epoch_rows(task, epoch) for epoch in epochs] for task in tasks])
    rows += splits[0].in_order[:, :1, None]
    rates = np.stack([[epoch_rates(task, epoch) for epoch in epochs] for task in tasks])
    by_loss = np.array([each.best_by == "loss" for each in training])
    patience = np.array([each.patience for each in training])
    steps = len(epochs) * steps_per_epoch(*splits, runs=len(tasks))
    advance(model, *splits, rows, rates, by_loss, patience, record, 0, steps, stop)
    return [_result(task, record, model.optimiser, run) for run, task in enumerate(tasks)]


def _result(task: TrainingTask, record: TrainingRecord, optimiser: Optimiser, run: int) -> RunResult:
    figures = record.figures[run, : record.epochs[run]]
    train_losses, train_accuracies, val_losses, val_accuracies = figures.T.copy()
    return RunResult(
        train_losses,
        train_accuracies,
        val_losses,
        val_accuracies,
        best_epoch=int(record.best_epoch[run]),
        best_weights=named_weights(task, record.best_weights[run]),
        diverged=_diverged(figures, optimiser, run),
    )


def _diverged(figures: np.ndarray, optimiser: Optimiser, run: int) -> int:
    """Returns the first epoch whose losses are not finite; the last, where only weights or gradients are not; or 0."""
    finite = np.isfinite(figures).all(axis=1)
    if not finite.all():
        return int(finite.argmin()) + 1
    remembered = optimiser.weights[run], optimiser.first[run], optimiser.second[run]
    return 0 if all(np.isfinite(values).all() for values in remembered) else len(finite)
