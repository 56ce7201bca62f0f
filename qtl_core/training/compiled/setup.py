"""From a task to the arrays that the kernels work on, checked at the door into machine code, and back to a checkpoint.

`make_splits` and `make_model` build what goes in from a checked task; what is left to go wrong between them and a call
is checked here, in some microseconds a call (an epoch of the recipe takes a millisecond).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

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
from qtl_core.training.compiled.lanes import LANES
from qtl_core.training.compiled.program import compile_circuit
from qtl_core.training.compiled.training_loop import SplitBuffers, TrainerState, TrainingRecord, advance_unchecked
from qtl_core.training.compiled.workspace import (
    CACHE_LINE,
    NAMES,
    Optimiser,
    Shapes,
    aligned,
    allocate,
    chunks,
    first_layer,
    lanes_of_a_run,
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
    by_loss: np.ndarray,
    patience: np.ndarray,
    record: TrainingRecord,
    first: int,
    last: int,
    stop: np.ndarray,
) -> None:
    """Does the steps first..last of runs, once everything fits; see `advance_unchecked` for the arguments.

    Raises:
        InputError: Something does not fit: a row that is not there, another width of features, more steps than epochs.
    """
    runs, epochs = rows.shape[:2]
    steps = steps_per_epoch(training, validation, runs)
    of_runs = ("model.smoothing", model.smoothing), ("by_loss", by_loss), ("patience", patience)
    for name, values in (*of_runs, ("record.over", record.over), ("optimiser.steps", model.optimiser.steps)):
        _same(name, values.shape, (runs,))
    if not 0 < runs * model.width <= (LANES if len(training.chunks.edges) > 1 else 0):
        raise InputError("rows", f"are of {runs} runs", f"as many as have {model.width} of {LANES} lanes each")
    _same("rows", rows.shape, (runs, epochs, training.in_order.shape[1]))
    _same("rows.dtype", rows.dtype, np.dtype(np.int64))
    _same("learning_rates", learning_rates.shape, (runs, epochs, training.chunks.batches[-1] + 1))
    _same("learning_rates.dtype", learning_rates.dtype, np.dtype(np.float64))
    if not 0 <= first <= last <= epochs * steps:
        raise InputError("steps", f"are {first} to {last}", f"within 0 to {epochs * steps}")
    _same("record.figures", record.figures.shape, (runs, epochs, 4))
    _same("record.best_weights", record.best_weights.shape, model.optimiser.weights.shape)
    for name, split, seen in (("training", training, rows), ("validation", validation, validation.in_order)):
        _check_split(name, split, seen, model, runs)
    advance_unchecked(model, training, validation, rows, learning_rates, by_loss, patience, record, first, last, stop)


def _check_split(name: str, split: SplitBuffers, rows: np.ndarray, model: TrainerState, runs: int) -> None:
    """Refuses pictures that do not fit the heads, and rows that are not there."""
    classes, dtype = len(model.work.scores), model.optimiser.weights.dtype
    if rows.min() < 0 or rows.max() >= len(split.features):
        held = f"holds {rows.min()} to {rows.max()}"
        raise InputError(f"{name} rows", held, f"rows of the features, 0 to {len(split.features) - 1}")
    shape = len(split.labels) * split.views, model.first_numbers // len(model.work.sums)
    _same(f"{name}.features", split.features.shape, shape)
    _same(f"{name}.features.dtype", split.features.dtype, dtype)
    _same(f"{name}.class_weights", split.class_weights.shape, (runs, classes))
    _same(f"{name}.class_weights.dtype", split.class_weights.dtype, dtype)
    _same(f"{name}.outcome", split.outcome.probabilities.shape, (runs, split.chunks.edges[-1], classes))


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


def make_model(tasks: Sequence[TrainingTask], start: Checkpoint | None = None) -> TrainerState:
    """Returns the heads as training begins, or one head as `start` left it; the tasks are of one `grouping.shape_of`.

    Raises:
        InputError: The circuit is not to be read exactly.
    """
    task, dtype = tasks[0], DTYPES[tasks[0].precision]
    for each in tasks:
        check_exact(each)
    layout, masks, has_circuit = layout_of(task), standing_still(task), task.model.spec.has_circuit
    fixed, units = whole(masks), first_layer(layout)
    program = compile_circuit(build_circuit(task.circuit if has_circuit else NO_CIRCUIT))
    return TrainerState(
        head_kernels.KINDS[task.model.head],
        program,
        _optimiser(tasks, start, layout, masks),
        allocate(program, layout, dtype),
        first_numbers=units * task.source.feature_size,
        width=lanes_of_a_run(task.training.batch_size),
        smoothing=np.array([each.training.label_smoothing for each in tasks], np.float64),
        moves_first=not fixed.issuperset(("pre_net.weight", "pre_net.bias")),
        moves_circuit="q_params" not in fixed,
    )


def layout_of(task: TrainingTask) -> Shapes:
    """Returns the shapes of a task's head, as `workspace.shapes` has them."""
    source = kept(task)
    return shapes(source.feature_size, source.classes, task.circuit, task.model)


