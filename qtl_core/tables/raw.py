"""A table as it is read from a file, before anything is made of its cells; and what a column's cells are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import UserError

MOST_BYTES = 128_000_000  # of a file: 100,000 rows of a hundred numbers, written out
MOST_ROWS = 200_000
MOST_CELLS = 20_000_000
LARGEST = 3e38  # what single precision, in which heads are trained, can hold
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", ".", "#n/a", "#na", "missing"})
TRUTH = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}
MOSTLY = 0.95  # of the cells that are there: where so many are numbers, the column is one of numbers


@dataclass(frozen=True, eq=False)
class RawTable:
    """Columns of equal length by name.

    Attributes:
        names: Of the columns, each once.
        columns: Cells as text, or as an array where the file says what they are.
        row_numbers: The number of each row in the file, from 1; the header has none.
        label: Which column the file itself says is the label, or None where it does not.
        notes: Sentences on what was left out while reading.
        has_header: Whether the names are the file's own.
        nested: Names of columns whose cells are lists or groups of values.
    """

    names: tuple[str, ...]
    columns: tuple[Sequence[str] | np.ndarray, ...]
    row_numbers: np.ndarray
    label: int | None = None
    notes: tuple[str, ...] = ()
    has_header: bool = True
    nested: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.row_numbers)


def check_bytes(size: int) -> None:
    """Refuses a file that is too large to be read.

    Raises:
        UserError: It is.
    """
    if size > MOST_BYTES:
        what = f"This file has {size / 1e6:,.0f} MB."
        raise UserError(what, f"At most {MOST_BYTES / 1e6:,.0f} MB are read.", "Take a part of it.")


def check_size(rows: int, columns: int) -> None:
    """Refuses a table that is too large before it is read whole.

    Raises:
        UserError: It has too many rows or cells.
    """
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        raise UserError(
            f"This table has {rows:,} rows of {columns:,} columns.",
            f"At most {MOST_ROWS:,} rows and {MOST_CELLS:,} cells are read.",
            "Take a part of its rows, or of its columns.",
        )


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Returns names of which each stands once: those without a name are numbered, later ones of a kind as well."""
    found: list[str] = []
    for number, name in enumerate(names, start=1):
        plain = name.strip() or f"column {number}"
        candidate, copies = plain, 1
        while candidate in found:
            copies += 1
            candidate = f"{plain} ({copies})"
        found.append(candidate)
    return tuple(found)


def number_in(cell: str, *, decimal_comma: bool) -> float | None:
    """Returns the number that a cell holds; NaN where it is empty or infinite, None where it is another text."""
    plain = cell.strip()
    if plain.casefold() in MISSING:
        return np.nan
    if decimal_comma and "," in plain:
        plain = plain.replace(".", "").replace(",", ".", 1)
    try:
        found = float(plain.removesuffix("%")) if "_" not in plain else None  # Python reads 1_000, which is a name
    except ValueError:
        return TRUTH.get(plain.casefold())
    return found if found is None or abs(found) < LARGEST else np.nan


def numbers_in(column: Sequence[str] | np.ndarray, *, decimal_comma: bool = False) -> np.ndarray | None:
    """Returns a column's numbers, NaN where one is missing, float64; None where it is no column of numbers.

    A few cells that are no numbers in a column where nearly all are count as missing, as a remark among measurements
    does.
    """
    if isinstance(column, np.ndarray) and column.dtype != object:
        if column.dtype.kind not in "biuf":
            return None
        found = column.astype(np.float64)
        return np.where(np.abs(found) < LARGEST, found, np.nan)
    cells = [number_in(str(cell), decimal_comma=decimal_comma) for cell in column]
    others = sum(cell is None for cell in cells)
    there = sum(cell is None or cell == cell for cell in cells)  # NaN is not equal to itself
    if not there or others > (1 - MOSTLY) * there:
        return None
    return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
