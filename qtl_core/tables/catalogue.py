"""Sources of numbers under one name, and a quick look at whether one has changed.

To add one: a loader in a file of its own that returns `Numbers`, a branch in `load_numbers`, and its name in the
settings' choice of data.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.paths import check_may_read, in_text
from qtl_core.common.system_reasons import reason_of
from qtl_core.settings import DataSettings
from qtl_core.tables import kept
from qtl_core.tables.dividing import divided
from qtl_core.tables.numbers import Numbers, numbers_of
from qtl_core.tables.points import load_points
from qtl_core.tables.raw import RawTable, check_bytes
from qtl_core.tables.reading import Table, read_raw, read_table

MOST_NAMED = 5  # columns
Stamp = tuple[str, int, int]  # path, size in bytes, time of the last change in nanoseconds


def load_numbers(data: DataSettings) -> Numbers:
    """Returns the numbers that settings name, the same every time.

    Raises:
        UserError: There is no such table, or it cannot be used.
    """
    if data.source == "points":
        return load_points(data)
    table = read_table(raw_table(data.table), data.label, data.columns)
    return _numbers(table, kept.name_of(data.table))


def stamp_of_numbers(data: DataSettings) -> tuple[Stamp, ...]:
    """Returns what changes when the numbers do: name, size and time of the file they are read from, if any.

    Raises:
        UserError: There is no such file.
    """
    return () if data.source == "points" else (_stamp(table_file(data.table)),)


def table_file(table: str) -> Path:
    """Returns the file of a table: a kept one's, or that at a path.

    Raises:
        UserError: None is named, it is not there, or it is not read for visitors.
    """
    if not table:
        raise UserError("No table is named.", "", "Bring a file of numbers in, or name one.")
    if kept.is_kept(table):
        return kept.file_of(table)
    file = Path(os.path.expanduser(table))  # noqa: PTH111  Path's own fails for a name that nobody here has
    check_may_read(file)
    if not file.is_file():
        raise UserError(f"There is no file {in_text(table)}.", "", "Name a CSV, Parquet or NumPy file.")
    return file


def raw_table(table: str) -> RawTable:
    """Returns a table as it is in its file; the last ones are remembered.

    Raises:
        UserError: It is not there, or cannot be read.
    """
    return _raw(_stamp(table_file(table)))


@lru_cache(maxsize=2)
def _raw(stamp: Stamp) -> RawTable:
    path, size, _ = stamp
    check_bytes(size)
    try:
        return read_raw(Path(path).read_bytes())
    except OSError as error:
        raise UserError("This table cannot be read.", reason_of(error)) from error


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError as error:
        raise UserError("This table cannot be read.", reason_of(error)) from error
    return os.fspath(file), found.st_size, found.st_mtime_ns


def left_out_of(data: DataSettings) -> tuple[str, ...]:
    """Returns sentences on the columns and rows of a table that are not learnt from.

    Raises:
        UserError: As `load_numbers` does.
    """
    found = read_table(raw_table(data.table), data.label, data.columns)
    columns = ", ".join(f"{name} ({reason})" for name, reason in found.left_out[:MOST_NAMED])
    more = len(found.left_out) - MOST_NAMED
    others = f" and {more:,} more" if more > 0 else ""
    return (*((f"Not learnt from: {columns}{others}.",) if columns else ()), *found.notes)


def _numbers(table: Table, name: str) -> Numbers:
    train, val = divided(table.labels)
    numbers = table.row_numbers.tolist()
    shares = f"{len(train):,} rows are learnt from, and {len(val):,} of all classes, drawn at random, are held out."
    return numbers_of(
        name,
        "table",
        classes=table.classes,
        columns=table.columns,
        values=table.values,
        labels=table.labels,
        train=train,
        val=val,
        row_name=lambda index: f"row {numbers[index]}",
        skipped=[(f"column {column}", reason) for column, reason in table.left_out],
        notes=(*table.notes, shares),
    )