def _optimiser(
    tasks: Sequence[TrainingTask], start: Checkpoint | None, layout: Shapes, masks: Mapping[str, np.ndarray]
) -> Optimiser:
    dtype, training = DTYPES[tasks[0].precision], [task.training for task in tasks]
    begun = [start.weights] if start else [first_weights(task) for task in tasks]
    first, second = _moments(start)
    weights = _flat(begun, layout, dtype)
    return Optimiser(
        weights=weights,
        first=_flat([first] * len(tasks), layout, dtype),
        second=_flat([second] * len(tasks), layout, dtype),
        gradient=_flat([{}], layout, dtype)[0],
        steps=np.full(len(tasks), start.steps if start else 0, np.int64),
        stretches=stretches(_flat([masks], layout, np.dtype(bool))[0, : weights.shape[1]]),
        kind=optimiser_kernels.KINDS[training[0].optimiser],
        momentum=np.array([each.momentum for each in training], np.float64),
        decay=np.array([each.weight_decay for each in training], np.float64),
    )


NO_CIRCUIT = CircuitSettings(1, 0)  # stands in a head without one


def _moments(start: Checkpoint | None) -> tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]:
    return (start.first_moments, start.second_moments) if start else ({}, {})


def _flat(named: Sequence[Mapping[str, np.ndarray]], layout: Shapes, dtype: np.dtype) -> np.ndarray:
    """Returns a row of all parameters for each of `named`, zero where it has none; so are the numbers after them."""
    rows = aligned(len(named), sum(map(math.prod, layout)), dtype)
    for row, each in zip(rows, named, strict=True):
        for name, part in zip(NAMES, views(row, layout), strict=True):
            part[...] = each.get(name, 0)
    return rows


def named_copies(task: TrainingTask, flat: np.ndarray) -> dict[str, np.ndarray]:
    """Returns copies of the head's parameters in a row of the optimiser's, by their names."""
    parts = dict(zip(NAMES, views(flat.copy(), layout_of(task)), strict=True))
    return {name: parts[name] for name in trained_shapes(task)}


def named_weights(task: TrainingTask, flat: np.ndarray) -> dict[str, np.ndarray]:
    """Returns copies of the head's weights in `flat`, and what its features are moved by."""
    moved = {name: values.astype(flat.dtype) for name, values in standardisation(task).items()}
    return named_copies(task, flat) | moved


def checkpoint_after(task: TrainingTask, before: Checkpoint, model: TrainerState, epoch: int) -> Checkpoint:
    """Returns `before` moved on to the model's weights and optimiser memory; its best epoch stays."""
    optimiser, training = model.optimiser, task.training
    weights = named_weights(task, optimiser.weights[0])
    first, second = (named_copies(task, flat[0]) for flat in (optimiser.first, optimiser.second))
    for name in whole(standing_still(task)):  # of what never moves no optimiser keeps a memory
        del first[name], second[name]
    if training.optimiser == "sgd":
        first, second = (first if training.momentum else {}), {}
    steps = int(optimiser.steps[0])
    return replace(before, epoch=epoch, weights=weights, first_moments=first, second_moments=second, steps=steps)


def open_features(task: TrainingTask) -> tuple[np.ndarray, np.ndarray]:
    """Returns training and validation features as the kernels take them, copied only where that is needed.

    Features mapped read-only from a file are copied: the kernels are compiled for one kind of array. So are those that
    are standardised, by numbers of the precision that a checkpoint keeps, and few ones that lie across cache lines.

    Returns:
        Shapes (train_size * views, feature_size), all views of a picture one after another, and
        (val_size, feature_size).
    """
    source, dtype = kept(task), DTYPES[task.precision]
    train, val = source.train.reshape(-1, source.feature_size), source.val
    if moved := {name: values.astype(dtype) for name, values in standardisation(task).items()}:
        train, val = head_input(moved, train), head_input(moved, val)
    return _lined_up(train, dtype), _lined_up(val, dtype)


