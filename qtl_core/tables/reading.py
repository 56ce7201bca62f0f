"""From a file to rows of numbers with a class each: which column says the class, and which are learnt from.

What is left out is said, a sentence each: text, dates, columns that are empty or always the same, rows with a gap.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.tables.binary import NPY, read_numpy, read_parquet
from qtl_core.tables.delimited import read_delimited, uses_decimal_comma
from qtl_core.tables.raw import MOST_BYTES, RawTable, check_bytes, number_in, numbers_in

MOST_CLASSES = 1_000
MOST_GAPS = 0.2  # of a column's cells: with more missing, it would take too many rows along
FEWEST_ROWS = 2  # of a class: one to learn from, one held out
MOST_SHOWN = 30  # characters of a cell
NO_LABEL = frozenset({"", "nan", "n/a", "?", "null"})  # fewer words than of numbers: "none" and "-" name classes, too
LAST = "-1"
NESTED = "its cells are lists or groups of values, not single numbers"
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?|\d{1,2}:\d{2}(:\d{2})?")


@dataclass(frozen=True, eq=False)
class Table:
    """Rows that can be learnt from.

    Attributes:
        columns: What the numbers are called.
        values: Shape (rows, columns), float64, all of them finite.
        label: What the column of the classes is called.
        labels: Class of every row, shape (rows,).
        classes: Class names: by size where all are numbers, else alphabetical; index = label.
        row_numbers: Where each row stood in the file, from 1.
        left_out: Columns that are not learnt from, each with its reason.
        notes: Sentences on rows that are left out.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    label: str
    labels: np.ndarray
    classes: tuple[str, ...]
    row_numbers: np.ndarray
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def read_raw(content: bytes) -> RawTable:
    """Reads a file of any kind that is known, told by its first bytes.

    Raises:
        UserError: It is none, damaged, empty or too large.
    """
    check_bytes(len(content))
    if content.startswith(b"\x1f\x8b"):
        return read_raw(_unpacked(content))
    if content.startswith(b"PAR1"):
        return read_parquet(content)
    if content.startswith(b"PK\x03\x04") and b"xl/" in content[:4096] + content[-65536:]:
        raise UserError("This is a workbook of a spreadsheet.", "", "Save the sheet as CSV, and take that.")
    if content.startswith((b"PK\x03\x04", NPY)):
        return read_numpy(content)
    return read_delimited(content)


def read_table(raw: RawTable, label: str = LAST, columns: str = "") -> Table:
    """Makes rows of numbers with a class each of a table.

    Args:
        raw: The table.
        label: The name of the column that says the class, or its number from 1 on; -1 is the last.
        columns: Names or numbers of those learnt from, separated by commas; empty for all.

    Raises:
        UserError: There is no such column, nothing to learn from is left, or there are too few or too many classes.
    """
    at = find_label(raw, label)
    if raw.names[at] in raw.nested:
        raise UserError(
            f"The column {raw.names[at]} names no classes.", f"In it, {NESTED}.", "Choose another label column."
        )
    chosen = chosen_columns(raw, columns, at)
    names, arrays, left_out = _numeric(raw, chosen, was_chosen=bool(columns.strip()) or len(chosen) == 1)
    if not names:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in left_out[:5])
        raise UserError("No column of numbers is left to learn from.", f"Left out: {reasons}." if reasons else "", "")
    words = class_words(raw, at)
    values = np.stack(arrays, axis=1)
    kept, notes = _rows_kept(values, words, raw, names)
    classes, labels = _classes([words[row] for row in kept], raw.names[at])
    return Table(
        tuple(names), values[kept], raw.names[at], labels, classes, raw.row_numbers[kept], tuple(left_out), notes
    )


def find_label(raw: RawTable, label: str) -> int:
    """Returns the index of the column that says the class.

    Raises:
        UserError: There is none of that name or number.
    """
    if label.strip() in ("", LAST) and raw.label is not None:
        return raw.label
    return find_column(raw, label or LAST)


def find_column(raw: RawTable, named: str) -> int:
    """Returns the index of a column by its name, or by its number from 1 on, or from the last with a minus.

    Raises:
        UserError: There is none.
    """
    plain = named.strip()
    for names in (raw.names, tuple(name.casefold() for name in raw.names)):
        for wanted in (plain, plain.casefold()):
            if wanted in names:
                return names.index(wanted)
    if re.fullmatch(r"-?\d{1,9}", plain) and 1 <= abs(int(plain)) <= len(raw.names):
        return int(plain) - 1 if int(plain) > 0 else len(raw.names) + int(plain)
    shown = ", ".join(raw.names[:12]) + (", ..." if len(raw.names) > 12 else "")
    raise UserError(
        f"This table has no column {plain!r}.",
        f"Its {len(raw.names)} columns are {shown}.",
        f"Name one of them, or give its number: 1 is the first, {LAST} the last.",
    )


def chosen_columns(raw: RawTable, columns: str, label: int) -> list[int]:
    """Returns the indices of the columns that are learnt from, without that of the classes.

    Raises:
        UserError: One is not there.
    """
    if not columns.strip():
        return [at for at in range(len(raw.names)) if at != label]
    named = next(csv.reader([columns], skipinitialspace=True))
    return [at for at in dict.fromkeys(find_column(raw, each) for each in named if each.strip()) if at != label]


