"""From a task to the arrays that the kernels work on, checked at the door into machine code, and back to a checkpoint.

`make_splits` and `make_model` build what goes in from a checked task; what is left to go wrong between them and a call
is checked here, in some microseconds a call (an epoch of the recipe takes a millisecond).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from qtl_core.common import checks
from qtl_core.common.checks import instance
from qtl_core.common.errors import InputError
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.head_scores import head_input
from qtl_core.runs.events import Checkpoint
from qtl_core.settings import CircuitSettings
from qtl_core.training.class_weights import class_weights
from qtl_core.training.compiled import head_kernels, optimiser_kernels
from qtl_core.training.compiled.program import compile_circuit, with_fixed_angles
from qtl_core.training.compiled.training_loop import SplitBuffers, TrainerState, TrainingRecord, advance_unchecked
from qtl_core.training.compiled.workspace import (
    NAMES,
    Net,
    Optimiser,
    Shapes,
    allocate,
    chunks,
    shapes,
    split_result,
    stretches,
    views,
)
from qtl_core.training.schedules import learning_rates
from qtl_core.training.starting import first_weights, standardisation, standing_still, trained_shapes, whole
from qtl_core.training.task import KeptFeatures, TrainingTask, batch_order, check_exact, drawn_views


def advance(
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
    """Does the steps first..last of a run, once everything fits; see `advance_unchecked` for the arguments.

    Raises:
        InputError: Something does not fit: a row that is not there, another width of features, more steps than epochs.
    """
    steps = len(training.chunks.batch_sizes) + len(validation.chunks.batch_sizes)
    epochs, pictures = len(learning_rates), len(training.labels)
    _same("learning_rates", learning_rates.shape, (epochs, training.chunks.batches[-1] + 1))
    _same("learning_rates.dtype", learning_rates.dtype, np.dtype(np.float64))
    _same("rows", rows.shape, (epochs, pictures))
    _same("rows.dtype", rows.dtype, np.dtype(np.int64))
    if rows.min() < 0 or rows.max() >= len(training.features):
        held = f"holds {rows.min()} to {rows.max()}"
        raise InputError("rows", held, f"rows of the features, 0 to {len(training.features) - 1}")
    if not 0 <= first <= last <= epochs * steps:
        raise InputError("steps", f"are {first} to {last}", f"within 0 to {epochs * steps}")
    _same("record.figures", record.figures.shape, (epochs, 4))
    _same("record.best_weights", record.best_weights.shape, model.optimiser.weights.shape)
    for name, split in (("training", training), ("validation", validation)):
        shape = len(split.labels) * split.views, model.net.pre_weight.shape[1]
        _same(f"{name}.features", split.features.shape, shape)
        _same(f"{name}.features.dtype", split.features.dtype, model.optimiser.weights.dtype)
        _same(f"{name}.class_weights", split.class_weights.shape, (len(model.work.scores),))
        _same(f"{name}.class_weights.dtype", split.class_weights.dtype, model.optimiser.weights.dtype)
        _same(f"{name}.outcome", split.outcome.probabilities.shape, (len(split.labels), len(model.work.scores)))
    advance_unchecked(model, training, validation, rows, learning_rates, by_loss, patience, record, first, last, stop)


def _same(name: str, found: object, expected: object) -> None:
    if found != expected:
        raise InputError(name, f"is {found}", str(expected))


DTYPES: dict[str, np.dtype] = {"single": np.dtype(np.float32), "double": np.dtype(np.float64)}


def kept(task: TrainingTask) -> KeptFeatures:
    """Returns the task's source, which must be kept features: the only kind whose arrays lie open."""
    instance("task", task, TrainingTask)
    if not isinstance(task.source, KeptFeatures):
        raise TypeError(f"The compiled engine needs kept features, not {type(task.source).__name__}")
    return task.source


def make_model(task: TrainingTask, start: Checkpoint | None) -> TrainerState:
    """Returns the head as `start` left it, or as training begins.

    Raises:
        InputError: The circuit is not to be read exactly.
    """
    check_exact(task)
    source, dtype = kept(task), DTYPES[task.precision]
    layout, training = shapes(source.feature_size, source.classes, task.circuit, task.model), task.training
    weights = start.weights if start else first_weights(task)
    first, second = _moments(start)
    masks = standing_still(task)
    optimiser = Optimiser(
        weights=_flat(weights, layout, dtype),
        gradient=_flat({}, layout, dtype),
        first=_flat(first, layout, dtype),
        second=_flat(second, layout, dtype),
        steps=np.array([start.steps if start else 0]),
        stretches=stretches(_flat(masks, layout, np.dtype(bool))),
        kind=optimiser_kernels.KINDS[training.optimiser],
        momentum=training.momentum,
        decay=training.weight_decay,
    )
    has_circuit, fixed = task.model.spec.has_circuit, whole(masks)
    program = compile_circuit(build_circuit(task.circuit if has_circuit else NO_CIRCUIT))
    if has_circuit and "q_params" in fixed:
        program = with_fixed_angles(program, weights["q_params"])
    return TrainerState(
        head_kernels.KINDS[task.model.head],
        program,
        views(optimiser.weights, layout),
        views(optimiser.gradient, layout),
        optimiser,
        allocate(program, source.classes, dtype, units=layout[NAMES.index("pre_net.bias")][0]),
        training.label_smoothing,
        moves_first=not fixed.issuperset(("pre_net.weight", "pre_net.bias")),
        moves_circuit="q_params" not in fixed,
    )


