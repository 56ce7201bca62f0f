"""Answers of a run that learnt numbers: rows in, probabilities out, and what lies between; without torch.

A row comes as numbers, or in a table of any kind that can be learnt from; its columns are found by the names that the
run learnt by, or else by their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.network.head_scores import circuit_angles, class_scores, hidden_values, log_softmax
from qtl_core.runs.events import Arrays
from qtl_core.runs.view import TrainedRun
from qtl_core.tables.delimited import uses_decimal_comma
from qtl_core.tables.raw import RawTable, numbers_in

NO_NUMBER = "A number is missing, or is none."  # of a row that gets no answer


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
            f"This run reads {run.prepared.feature_size} numbers a row.", f"They are {_named(column_names(run))}.", ""
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


def rows_of(raw: RawTable, names: Sequence[str]) -> np.ndarray:
    """Returns a table's rows as a run reads them, NaN where a cell holds no number, shape (rows, columns).

    Args:
        raw: The table, with or without the column of the classes.
        names: The columns that the run learnt from.

    Raises:
        UserError: Columns are missing.
    """
    wanted = [raw.names.index(name) for name in names if name in raw.names]
    if len(wanted) < len(names):
        if wanted and raw.has_header:
            missing = [name for name in names if name not in raw.names]
            raise UserError(f"This table has no column {_named(missing)}.", "The run learnt from it.", "Add it.")
        if len(raw.names) < len(names):
            raise UserError(
                f"This table has {len(raw.names)} columns, and the run reads {len(names)}.", f"{_named(names)}.", ""
            )
        wanted = list(range(len(names)))
    columns = [raw.columns[at] for at in wanted]
    comma = uses_decimal_comma(columns)
    found = [numbers_in(column, decimal_comma=comma) for column in columns]
    empty = np.full(raw.rows, np.nan)
    return np.stack([empty if column is None else column for column in found], axis=1)


def row_from_text(text: str, names: Sequence[str]) -> np.ndarray | None:
    """Returns the numbers of a row that was typed, such as "0.5, -1.2", shape (columns,); None where it is none."""
    cells = [cell for cell in (text.split(";") if ";" in text else text.replace(",", " ").split()) if cell.strip()]
    try:
        found = np.array([float(cell.strip().replace(",", ".")) for cell in cells])
    except ValueError:
        return None
    return found if len(found) == len(names) and np.isfinite(found).all() else None


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
