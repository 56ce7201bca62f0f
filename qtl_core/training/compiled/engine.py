"""One run of the compiled engine as a stream of records, with the same numbers as the torch engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from qtl_core.runs.divergence import check_epoch, check_loss
from qtl_core.runs.events import BatchDone, Checkpoint, EpochDone
from qtl_core.training.checkpoints import checked_start, improves, is_over, layer_gradients, with_best
from qtl_core.training.compiled.lanes import LANES
from qtl_core.training.compiled.setup import (
    advance,
    checkpoint_after,
    epoch_rates,
    epoch_rows,
    kept,
    make_model,
    make_record,
    make_splits,
    open_features,
    steps_per_epoch,
)
from qtl_core.training.compiled.training_loop import SplitBuffers, TrainerState, TrainingRecord
from qtl_core.training.starting import first_weights
from qtl_core.training.task import TrainingTask

# Numbers visited between two looks at `should_stop`: 0.01 to 0.04 s on the core measured here (EPYC 9005), so that one
# twice as slow still stops within a tenth of a second.
SPAN_WORK = 200_000_000


def train_compiled(
    task: TrainingTask, start: Checkpoint | None, should_stop: Callable[[], bool]
) -> Iterator[BatchDone | EpochDone]:
    """Trains from kept features; yields a record after every span of batches and every epoch.

    Args:
        task: Settings and features; the source must be `FeatureCache`.
        start: Where to go on from (of whichever engine), or None for the beginning.
        should_stop: Asked about every 0.02 s; True ends the run, and the epoch under way is forgotten.

    Raises:
        TypeError: The source is of another kind.
        InputError: The checkpoint does not fit the task.
        DivergedError: A loss, a weight or a gradient stopped being finite.
    """
    kept(task)  # of another kind of source not even the shapes are known
    start = checked_start(task, start)
    model, splits = make_model([task], start), make_splits([task], [open_features(task)])
    checkpoint = start or Checkpoint(0, first_weights(task), {}, {}, 0)
    while not is_over(task.training, checkpoint):
        epoch, began, record = checkpoint.epoch + 1, time.perf_counter(), make_record(1, model)
        for last in _work_off(task, epoch, model, splits, record):
            yield _batch_done(task, splits[0], epoch, last)
            if should_stop():
                return
        done = check_epoch(_epoch_done(task, model, splits[1], record, checkpoint, epoch, began))
        checkpoint = done.checkpoint
        yield done


def _work_off(
    task: TrainingTask,
    epoch: int,
    model: TrainerState,
    splits: tuple[SplitBuffers, SplitBuffers],
    record: TrainingRecord,
) -> Iterator[int]:
    """Does an epoch span by span; yields the steps done after each."""
    rows, rates = epoch_rows(task, epoch)[None, None], epoch_rates(task, epoch)[None, None]
    by_loss, patience = np.array([task.training.best_by == "loss"]), np.zeros(1, np.int64)
    steps, span, never = steps_per_epoch(*splits), _span(model), np.zeros(1, np.uint8)
    for first in range(0, steps, span):
        last = min(first + span, steps)
        advance(model, *splits, rows, rates, by_loss, patience, record, first, last, never)
        yield last


def _span(model: TrainerState) -> int:
    """Returns how many steps are done between two looks at `should_stop`."""
    columns, amplitudes, layers = len(model.program.kinds), model.work.state.size, model.optimiser.weights.size
    return max(1, SPAN_WORK // (model.program.wires * columns * amplitudes + layers * LANES))


def _batch_done(task: TrainingTask, training: SplitBuffers, epoch: int, steps: int) -> BatchDone:
    """The record of the last batch begun within the first `steps` steps of an epoch."""
    size, ended = task.training.batch_size, training.chunks.ends_batch
    batch = int(ended[: min(steps, len(ended)) - 1].sum())
    loss = float(training.outcome.losses[0, batch * size : training.chunks.edges[: steps + 1][-1]].mean())
    check_loss(epoch, loss)
    return BatchDone(epoch, batch + 1, int(ended.sum()), loss)


def _epoch_done(
    task: TrainingTask,
    model: TrainerState,
    validation: SplitBuffers,
    record: TrainingRecord,
    before: Checkpoint,
    epoch: int,
    began: float,
) -> EpochDone:
    train_loss, train_accuracy, val_loss, val_accuracy = record.figures[0, 0].tolist()
    after = checkpoint_after(task, before, model, epoch)
    gradients = layer_gradients(task.circuit, before, after)
    is_best = improves(task.training.best_by, before, val_accuracy, val_loss)
    return EpochDone(
        epoch=epoch,
        layer_gradients=gradients,
        train_loss=train_loss,
        train_accuracy=train_accuracy,
        val_loss=val_loss,
        val_accuracy=val_accuracy,
        learning_rate=float(epoch_rates(task, epoch)[-1]),
        seconds=time.perf_counter() - began,
        is_best=is_best,
        val_probabilities=validation.outcome.probabilities[0].astype(np.float32),
        checkpoint=with_best(after, val_accuracy, val_loss) if is_best else after,
    )
