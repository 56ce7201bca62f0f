"""Tables in files that say what their numbers are: Parquet, and NumPy's `.npz` and `.npy`.

Sizes are looked at before anything is read, and nothing in a file is run.
"""

from __future__ import annotations

import io
import math
import zipfile
from typing import Any

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.tables.raw import MOST_CELLS, RawTable, check_size, unique_names

LABELS = ("y", "label", "labels", "target", "targets", "class", "classes")  # what people call that array
NPY = b"\x93NUMPY"
TOO_MANY = f"At most {MOST_CELLS:,} numbers are read."
NOT_READ = UserError("This file cannot be read.", "It is damaged, or not what its name says.", "Save it again.")


def read_parquet(content: bytes) -> RawTable:
    """Reads a Parquet file.

    Raises:
        UserError: It is none, or too large.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
        check_size(file.metadata.num_rows, len(file.schema_arrow.names))
        table = file.read()
    except (pyarrow.ArrowException, OSError) as error:
        raise NOT_READ from error
    columns = tuple(_arrow_cells(table.column(at)) for at in range(table.num_columns))
    names = unique_names([str(name) for name in table.column_names])
    nested = frozenset(name for name, field in zip(names, table.schema, strict=True) if _is_nested(field.type))
    return RawTable(names, columns, np.arange(1, table.num_rows + 1), nested=nested)


def _is_nested(kind: Any) -> bool:
    import pyarrow

    return bool(pyarrow.types.is_nested(kind))


def _arrow_cells(column: Any) -> np.ndarray | list[str]:
    import pyarrow

    kind = column.type
    if pyarrow.types.is_boolean(kind) or pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind):
        if column.null_count == 0:
            return np.asarray(column.to_numpy())
        as_float = column.cast(pyarrow.float64(), safe=False)
        return np.array([np.nan if cell is None else cell for cell in as_float.to_pylist()], dtype=np.float64)
    return ["" if cell is None else str(cell) for cell in column.to_pylist()]


def read_numpy(content: bytes) -> RawTable:
    """Reads arrays: one of rows and one of labels, or one in which a column is the label.

    Raises:
        UserError: It is no such file, too large, or holds Python objects.
    """
    arrays = _arrays(content)
    label = next((name for wanted in LABELS for name in arrays if name.casefold() == wanted), None)
    lengths = [len(array) for name, array in arrays.items() if array.ndim and (label is None or name == label)]
    if not lengths:
        raise UserError("This file holds no rows.", "", "Keep an array of rows and one of labels in it.")
    rows, notes = max(lengths), []
    names: list[str] = []
    columns: list[np.ndarray | list[str]] = []
    at = None
    for name, array in arrays.items():
        if array.ndim not in (1, 2) or len(array) != rows:
            notes.append(f"The array {name} of shape {array.shape} is left out: the others have {rows:,} rows.")
            continue
        if name == label and (array.ndim == 1 or array.shape[1] == 1):
            at = len(columns)
            names.append(name)
            columns.append(_plain(array.reshape(rows)))
            continue
        wide = array.reshape(rows, -1)
        names += [f"{name}{each}" if array.ndim == 2 else name for each in range(wide.shape[1])]
        columns += [_plain(wide[:, each]) for each in range(wide.shape[1])]
    check_size(rows, len(columns))
    are_named = set(names) <= set(arrays)  # columns of one array are numbered here, which is no name of theirs
    numbers = np.arange(1, rows + 1)
    return RawTable(unique_names(names), tuple(columns), numbers, at, tuple(notes), has_header=are_named)


def _plain(column: np.ndarray) -> np.ndarray | list[str]:
    return column if column.dtype.kind in "biuf" else [str(cell) for cell in column]


def _arrays(content: bytes) -> dict[str, np.ndarray]:
    if content.startswith(NPY):
        return {"x": _array(io.BytesIO(content))}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            entries = [entry for entry in file.infolist() if entry.filename.endswith(".npy")]
            if sum(entry.file_size for entry in entries) > MOST_CELLS * 8:
                raise UserError("This file is too large once unpacked.", TOO_MANY, "Take a part of it.")
            return {entry.filename.removesuffix(".npy"): _array(file.open(entry)) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        raise NOT_READ from error


def _array(file: Any) -> np.ndarray:
    try:
        content = io.BytesIO(file.read())
        major, _ = np.lib.format.read_magic(content)
        header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        shape, _, _ = header(content)
        check_size(shape[0] if shape else 1, math.prod(shape[1:]))  # what it claims is set aside before it is read
        content.seek(0)
        file = content
        return np.asarray(np.lib.format.read_array(file, allow_pickle=False))
    except ValueError as error:
        if "pickle" in str(error).casefold() or "object" in str(error).casefold():
            raise UserError(
                "An array of this file holds Python objects.",
                "Reading them could run code that came along.",
                "Save it as numbers, or labels as text.",
            ) from error
        raise NOT_READ from error
