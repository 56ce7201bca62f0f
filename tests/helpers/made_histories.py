"""Courses of training made by hand: losses, and what is answered for how many pictures of every class."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from qtl_core.runs.events import Checkpoint, Ended, EpochDone
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from tests.helpers.made_runs import made_run

NAMES = ("ants", "bees", "cats", "dogs", "eels", "fish")
Confusion = Sequence[Sequence[int]]


def answers(confusion: Confusion, sure: float = 0.9) -> np.ndarray:
    """Probabilities of all pictures, those of a true class together; rows are true classes, columns what is said."""
    table = np.array(confusion)
    said = np.concatenate([np.repeat(np.arange(len(table)), row) for row in table])
    return np.where(said[:, None] == np.arange(len(table)), sure, (1 - sure) / (len(table) - 1)).astype(np.float32)


def history(
    train: Sequence[int] = (40, 40),
    confusion: Confusion = ((28, 2), (2, 28)),
    losses: Sequence[float] = (0.6, 0.4, 0.3, 0.25),
    *,
    accuracy: float = 0.95,
    probabilities: Sequence[np.ndarray] = (),
    known: bool = True,
    over: bool = True,
    **settings: object,
) -> RunView:
    """A run by its figures.

    Args:
        train: Training pictures of every class.
        confusion: What is answered for the validation pictures, the same after every epoch.
        losses: Of training, epoch by epoch.
        accuracy: Of training.
        probabilities: What is answered after every epoch, in place of the confusion's.
        known: Whether the run says how many training pictures each class has.
        over: Whether the training is over.
        settings: Those that differ.
    """
    asked = RunSettings().changed(**settings)
    labels = np.repeat(np.arange(len(confusion)), np.sum(confusion, axis=1))
    told = probabilities or [answers(confusion)] * len(losses)
    prepared = dataclasses.replace(
        made_run(Path("/nowhere")).prepared,
        settings=asked,
        asked=asked,
        classes=NAMES[: len(confusion)],
        train_size=sum(train),
        val_size=len(labels),
        val_files=tuple(f"{number}.jpg" for number in range(len(labels))),
        val_labels=tuple(labels.tolist()),
        train_counts=tuple(train) if known else (),
    )
    epochs = tuple(
        _epoch(number, loss, accuracy, found, labels)
        for number, (loss, found) in enumerate(zip(losses, told, strict=True), start=1)
    )
    ended = Ended("finished", len(epochs), 1, epochs[0].val_accuracy, epochs[0].val_loss, 0.1)
    return RunView(prepared=prepared, epochs=epochs, ended=ended if over else None)


def numbers_history(features: int = 4, **changes: object) -> RunView:
    """A run on the rows of a table, of which it has 70 of 105 right: by default at the paper's rate."""
    confusion = ((15, 0, 0), (0, 10, 5), (0, 9, 6))
    asked = {"confusion": confusion, "losses": list(np.linspace(1.09, 0.8, 30)), "accuracy": 70 / 105}
    view = history((35, 35, 35), **asked | {"source": "table", "table": "iris.csv"} | changes)
    assert view.prepared is not None
    return dataclasses.replace(view, prepared=dataclasses.replace(view.prepared, feature_size=features))


def by_heart(train: Sequence[int] = (40, 40), val: Sequence[int] = (30, 30), **changes: object) -> RunView:
    """Training pictures ever better, validation pictures from epoch 2 on ever worse, each of them a little."""
    guessing = np.array(train) / sum(train)
    lost = -(guessing * np.log(guessing)).sum()
    right = [max(1, round(0.7 * each)) for each in val]
    confusion = [[0] * len(val) for _ in val]
    for label, each in enumerate(val):
        confusion[label][label] = right[label]
        confusion[label][(label + 1) % len(val)] = each - right[label]
    told = [answers(confusion, sure) for sure in (0.6, 0.7, 0.9, 0.97, 0.99)]
    labels = np.repeat(np.arange(len(val)), val)
    for number, lower in ((2, 0.75), (3, 0.5), (4, 0.25)):  # the true class of each gets less, whatever is answered
        told[number] = told[1].copy()
        told[number][np.arange(len(labels)), labels] *= lower
        told[number] /= told[number].sum(axis=1, keepdims=True)
    return history(
        train,
        confusion,
        [share * lost for share in (0.95, 0.7, 0.3, 0.1, 0.05)],
        accuracy=0.99,
        probabilities=told,
        **changes,
    )


def _epoch(number: int, loss: float, accuracy: float, told: np.ndarray, labels: np.ndarray) -> EpochDone:
    val_loss = float(-np.log(told[np.arange(len(labels)), labels]).mean())
    val_accuracy = float((told.argmax(axis=1) == labels).mean())
    return EpochDone(
        number,
        loss,
        accuracy,
        val_loss,
        val_accuracy,
        0.0004,
        0.05,
        number == 1,
        told,
        Checkpoint(number, {"q_params": np.zeros(24, np.float32)}, {}, {}, number),
        (0.02,) * 6,
    )