MOST_COPIED = 64 * 2**20  # bytes; more features than that stay where they are, whatever that costs


def _lined_up(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Returns the features as the kernels take them; rows that begin lines of the cache are an eighth quicker."""
    found = np.require(values, dtype, ["C", "A", "W"])
    if not found.ctypes.data % CACHE_LINE or found.shape[1] * dtype.itemsize % CACHE_LINE or found.nbytes > MOST_COPIED:
        return found
    room = aligned(len(found), found.shape[1], dtype)
    room[:] = found
    return room


Features = tuple[np.ndarray, np.ndarray]  # of training and of validation, as `open_features` gives them


def make_splits(tasks: Sequence[TrainingTask], features: Sequence[Features]) -> tuple[SplitBuffers, SplitBuffers]:
    """Returns the training and the validation pictures of runs of one shape, with the features of each."""
    sources, training = [kept(task) for task in tasks], [task.training for task in tasks]
    views = sources[0].train.shape[1] if sources[0].train.ndim == 3 else 1
    weights = [
        class_weights(each, source.train_labels, source.classes) for each, source in zip(training, sources, strict=True)
    ]
    train = [(train, source.train_labels) for (train, _), source in zip(features, sources, strict=True)]
    val = [(val, source.val_labels) for (_, val), source in zip(features, sources, strict=True)]
    learnt = _split(train, np.stack(weights), views, training[0].batch_size)
    return learnt, _split(val, np.ones_like(learnt.class_weights), 1, LANES)


def _split(
    pictures: Sequence[tuple[np.ndarray, np.ndarray]], weights: np.ndarray, views: int, batch_size: int
) -> SplitBuffers:
    """Lays the pictures of all runs behind each other, those that runs share once."""
    distinct = {tuple(map(id, each)): each for each in pictures}
    size, (runs, classes) = len(pictures[0][1]), weights.shape
    places = {key: at * size * views for at, key in enumerate(distinct)}
    firsts = np.array([places[tuple(map(id, each))] for each in pictures])
    features = _together([features for features, _ in distinct.values()])
    labels = np.concatenate([labels for _, labels in distinct.values()])
    return SplitBuffers(
        features,
        checks.class_labels("labels", labels, len(features) // views, classes),  # a copy that is ours alone
        weights.astype(features.dtype),
        views,
        firsts[:, None] + views * np.arange(size),
        chunks(size, batch_size),
        split_result(runs, size, classes, features.dtype),
    )


def _together(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def steps_per_epoch(training: SplitBuffers, validation: SplitBuffers, runs: int = 1) -> int:
    """Returns how many steps of `advance` make up an epoch."""
    return len(training.chunks.batch_sizes) + runs * len(validation.chunks.batch_sizes)


def epoch_rows(task: TrainingTask, epoch: int) -> np.ndarray:
    """Returns the rows of a run's own features in the order an epoch (from 1) shows them."""
    source = kept(task)
    order = _order(task.training.seed, epoch, len(source.train))
    if source.train.ndim == 2:
        return order
    size, many = source.train.shape[:2]
    return order * many + drawn_views(source.seed, epoch, size, many)[order]


def _order(seed: int, epoch: int, size: int) -> np.ndarray:
    return (_kept_order if size <= ORDERS_KEPT_OF else batch_order)(seed, epoch, size)


# The cells of a study share their seeds, and drawing an order takes as long as a dozen of its steps. At most 32 MB.
ORDERS_KEPT, ORDERS_KEPT_OF = 8192, 512
_kept_order = lru_cache(ORDERS_KEPT)(batch_order)


def epoch_rates(task: TrainingTask, epoch: int) -> np.ndarray:
    """Returns the learning rate of every batch of an epoch (from 1), shape (batches,)."""
    return learning_rates(task.training, epoch, -(-len(task.source.train_labels) // task.training.batch_size))


def make_record(epochs: int, model: TrainerState) -> TrainingRecord:
    """Returns an empty record of so many epochs."""
    runs, weights = len(model.smoothing), model.optimiser.weights
    figures, best_weights = np.zeros((runs, epochs, 4)), np.zeros_like(weights)
    counts = np.zeros(runs, np.int64), np.zeros(runs, np.int64)
    return TrainingRecord(figures, best_weights, *counts, np.zeros(runs, np.bool_))
