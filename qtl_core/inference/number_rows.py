"""Rows of numbers that people ask about: read from tables and words, and answered one by one.

A row comes as numbers, or in a table of any kind that can be learnt from. Where a table names its columns, they are
found by the names that the run learnt by, in any order; only columns without names are taken in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.inference.number_answers import NumberAnswers, answer_numbers, named
from qtl_core.runs.view import TrainedRun
from qtl_core.tables.delimited import uses_decimal_comma
from qtl_core.tables.raw import RawTable, numbers_in

NO_NUMBER = "A number is missing, or is none."


@dataclass(frozen=True, eq=False)
class AskedRow:
    """A row that is asked about.

    Attributes:
        name: What it is called.
        values: Its numbers, shape (columns,), or None where it cannot be asked.
        error: Why it cannot, else "".
    """

    name: str
    values: np.ndarray | None = None
    error: str = ""


def asked_row(name: str, values: np.ndarray) -> AskedRow:
    """Returns a row that is asked if all its numbers are there, NaN standing for one that is not."""
    whole = bool(np.isfinite(values).all())
    return AskedRow(name, values if whole else None, "" if whole else NO_NUMBER)


def answered_rows(run: TrainedRun, rows: Sequence[AskedRow]) -> Iterator[tuple[AskedRow, NumberAnswers | None]]:
    """Yields each row with its answer; those that cannot be asked have none."""
    values = [row.values for row in rows if row.values is not None]
    found = answer_numbers(run, np.stack(values)) if values else None
    at = iter(range(len(values)))
    for row in rows:
        yield row, found.of(next(at)) if found is not None and row.values is not None else None


def table_rows(raw: RawTable, names: Sequence[str], before: str = "") -> list[AskedRow]:
    """Returns a table's rows.

    Args:
        raw: The table, with or without the column of the classes.
        names: The columns that the run learnt from.
        before: What each row's name begins with.

    Raises:
        UserError: It names other columns, or has too few or too many without names.
    """
    numbered = zip(raw.row_numbers.tolist(), rows_of(raw, names), strict=True)
    return [asked_row(f"{before}row {number}", values) for number, values in numbered]


def rows_of(raw: RawTable, names: Sequence[str]) -> np.ndarray:
    """Returns a table's rows as a run reads them, NaN where a cell holds no number, shape (rows, columns).

    Raises:
        UserError: See `table_rows`.
    """
    columns = [raw.columns[at] for at in places_of(raw.names, names) or _in_order(raw, names)]
    comma = uses_decimal_comma(columns)
    found = [numbers_in(column, decimal_comma=comma) for column in columns]
    empty = np.full(raw.rows, np.nan)
    return np.stack([empty if column is None else column for column in found], axis=1)


def order_words(raw: RawTable, names: Sequence[str]) -> str:
    """Returns a sentence for a table whose columns are taken in order, as it does not name them; "" for others."""
    if raw.has_header or places_of(raw.names, names):
        return ""
    return f"This table does not name its columns, so they are taken in order: {named(names)}."


def missing_words(found: Sequence[str], names: Sequence[str]) -> str:
    """Returns a sentence on the columns that are missing among some, "" where none is."""
    missing = [name for name in names if _at(found, name) is None]
    if not missing:
        return ""
    those = f"is no column {missing[0]}" if len(missing) == 1 else f"are no columns {named(missing)}"
    return f"There {those} here, only {named(found) or 'none'}."


def places_of(there: Sequence[str], names: Sequence[str]) -> list[int]:
    """Returns where columns are among those that are there, or nothing where one is missing."""
    found = [at for name in names if (at := _at(there, name)) is not None]
    return found if len(found) == len(names) else []


def _at(there: Sequence[str], name: str) -> int | None:
    """Returns where a column is: as it is written, or else in the one way that differs by capitals alone."""
    alike = [at for at, each in enumerate(there) if each.casefold() == name.casefold()]
    exact = [at for at in alike if there[at] == name]
    return exact[0] if exact else alike[0] if len(alike) == 1 else None


def _in_order(raw: RawTable, names: Sequence[str]) -> list[int]:
    if raw.has_header:
        what = missing_words(raw.names, names)
        do = "Name its columns so, in any order; numbers without a header line are taken in order."
        raise UserError(what, f"The run learnt from {named(names)}.", do)
    there = [at for at in range(len(raw.names)) if at != raw.label]
    if len(there) != len(names):
        what = f"This table has {len(there)} columns without names, and the run reads {len(names)}."
        do = "Name its columns in a first line, or bring these alone, in this order."
        raise UserError(what, f"They are {named(names)}.", do)
    return there


def row_from_text(text: str, names: Sequence[str]) -> np.ndarray | None:
    """Returns the numbers of a row that was typed, such as "0.5, -1.2", shape (columns,); None where it is none."""
    cells = [cell for cell in (text.split(";") if ";" in text else text.replace(",", " ").split()) if cell.strip()]
    try:
        found = np.array([float(cell.strip().replace(",", ".")) for cell in cells])
    except ValueError:
        return None
    return found if len(found) == len(names) and np.isfinite(found).all() else None
