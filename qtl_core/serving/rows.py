"""Rows of numbers that a request brings: JSON, or a table as text, for a run that learnt numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.strict_json import strict_json
from qtl_core.inference.number_answers import rows_of
from qtl_core.serving.refusals import Refused, too_large
from qtl_core.tables.reading import read_raw

JSON, CSV, MULTIPART = "application/json", "text/csv", "multipart/form-data"
_SHAPE = 'JSON is {"rows": [[0.5, -1.2], ...]}, or an object by column in place of each row.'


@dataclass(frozen=True)
class Row:
    """A row that is asked about.

    Attributes:
        name: What it is called.
        values: Its numbers, shape (columns,), or None where one is missing or none.
    """

    name: str
    values: np.ndarray | None


def rows_in(kind: str, content: bytes, names: Sequence[str], most: int) -> list[Row]:
    """Returns the rows of a body.

    Args:
        kind: What it says it is.
        content: The body.
        names: The columns that the run reads.
        most: How many rows there may be.

    Raises:
        Refused: There are more, none, or it is of another kind.
        UserError: It cannot be read as a table.
    """
    if kind.startswith("image/") or kind == MULTIPART:
        raise Refused(415, UserError("This run reads rows of numbers.", f"{kind} is no table.", _SHAPE))
    is_json = kind == JSON or (kind != CSV and content.lstrip()[:1] in (b"{", b"["))  # curl and urllib say it is a form
    rows = _of_json(content, names, most) if is_json else _of_table(content, names)
    if not rows:
        raise Refused(400, UserError("There are no rows in this request.", "", _SHAPE))
    if len(rows) > most:
        raise too_large("There are too many rows in this request.", f"{most:,} rows")
    return rows


def _of_table(content: bytes, names: Sequence[str]) -> list[Row]:
    raw = read_raw(content)
    return [_row(number, values) for number, values in zip(raw.row_numbers.tolist(), rows_of(raw, names), strict=True)]


def _of_json(content: bytes, names: Sequence[str], most: int) -> list[Row]:
    try:
        said = strict_json(content, most_values=most * (len(names) + 2) + 10)
    except Exception as error:  # whatever a parser makes of what a stranger sends
        raise Refused(400, UserError("This JSON cannot be read.", "", _SHAPE)) from error
    rows = said.get("rows") if isinstance(said, dict) else said
    if not isinstance(rows, list):
        raise Refused(400, UserError("There are no rows in this JSON.", "", _SHAPE))
    return [_row(number, _numbers(each, names)) for number, each in enumerate(rows, start=1)]


def _numbers(row: Any, names: Sequence[str]) -> np.ndarray:
    values = [row.get(name) for name in names] if isinstance(row, Mapping) else row
    if not isinstance(values, list) or len(values) != len(names):
        raise UserError(f"Each row holds {len(names)} numbers.", f"They are {', '.join(names[:12])}.", _SHAPE)
    return np.array([_number(value) for value in values])


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < np.finfo(float).max
    return float(value) if is_number else np.nan


def _row(number: int, values: np.ndarray) -> Row:
    return Row(f"row {number}", values if np.isfinite(values).all() else None)
