"""An epoch and a whole run: chunk by chunk, with a step of the weights at the end of every batch."""

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
from qtl_core.training.compiled.code_cache import inner_jit, jit
from qtl_core.training.compiled.head_kernels import (
    CIRCUIT,
    LINEAR,
    hidden_layer,
    hidden_layer_backward,
    linear,
    linear_backward,
    log_probability,
    post_net,
    post_net_backward,
    pre_net,
    pre_net_backward,
    softmax,
)
from qtl_core.training.compiled.optimiser_kernels import take_step
from qtl_core.training.compiled.program import Program
from qtl_core.training.compiled.workspace import Chunks, Net, Optimiser, SplitResult, Workspace


class TrainerState(NamedTuple):
    """A head that trains.

    Attributes:
        head: Its kind, one of `head_kernels.KINDS`.
        program: Its circuit; of a head without one it is the smallest, and nothing reads it.
        net, gradient: Its weights and their gradient: views into the optimiser's vectors.
        optimiser: Moves the weights.
        work: Scratch memory.
        smoothing: How much of the certainty is taken from the true class and shared among all.
        moves_first, moves_circuit: Whether any number of `pre_net`, or of the circuit, learns: else what only its
            gradient is good for is not computed.
    """

    head: int
    program: Program
    net: Net
    gradient: Net
    optimiser: Optimiser
    work: Workspace
    smoothing: float
    moves_first: bool
    moves_circuit: bool


class SplitBuffers(NamedTuple):
    """Pictures, how they are cut up, and what came out for them.

    Attributes:
        features: Shape (pictures * views, feature_size): all views of a picture follow each other.
        labels: Class of every picture, shape (pictures,).
        class_weights: What a picture of each class weighs in a step, shape (classes,).
        views: How many views each picture has.
        in_order: 0, 1, 2, ...: the rows to look at them unshuffled, shape (pictures,).
        chunks, outcome: In the order seen.
    """

    features: np.ndarray
    labels: np.ndarray
    class_weights: np.ndarray
    views: int
    in_order: np.ndarray
    chunks: Chunks
    outcome: SplitResult


