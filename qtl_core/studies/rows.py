"""A row of a study: what came of one run, and its curves beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# What may be compared, and in words. Of the epochs the best one is chosen by the validation part, so its figures there
# flatter; the last epoch's and the test part's do not.
MEASURES: Mapping[str, str] = {
    "test_accuracy": "test accuracy",
    "last_val_accuracy": "validation accuracy after the last epoch",
    "best_val_accuracy": "validation accuracy of the best epoch, which flatters",
    "last_val_loss": "validation loss after the last epoch",
    "best_val_loss": "validation loss of the best epoch, which flatters",
}
LOSSES = ("last_val_loss", "best_val_loss")  # the less, the better


@dataclass(frozen=True)
class Row:
    """The outcome of one run.

    Attributes:
        key: The run's, as in `plan.CellRun`.
        seed: Its seed.
        epochs: How many were done; 0 where it broke down.
        best_epoch: From 1; 0 where it broke down.
        broke_down: The epoch in which its numbers stopped being finite, or 0.
        test_accuracy: Of the best epoch's weights on the test part; None without one.
        last_val_accuracy, best_val_accuracy, last_val_loss, best_val_loss: See `MEASURES`; None where it broke down.
    """

    key: str
    seed: int
    epochs: int = 0
    best_epoch: int = 0
    broke_down: int = 0
    test_accuracy: float | None = None
    last_val_accuracy: float | None = None
    best_val_accuracy: float | None = None
    last_val_loss: float | None = None
    best_val_loss: float | None = None

    def measure(self, name: str) -> float | None:
        """Returns a measure of `MEASURES`."""
        value: float | None = getattr(self, name)
        return value

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it, as printed."""
        return dict(vars(self))


@dataclass(frozen=True, eq=False)
class Outcome:
    """A row, and the figures of every epoch by their names in `evaluation.seed_spread.FIGURES`, shape (epochs,) each.

    A run that broke down has none.
    """

    row: Row
    curves: Mapping[str, np.ndarray] = field(default_factory=dict, repr=False)


def outcome_of(key: str, seed: int, curves: Mapping[str, np.ndarray], best_epoch: int, tested: float | None) -> Outcome:
    """Returns what came of a run that kept to finite numbers."""
    accuracy, loss = curves["val_accuracy"], curves["val_loss"]
    row = Row(
        key,
        seed,
        epochs=len(loss),
        best_epoch=best_epoch,
        test_accuracy=tested,
        last_val_accuracy=float(accuracy[-1]),
        best_val_accuracy=float(accuracy[best_epoch - 1]),
        last_val_loss=float(loss[-1]),
        best_val_loss=float(loss[best_epoch - 1]),
    )
    return Outcome(row, curves)
