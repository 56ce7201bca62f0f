"""Answers of a run that learnt numbers: rows in, probabilities out, and what lies between; without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.network.head_scores import circuit_angles, class_scores, hidden_values, log_softmax
from qtl_core.runs.events import Arrays
from qtl_core.runs.view import TrainedRun

MOST_NAMED = 12  # columns in one sentence


@dataclass(frozen=True, eq=False)
class NumberAnswers:
    """The answers for some rows, in double precision.

    Attributes:
        classes: Class names; index = label.
        values: What was asked, shape (rows, columns).
        probabilities: Shape (rows, classes).
        hidden: What the last layer reads, shape (rows, width): <Z> of each qubit where there is a circuit.
        angles: The qubits' input angles in radians, shape (rows, qubits); of a head without a circuit None.
    """

    classes: tuple[str, ...]
    values: np.ndarray
    probabilities: np.ndarray
    hidden: np.ndarray
    angles: np.ndarray | None

    @property
    def labels(self) -> list[str]:
        """The most probable class of each row."""
        return [self.classes[at] for at in self.probabilities.argmax(axis=1).tolist()]

    @property
    def shares(self) -> dict[str, float]:
        """The first row's probabilities by class."""
        return dict(zip(self.classes, self.probabilities[0].tolist(), strict=True))

    def of(self, row: int) -> NumberAnswers:
        """Returns the answer for one row alone."""
        one = slice(row, row + 1)
        angles = None if self.angles is None else self.angles[one]
        return NumberAnswers(self.classes, self.values[one], self.probabilities[one], self.hidden[one], angles)


def answer_numbers(run: TrainedRun, values: np.ndarray, weights: Arrays | None = None) -> NumberAnswers:
    """Answers for rows.

    Args:
        run: A run that learnt numbers.
        values: Shape (rows, columns), in the order of `Prepared.feature_names`.
        weights: The head's, where others than the best epoch's are asked.

    Raises:
        UserError: The run learnt pictures, or the rows have another number of columns.
    """
    settings, head = run.prepared.settings, weights or run.checkpoint.best_weights
    check_learnt_numbers(run)
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != run.prepared.feature_size:
        raise UserError(
            f"This run reads {run.prepared.feature_size} numbers a row.", f"They are {named(column_names(run))}.", ""
        )
    scores = class_scores(settings.circuit, head, values, settings.model)
    hidden = hidden_values(settings.circuit, head, values, settings.model)
    angles = circuit_angles(head, values) if settings.model.spec.has_circuit else None
    return NumberAnswers(run.prepared.classes, values, np.exp(log_softmax(scores)), hidden, angles)


def check_learnt_numbers(run: TrainedRun) -> None:
    """Refuses a run that learnt pictures.

    Raises:
        UserError: It did.
    """
    if not run.prepared.settings.data.is_numbers:
        raise UserError("This run learnt pictures, not numbers.", "", "Give it pictures.")


def column_names(run: TrainedRun) -> tuple[str, ...]:
    """Returns what the numbers of a row are called."""
    size = run.prepared.feature_size
    return run.prepared.feature_names or tuple(f"number {at}" for at in range(1, size + 1))


def named(names: Sequence[str]) -> str:
    """Returns columns in one line, the first few of many."""
    return ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
