"""The one door from Python into machine code, which follows every index that it is given without looking.

`make_splits` and `make_model` build what goes in from a checked task; what is left to go wrong between them and a call
is checked here, in some microseconds a call (an epoch of the recipe takes a millisecond).
"""

from __future__ import annotations

import numpy as np

from qtl_core.errors import InputError
from qtl_core.training.compiled.loop import Record, Split, TrainerState, advance_unchecked


def advance(
    model: TrainerState,
    training: Split,
    validation: Split,
    rows: np.ndarray,
    learning_rates: np.ndarray,
    by_loss: bool,
    record: Record,
    first: int,
    last: int,
    stop: np.ndarray,
) -> None:
    """Does the steps first..last of a run, once everything fits; see `loop.advance_unchecked` for the arguments.

    Raises:
        InputError: Something does not fit: a row that is not there, another width of features, more steps than epochs.
    """
    steps = len(training.chunks.batch_sizes) + len(validation.chunks.batch_sizes)
    epochs, pictures = len(learning_rates), len(training.labels)
    _same("rows", rows.shape, (epochs, pictures))
    _same("rows.dtype", rows.dtype, np.dtype(np.int64))
    if rows.min() < 0 or rows.max() >= len(training.features):
        held = f"holds {rows.min()} to {rows.max()}"
        raise InputError("rows", held, f"rows of the features, 0 to {len(training.features) - 1}")
    if not 0 <= first <= last <= epochs * steps:
        raise InputError("steps", f"are {first} to {last}", f"within 0 to {epochs * steps}")
    _same("record.figures", record.figures.shape, (epochs, 4))
    _same("record.best_weights", record.best_weights.shape, model.adam.weights.shape)
    for name, split in (("training", training), ("validation", validation)):
        shape = len(split.labels) * split.views, model.net.pre_weight.shape[1]
        _same(f"{name}.features", split.features.shape, shape)
        _same(f"{name}.features.dtype", split.features.dtype, model.adam.weights.dtype)
        _same(f"{name}.outcome", split.outcome.probabilities.shape, (len(split.labels), len(model.work.scores)))
    advance_unchecked(model, training, validation, rows, learning_rates, by_loss, record, first, last, stop)


def _same(name: str, found: object, expected: object) -> None:
    if found != expected:
        raise InputError(name, f"is {found}", str(expected))
