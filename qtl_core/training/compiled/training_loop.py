"""An epoch and a whole run: chunk by chunk, with a step of the weights at the end of every batch.

Runs of one shape train side by side: while they learn, each has so many lanes; validated they are one after another,
each with all lanes for its pictures. So a run's numbers are the same to the last bit whoever trains beside it, and a
run alone is the same code with one run in it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from qtl_core.training.compiled.circuit_kernels import (
    collect_gradient,
    run_backward,
    run_circuit,
    set_features,
    set_weights,
)
from qtl_core.training.compiled.code_cache import inlined_jit, inner_jit, jit
from qtl_core.training.compiled.head_kernels import (
    CIRCUIT,
    LINEAR,
    angles,
    first_layer,
    first_layer_backward,
    first_slopes,
    hidden_layer,
    likeliest,
    linear,
    linear_backward,
    log_probability,
    post_net,
    post_net_backward,
    softmax,
)
from qtl_core.training.compiled.lanes import LANES, load, store, total
from qtl_core.training.compiled.optimiser_kernels import take_step
from qtl_core.training.compiled.program import Program
from qtl_core.training.compiled.workspace import Chunks, Optimiser, SplitResult, Workspace


class TrainerState(NamedTuple):
    """Heads of one shape that train side by side.

    Attributes:
        head: Their kind, one of `head_kernels.KINDS`.
        program: Their circuit; of heads without one it is the smallest, and nothing reads it.
        optimiser: Holds and moves the weights.
        work: Scratch memory.
        first_numbers: How many weights the first layer has; lanes see the numbers after them.
        width: Lanes that each run has while it learns.
        smoothing: How much of the certainty is taken from the true class and shared among all, shape (runs,).
        moves_first, moves_circuit: Whether any number of the first layer, or of the circuit, learns: else what only its
            gradient is good for is not computed.
    """

    head: int
    program: Program
    optimiser: Optimiser
    work: Workspace
    first_numbers: int
    width: int
    smoothing: np.ndarray
    moves_first: bool
    moves_circuit: bool


class SplitBuffers(NamedTuple):
    """Pictures, how they are cut up, and what came out for them.

    Attributes:
        features: Of all runs, shape (pictures * views, feature_size): all views of a picture follow each other. Runs
            that see the same pictures share their rows.
        labels: Class of every picture in `features`, shape (pictures,).
        class_weights: What a picture of each class weighs in a step, shape (runs, classes).
        views: How many views each picture has.
        in_order: The rows of each run's pictures unshuffled (the first view of each), shape (runs, pictures of a run).
        chunks, outcome: In the order seen.
    """

    features: np.ndarray
    labels: np.ndarray
    class_weights: np.ndarray
    views: int
    in_order: np.ndarray
    chunks: Chunks
    outcome: SplitResult


class TrainingRecord(NamedTuple):
    """The record that runs leave behind.

    Attributes:
        figures: Training loss and accuracy, validation loss and accuracy of every epoch, shape (runs, epochs, 4).
        best_weights: The weights of the best epoch, flat, shape (runs, numbers).
        best_epoch: That epoch, from 1, or 0 before the first, shape (runs,).
        epochs: How many are done, shape (runs,).
        over: Whether a run's patience is at its end, shape (runs,).
    """

    figures: np.ndarray
    best_weights: np.ndarray
    best_epoch: np.ndarray
    epochs: np.ndarray
    over: np.ndarray


# The weights that lanes see


@inlined_jit
def show(model: TrainerState, run: int, lane: int, width: int) -> None:
    """Puts the weights of a run, but for its first layer's, into so many lanes."""
    rows, weights = model.work.net.rows, model.optimiser.weights[run]
    for row in range(len(rows)):
        for at in range(lane, lane + width):
            rows[row, at] = weights[model.first_numbers + row]


@inlined_jit
def show_all(model: TrainerState) -> None:
    """Shows every run's weights to the lanes that it learns in."""
    for run in range(len(model.smoothing)):
        show(model, run, run * model.width, model.width)
    set_weights(model.program, model.work)


@inlined_jit
def show_one(model: TrainerState, run: int) -> None:
    """Shows one run's weights to all lanes."""
    show(model, run, 0, LANES)
    set_weights(model.program, model.work)


# All lanes at once


@inlined_jit
def forward(model: TrainerState) -> bool:
    """Turns `sums` into scores and probabilities; returns what `run_circuit` does."""
    work, swapped = model.work, False
    if model.head == LINEAR:
        linear(work)
    elif model.head == CIRCUIT:
        angles(work)
        set_features(model.program, work)
        swapped = run_circuit(model.program, work)
        post_net(work)
    else:
        hidden_layer(work, model.head)
        post_net(work)
    softmax(work)
    return swapped