@inner_jit
def predict(model: TrainerState, split: SplitBuffers, rows: np.ndarray, chunk: int) -> bool:
    """Scores the pictures of one chunk and notes their outcome; returns what `run_circuit` does.

    Args:
        model: The head.
        split: The pictures.
        rows: Rows of `split.features` in the order they are seen.
        chunk: Number of the chunk.
    """
    work, first, last = model.work, split.chunks.edges[chunk], split.chunks.edges[chunk + 1]
    swapped = False
    if model.head == CIRCUIT:
        pre_net(model.net, split.features, rows[first:last], work)
        set_features(model.program, work)
        swapped = run_circuit(model.program, work)
        post_net(model.net, work)
    elif model.head == LINEAR:
        linear(model.net, split.features, rows[first:last], work)
    else:
        hidden_layer(model.net, model.head, split.features, rows[first:last], work)
        post_net(model.net, work)
    for lane in range(last - first):
        at, label = first + lane, split.labels[rows[first + lane] // split.views]
        split.outcome.correct[at] = softmax(work.scores, lane, split.outcome.probabilities[at]) == label
        split.outcome.losses[at] = -log_probability(work.scores, lane, label)
    return swapped


@inner_jit
def learn(model: TrainerState, split: SplitBuffers, rows: np.ndarray, chunk: int, learning_rate: float) -> None:
    """Scores one chunk, adds it to its batch's gradient, and takes the step if it is the batch's last."""
    work, first, last = model.work, split.chunks.edges[chunk], split.chunks.edges[chunk + 1]
    swapped = predict(model, split, rows, chunk)
    number = model.optimiser.weights.dtype.type
    share = number(1 / split.chunks.batch_sizes[chunk])  # the loss is the batch's mean
    spread, kept = number(model.smoothing / len(work.scores)), number(1 - model.smoothing)
    work.scores[:] = 0  # from here on the loss's slopes; zero where a lane has no picture
    for lane in range(last - first):
        shown = split.labels[rows[first + lane] // split.views]
        weight = share * split.class_weights[shown]
        for label in range(len(work.scores)):
            work.scores[label, lane] = (split.outcome.probabilities[first + lane, label] - spread) * weight
        work.scores[shown, lane] -= weight * kept
    backward(model, split.features, rows[first:last], swapped)
    if split.chunks.ends_batch[chunk]:
        take_step(model.optimiser, learning_rate)
        set_weights(model.program, model.net.q_params, work)


@inner_jit
def backward(model: TrainerState, features: np.ndarray, rows: np.ndarray, swapped: bool) -> None:
    """Adds the gradient of the pictures `rows`, from the loss's slopes in `scores`, wherever something learns."""
    if model.head == LINEAR:
        linear_backward(model.gradient, features, rows, model.work)
        return
    post_net_backward(model.net, model.gradient, model.work)
    if model.head == CIRCUIT:
        if model.moves_first or model.moves_circuit:
            run_backward(model.program, model.work, swapped)
            collect_gradient(model.program, model.work, model.gradient.q_params)
        if model.moves_first:
            pre_net_backward(model.gradient, features, rows, model.work)
    elif model.moves_first:
        hidden_layer_backward(model.gradient, features, rows, model.work)


class TrainingRecord(NamedTuple):
    """The record that a run leaves behind.

    Attributes:
        figures: Training loss and accuracy, validation loss and accuracy of every epoch, shape (epochs, 4).
        best_weights: The weights of the best epoch, flat.
        best_epoch: That epoch, from 1, or 0 before the first, shape (1,).
        epochs: How many are done, shape (1,).
    """

    figures: np.ndarray
    best_weights: np.ndarray
    best_epoch: np.ndarray
    epochs: np.ndarray


@inner_jit
def note_epoch(
    model: TrainerState,
    training: SplitBuffers,
    validation: SplitBuffers,
    epoch: int,
    by_loss: bool,
    record: TrainingRecord,
) -> None:
    """Notes an epoch's figures (epochs from 0), and its weights if it is the best so far."""
    figures, best = record.figures, record.best_epoch[0] - 1
    record.epochs[0] = epoch + 1
    figures[epoch, 0], figures[epoch, 1] = training.outcome.losses.mean(), training.outcome.correct.mean()
    figures[epoch, 2], figures[epoch, 3] = validation.outcome.losses.mean(), validation.outcome.correct.mean()
    if by_loss:
        improves = best < 0 or figures[epoch, 2] < figures[best, 2]
    else:
        improves = best < 0 or figures[epoch, 3] > figures[best, 3]
    if improves:  # the first of equals, as in `checkpoints.improves`
        record.best_epoch[0] = epoch + 1
        for k in range(len(record.best_weights)):  # a slice would be copied by way of memory of its own
            record.best_weights[k] = model.optimiser.weights[k]


@jit
def advance_unchecked(
    model: TrainerState,
    training: SplitBuffers,
    validation: SplitBuffers,
    rows: np.ndarray,
    learning_rates: np.ndarray,
    by_loss: bool,
    patience: int,
    record: TrainingRecord,
    first: int,
    last: int,
    stop: np.ndarray,
) -> None:
    """Does the steps first..last of a run. A step is one chunk: an epoch's training ones, then its validation ones.

    This is the one function called from Python, so that there is one thing to compile; and only `setup.advance` may
    call it: it believes every index, and a wrong one writes into memory that is not its own.

    Args:
        model: The head as the steps before `first` left it.
        training, validation: The pictures.
        rows: For every epoch the rows of `training.features` in the order they are seen, shape (epochs, pictures).
        learning_rates: Of every batch, shape (epochs, batches).
        by_loss: Whether the best epoch is that of the lowest validation loss, else of the highest accuracy.
        patience: After how many epochs without a better one the work ends; 0 for never.
        record: Filled in at the end of every epoch.
        first, last: The steps; the first of them may lie within an epoch.
        stop: Looked at before every step, shape (1,); anything but 0 ends the work where it is.
    """
    train_steps = len(training.chunks.batch_sizes)
    steps = train_steps + len(validation.chunks.batch_sizes)
    set_weights(model.program, model.net.q_params, model.work)
    for step in range(first, last):
        if stop[0]:
            return
        epoch, chunk = step // steps, step % steps
        if chunk < train_steps:
            learn(model, training, rows[epoch], chunk, learning_rates[epoch, training.chunks.batches[chunk]])
        else:
            predict(model, validation, validation.in_order, chunk - train_steps)
        if chunk == steps - 1:
            note_epoch(model, training, validation, epoch, by_loss, record)
            if 0 < patience <= record.epochs[0] - record.best_epoch[0]:
                return