NO_CIRCUIT = CircuitSettings(1, 0)  # stands in a head without one


def _moments(start: Checkpoint | None) -> tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]:
    return (start.first_moments, start.second_moments) if start else ({}, {})


def _flat(named: Mapping[str, np.ndarray], layout: Shapes, dtype: np.dtype) -> np.ndarray:
    """Returns one vector of all parameters, zero where `named` has none."""
    parts = [np.asarray(named.get(name, np.zeros(shape)), dtype) for name, shape in zip(NAMES, layout, strict=True)]
    return np.concatenate([part.ravel() for part in parts])


def named_copies(task: TrainingTask, flat: np.ndarray, net: Net) -> dict[str, np.ndarray]:
    """Returns copies of the head's parameters in `flat`, which is laid out like `net`, by their names."""
    parts = dict(zip(NAMES, views(flat.copy(), [part.shape for part in net]), strict=True))
    return {name: parts[name] for name in trained_shapes(task)}


def named_weights(task: TrainingTask, flat: np.ndarray, model: TrainerState) -> dict[str, np.ndarray]:
    """Returns copies of the head's weights in `flat`, and what its features are moved by."""
    moved = {name: values.astype(flat.dtype) for name, values in standardisation(task).items()}
    return named_copies(task, flat, model.net) | moved


def checkpoint_after(task: TrainingTask, before: Checkpoint, model: TrainerState, epoch: int) -> Checkpoint:
    """Returns `before` moved on to the model's weights and optimiser memory; its best epoch stays."""
    optimiser, training = model.optimiser, task.training
    weights = named_weights(task, optimiser.weights, model)
    first, second = (named_copies(task, flat, model.net) for flat in (optimiser.first, optimiser.second))
    for name in whole(standing_still(task)):  # of what never moves no optimiser keeps a memory
        del first[name], second[name]
    if training.optimiser == "sgd":
        first, second = (first if training.momentum else {}), {}
    steps = int(optimiser.steps[0])
    return replace(before, epoch=epoch, weights=weights, first_moments=first, second_moments=second, steps=steps)


def open_features(task: TrainingTask) -> tuple[np.ndarray, np.ndarray]:
    """Returns training and validation features as the kernels take them, copied only where that is needed.

    Features mapped read-only from a file are copied: the kernels are compiled for one kind of array. So are those that
    are standardised, by numbers of the precision that a checkpoint keeps.

    Returns:
        Shapes (train_size * views, feature_size), all views of a picture one after another, and
        (val_size, feature_size).
    """
    source, dtype = kept(task), DTYPES[task.precision]
    train, val = source.train.reshape(-1, source.feature_size), source.val
    if moved := {name: values.astype(dtype) for name, values in standardisation(task).items()}:
        train, val = head_input(moved, train), head_input(moved, val)
    return np.require(train, dtype, ["C", "A", "W"]), np.require(val, dtype, ["C", "A", "W"])


def make_splits(task: TrainingTask, train: np.ndarray, val: np.ndarray) -> tuple[SplitBuffers, SplitBuffers]:
    """Returns the training and the validation pictures, with the features that `open_features` gave."""
    source, batch_size = kept(task), task.training.batch_size
    views = source.train.shape[1] if source.train.ndim == 3 else 1
    weights = class_weights(task.training, source.train_labels, source.classes)
    training = _split(train, source.train_labels, weights, views, batch_size)
    return training, _split(val, source.val_labels, np.ones(source.classes), 1, len(val))


def _split(features: np.ndarray, labels: np.ndarray, weights: np.ndarray, views: int, batch_size: int) -> SplitBuffers:
    size, classes, own_weights = len(labels), len(weights), weights.astype(features.dtype)
    own_labels = checks.class_labels("labels", labels, len(features) // views, classes)  # a copy that is ours alone
    room = split_result(size, classes, features.dtype)
    return SplitBuffers(features, own_labels, own_weights, views, np.arange(size), chunks(size, batch_size), room)


def steps_per_epoch(training: SplitBuffers, validation: SplitBuffers) -> int:
    """Returns how many steps of `advance` make up an epoch."""
    return len(training.chunks.batch_sizes) + len(validation.chunks.batch_sizes)


def epoch_rows(task: TrainingTask, epoch: int) -> np.ndarray:
    """Returns the rows of `SplitBuffers.features` in the order an epoch (from 1) shows them."""
    source = kept(task)
    order = batch_order(task.training.seed, epoch, len(source.train))
    if source.train.ndim == 2:
        return order
    size, many = source.train.shape[:2]
    return order * many + drawn_views(source.seed, epoch, size, many)[order]


def epoch_rates(task: TrainingTask, epoch: int) -> np.ndarray:
    """Returns the learning rate of every batch of an epoch (from 1), shape (batches,)."""
    return learning_rates(task.training, epoch, -(-len(task.source.train_labels) // task.training.batch_size))


def make_record(epochs: int, model: TrainerState) -> TrainingRecord:
    """Returns an empty record of so many epochs."""
    best_weights = np.zeros_like(model.optimiser.weights)
    return TrainingRecord(np.zeros((epochs, 4)), best_weights, np.zeros(1, np.int64), np.zeros(1, np.int64))