def class_words(raw: RawTable, at: int) -> list[str]:
    """Returns what each row says in the column of the classes; "" where it says nothing."""
    column = raw.columns[at]
    if isinstance(column, np.ndarray) and column.dtype.kind == "b":
        return [str(bool(each)).lower() for each in column]
    if isinstance(column, np.ndarray) and column.dtype.kind == "f":
        return ["" if not np.isfinite(each) else f"{each:.12g}" for each in column.tolist()]
    words = [" ".join(str(each).split())[:200] for each in column]
    return ["" if word.casefold() in NO_LABEL else word for word in words]


def _unpacked(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError("This file cannot be unpacked.", "It is damaged.", "Save it again.") from error


def _numeric(
    raw: RawTable, chosen: Sequence[int], *, was_chosen: bool
) -> tuple[list[str], list[np.ndarray], list[tuple[str, str]]]:
    """Returns names and numbers of the columns that can be learnt from, and why others cannot."""
    decimal_comma = uses_decimal_comma([raw.columns[at] for at in chosen])
    names, arrays, left_out = [], [], []
    for at in chosen:
        column = raw.columns[at]
        found = numbers_in(column, decimal_comma=decimal_comma)
        reason = NESTED if raw.names[at] in raw.nested else _unusable(column, found, was_chosen=was_chosen)
        if reason or found is None:
            left_out.append((raw.names[at], reason))
        else:
            names.append(raw.names[at])
            arrays.append(found)
    return names, arrays, left_out


def _unusable(column: Sequence[str] | np.ndarray, found: np.ndarray | None, *, was_chosen: bool) -> str:
    """Returns why a column is not learnt from, or ""."""
    if found is None:
        filled = [str(cell).strip() for cell in column if str(cell).strip()]
        dates = sum(DATE.fullmatch(cell) is not None for cell in filled)
        if not filled:
            return "it is empty"
        return "it holds dates or times" if dates > len(filled) / 2 else "it holds text"
    gaps = float(np.isnan(found).mean())
    if gaps > MOST_GAPS:
        return f"{gaps:.0%} of its cells hold no number"
    there = found[~np.isnan(found)]
    if (there == there[0]).all():
        return "it is the same in every row"
    counts = len(there) > 2 and there[0] in (0, 1) and bool((np.diff(there) == 1).all())
    return "it counts the rows" if counts and not was_chosen else ""


def _rows_kept(
    values: np.ndarray, words: Sequence[str], raw: RawTable, names: Sequence[str]
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Returns the indices of the rows that are used, and sentences on the others."""
    has_gap = np.isnan(values).any(axis=1)
    unlabelled = np.array([not word for word in words])
    notes = list(raw.notes)
    if unlabelled.any():
        notes.append(f"{_rows(int(unlabelled.sum()))} without a class {_are(int(unlabelled.sum()))} left out.")
    gaps = int((has_gap & ~unlabelled).sum())
    if gaps:
        first = int(np.flatnonzero(has_gap & ~unlabelled)[0])
        where = _gap_in_words(raw, first, names[int(np.isnan(values[first]).argmax())])
        before = "" if gaps == 1 else "the first is "
        notes.append(f"{_rows(gaps)} with a missing number {_are(gaps)} left out: {before}{where}.")
    kept: list[int] = np.flatnonzero(~has_gap & ~unlabelled).tolist()
    counts = Counter(words[row] for row in kept)
    rare = {word for word, count in counts.items() if count < FEWEST_ROWS}
    if rare and len(rare) < len(counts):
        shown = ", ".join(sorted(rare)[:5]) + (", ..." if len(rare) > 5 else "")
        notes.append(f"Classes with one row are left out, as none would be left to hold out: {shown}.")
        kept = [row for row in kept if words[row] not in rare]
    return np.array(kept, dtype=np.int64), tuple(notes)


def _gap_in_words(raw: RawTable, at: int, name: str) -> str:
    """Says which row has no number in a column, and what stands there instead."""
    cell = " ".join(str(raw.columns[raw.names.index(name)][at]).split())[:MOST_SHOWN]
    there = "is empty" if cell in ("", "nan", "None") else f"holds “{cell}”"
    return f"row {raw.row_numbers[at]}, where {name} {there}"


def _classes(words: Sequence[str], label: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Returns the class names in order, and each row's class.

    Raises:
        UserError: There are too few or too many.
    """
    counts = Counter(words)
    if len(counts) < 2:
        only = f"It is {next(iter(counts))!r} in every row that can be used." if counts else "No row can be used."
        raise UserError(f"The column {label} names fewer than two classes.", only, "Choose another label column.")
    if len(counts) > MOST_CLASSES or (len(counts) > 20 and max(counts.values()) < FEWEST_ROWS):
        raise UserError(
            f"The column {label} holds {len(counts):,} different values.",
            f"At most {MOST_CLASSES:,} classes of several rows are learnt; this looks like a measurement or a name.",
            "Choose another label column.",
        )
    numbers = {word: number_in(word, decimal_comma=False) for word in counts}
    if all(number is not None and number == number for number in numbers.values()):
        classes = sorted(counts, key=lambda word: (numbers[word], word))
    else:
        classes = sorted(counts)
    index = {word: at for at, word in enumerate(classes)}
    return tuple(classes), np.array([index[word] for word in words], dtype=np.int64)


def _rows(count: int) -> str:
    return "One row" if count == 1 else f"{count:,} rows"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