@inlined_jit
def backward(model: TrainerState, swapped: bool) -> None:
    """Adds the lanes' gradient, from the loss's slopes in `scores`, and leaves that of the sums in `sums`."""
    work = model.work
    if model.head == LINEAR:
        linear_backward(work)
        return
    post_net_backward(work)
    if model.head != CIRCUIT:
        first_slopes(work, work.expectation_gradients)
    elif model.moves_first or model.moves_circuit:
        run_backward(model.program, work, swapped)
        collect_gradient(model.program, work)
        first_slopes(work, work.feature_gradients)


@inlined_jit
def add_up(model: TrainerState) -> None:
    """Adds up the gradient over the lanes of each run; all of its lanes then hold the sum."""
    rows = model.work.gradient.rows
    for row in range(len(rows)):
        store(rows, row, total(load(rows, row), model.width))


# A run's own lanes


@inlined_jit
def look(model: TrainerState, split: SplitBuffers, run: int, rows: np.ndarray, lane: int, width: int) -> None:
    """Sets the `sums` of a run's pictures `rows`, from `lane` on."""
    first_layer(model.optimiser.weights[run], split.features, rows, model.work.sums, lane, width)


@inlined_jit
def note_pictures(model: TrainerState, split: SplitBuffers, run: int, rows: np.ndarray, at: int, lane: int) -> None:
    """Notes what came out for the pictures `rows` of a run, the first of which is its number `at` and in `lane`."""
    work, outcome = model.work, split.outcome
    for k in range(len(rows)):
        label = split.labels[rows[k] // split.views]
        outcome.correct[run, at + k] = likeliest(work, lane + k) == label
        outcome.losses[run, at + k] = -log_probability(work, lane + k, label)
        for other in range(len(work.scores)):
            outcome.probabilities[run, at + k, other] = work.probabilities[other, lane + k]


@inlined_jit
def set_slopes(model: TrainerState, split: SplitBuffers, run: int, rows: np.ndarray, batch_size: int) -> None:
    """Sets `scores` to the loss's slopes, for a run's pictures of a batch; 0 where a lane has no picture."""
    work, number, lane = model.work, model.work.scores.dtype.type, run * model.width
    share = number(1 / batch_size)  # the loss is the batch's mean
    shared, kept = number(model.smoothing[run] / len(work.scores)), number(1 - model.smoothing[run])
    for label in range(len(work.scores)):
        work.scores[label, lane : lane + model.width] = 0
    for k in range(len(rows)):
        shown = split.labels[rows[k] // split.views]
        weight = share * split.class_weights[run, shown]
        for label in range(len(work.scores)):
            work.scores[label, lane + k] = (work.probabilities[label, lane + k] - shared) * weight
        work.scores[shown, lane + k] -= weight * kept


@inlined_jit
def add_first_gradient(model: TrainerState, split: SplitBuffers, run: int, rows: np.ndarray) -> None:
    """Adds a run's pictures `rows` to the gradient of its first layer, if that learns."""
    if model.moves_first:
        first_layer_backward(model.optimiser.gradient, split.features, rows, model.work.sums, run * model.width)


@inlined_jit
def move(model: TrainerState, run: int, learning_rate: float) -> None:
    """Takes a run's step."""
    rows, gradient = model.work.gradient.rows, model.optimiser.gradient
    for row in range(len(rows)):
        gradient[model.first_numbers + row] = rows[row, run * model.width]
    take_step(model.optimiser, run, learning_rate)


# A step of all runs


@inlined_jit
def learn(
    model: TrainerState,
    split: SplitBuffers,
    rows: np.ndarray,
    learning_rates: np.ndarray,
    over: np.ndarray,
    epoch: int,
    chunk: int,
) -> None:
    """Scores a chunk of every run, adds it to its batch's gradient, and takes the steps if it is the batch's last."""
    first, last = split.chunks.edges[chunk], split.chunks.edges[chunk + 1]
    ends_batch, batch = split.chunks.ends_batch[chunk], split.chunks.batches[chunk]
    for run in range(len(over)):
        if not over[run]:
            look(model, split, run, rows[run, epoch, first:last], run * model.width, model.width)
    swapped = forward(model)
    for run in range(len(over)):
        if not over[run]:
            note_pictures(model, split, run, rows[run, epoch, first:last], first, run * model.width)
            set_slopes(model, split, run, rows[run, epoch, first:last], split.chunks.batch_sizes[chunk])
    backward(model, swapped)
    if ends_batch:
        add_up(model)
    for run in range(len(over)):
        if not over[run]:
            add_first_gradient(model, split, run, rows[run, epoch, first:last])
            if ends_batch:
                move(model, run, learning_rates[run, epoch, batch])
    if ends_batch:
        model.work.gradient.rows[:] = 0
        show_all(model)


@inlined_jit
def validate(model: TrainerState, split: SplitBuffers, run: int, chunk: int) -> None:
    """Scores a chunk of one run's validation pictures."""
    first, last = split.chunks.edges[chunk], split.chunks.edges[chunk + 1]
    rows = split.in_order[run, first:last]
    look(model, split, run, rows, 0, LANES)
    forward(model)
    note_pictures(model, split, run, rows, first, 0)


@inner_jit
def mean(values: np.ndarray) -> float:
    """Returns the mean of some numbers, or of how many flags are set; numba's own takes a second to compile."""
    summed = 0.0
    for k in range(len(values)):
        summed += values[k]
    return summed / len(values)


@inlined_jit
def note_epoch(
    model: TrainerState,
    training: SplitBuffers,
    validation: SplitBuffers,
    run: int,
    epoch: int,
    by_loss: bool,
    record: TrainingRecord,
) -> None:
    """Notes a run's figures of an epoch (epochs from 0), and its weights if it is the best so far."""
    figures, best = record.figures[run], record.best_epoch[run] - 1
    record.epochs[run] = epoch + 1
    figures[epoch, 0], figures[epoch, 1] = mean(training.outcome.losses[run]), mean(training.outcome.correct[run])
    figures[epoch, 2], figures[epoch, 3] = mean(validation.outcome.losses[run]), mean(validation.outcome.correct[run])
    if by_loss:
        improves = best < 0 or figures[epoch, 2] < figures[best, 2]
    else:
        improves = best < 0 or figures[epoch, 3] > figures[best, 3]
    if improves:  # the first of equals, as in `checkpoints.improves`
        record.best_epoch[run] = epoch + 1
        for k in range(record.best_weights.shape[1]):  # a slice would be copied by way of memory of its own
            record.best_weights[run, k] = model.optimiser.weights[run, k]


@inlined_jit
def runs_left(record: TrainingRecord) -> int:
    """Returns how many runs still train."""
    left = 0
    for run in range(len(record.over)):
        left += not record.over[run]
    return left


@jit
def advance_unchecked(
    model: TrainerState,
    training: SplitBuffers,
    validation: SplitBuffers,
    rows: np.ndarray,
    learning_rates: np.ndarray,
    by_loss: np.ndarray,
    patience: np.ndarray,
    record: TrainingRecord,
    first: int,
    last: int,
    stop: np.ndarray,
) -> None:
    """Does the steps first..last of runs side by side.

    A step is one chunk: an epoch's training ones, of all runs at once, then the validation ones of each run in turn.

    This is the one function called from Python, so that there is one thing to compile; and only `setup.advance` may
    call it: it believes every index, and a wrong one writes into memory that is not its own.

    Args:
        model: The heads as the steps before `first` left them.
        training, validation: The pictures.
        rows: For every run and epoch the rows of `training.features` in the order they are seen, shape (runs, epochs,
            pictures).
        learning_rates: Of every batch, shape (runs, epochs, batches).
        by_loss: Whether a run's best epoch is that of the lowest validation loss, else of the highest accuracy, shape
            (runs,).
        patience: After how many epochs without a better one a run ends; 0 for never; shape (runs,).
        record: Filled in at the end of every epoch.
        first, last: The steps; the first of them may lie within an epoch.
        stop: Looked at before every step, shape (1,); anything but 0 ends the work where it is.
    """
    train_steps, val_steps = len(training.chunks.batch_sizes), len(validation.chunks.batch_sizes)
    steps = train_steps + len(record.over) * val_steps
    for step in range(first, last):
        if stop[0] or not runs_left(record):
            return
        epoch, chunk = step // steps, step % steps
        if chunk < train_steps:
            if chunk == 0 or step == first:
                show_all(model)
            learn(model, training, rows, learning_rates, record.over, epoch, chunk)
            continue
        run, chunk = (chunk - train_steps) // val_steps, (chunk - train_steps) % val_steps
        if record.over[run]:
            continue
        if chunk == 0 or step == first:
            show_one(model, run)
        validate(model, validation, run, chunk)
        if chunk == val_steps - 1:
            note_epoch(model, training, validation, run, epoch, by_loss[run], record)
            record.over[run] = 0 < patience[run] <= record.epochs[run] - record.best_epoch[run]
