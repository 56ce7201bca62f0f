"""Rows of numbers that a request brings: JSON, or a table as text, for a run that learnt numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.strict_json import strict_json
from qtl_core.inference.number_answers import named
from qtl_core.inference.number_rows import AskedRow, asked_row, missing_words, places_of, table_rows
from qtl_core.serving.refusals import Refused, too_large
from qtl_core.tables.reading import read_raw

JSON, CSV, MULTIPART = "application/json", "text/csv", "multipart/form-data"
_SHAPE = 'JSON is {"rows": [[0.5, -1.2], ...]}, or an object by column in place of each row.'


def rows_in(kind: str, content: bytes, names: Sequence[str], most: int) -> list[AskedRow]:
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
    rows = _of_json(content, names, most) if is_json else table_rows(read_raw(content), names)
    if not rows:
        raise Refused(400, UserError("There are no rows in this request.", "", _SHAPE))
    if len(rows) > most:
        raise too_large("There are too many rows in this request.", f"{most:,} rows")
    return rows


def _of_json(content: bytes, names: Sequence[str], most: int) -> list[AskedRow]:
    try:
        said = strict_json(content, most_values=most * (len(names) + 2) + 10)
    except Exception as error:  # whatever a parser makes of what a stranger sends
        raise Refused(400, UserError("This JSON cannot be read.", "", _SHAPE)) from error
    rows = said.get("rows") if isinstance(said, dict) else said
    if not isinstance(rows, list):
        raise Refused(400, UserError("There are no rows in this JSON.", "", _SHAPE))
    return [_row(f"row {number}", each, names) for number, each in enumerate(rows, start=1)]


def _row(name: str, row: Any, names: Sequence[str]) -> AskedRow:
    if isinstance(row, Mapping):
        there, values = list(row), list(row.values())
        if said := missing_words(there, names):
            return AskedRow(name, error=said)
        row = [values[at] for at in places_of(there, names)]
    if not isinstance(row, list) or len(row) != len(names):
        return AskedRow(name, error=f"It is not {len(names)} numbers: {named(names)}.")
    return asked_row(name, np.array([_number(value) for value in row]))


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < np.finfo(float).max
    return float(value) if is_number else np.nan
