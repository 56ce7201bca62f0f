"""The Parquet files of a study's curves: one a chunk, and many of those made into one, so that they stay few.

curves-<number>.parquet     of a chunk's runs: their keys, and a list of numbers for each figure
curves-<number>-m.parquet   of the runs of `MOST_LOOSE` such files
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from qtl_core.studies.rows import Outcome

MOST_LOOSE = 64
PATTERN, MERGED = "curves-*.parquet", "-m.parquet"
NEW = "new.parquet"


def write_curves(folder: Path, outcomes: Sequence[Outcome]) -> str:
    """Writes the curves of a chunk's runs; returns the file's name.

    Raises:
        OSError: It cannot be written.
    """
    import pyarrow

    names = sorted({name for each in outcomes for name in each.curves})
    columns: dict[str, Any] = {"key": [each.row.key for each in outcomes]}
    columns |= {name: _lists([each.curves.get(name, ()) for each in outcomes]) for name in names}
    return _written(folder, pyarrow.table(columns), ".parquet")


def read_curves(file: Path, key: str) -> dict[str, np.ndarray]:
    """Returns the curves of one run, by name; empty where it broke down.

    Raises:
        OSError: The file is gone.
        pyarrow.ArrowException: It is damaged.
    """
    import pyarrow.parquet

    row = pyarrow.parquet.read_table(file, filters=[("key", "=", key)]).to_pylist()[0]
    return {name: np.array(values) for name, values in row.items() if name != "key" and values}


def loose_files(folder: Path) -> list[str]:
    """Returns the names of the files of single chunks, the oldest first."""
    return sorted(file.name for file in folder.glob(PATTERN) if not file.name.endswith(MERGED))


def merged(folder: Path, names: Sequence[str]) -> str:
    """Writes what is in these files into one, which it names; they stay.

    Raises:
        OSError: One is gone, or nothing can be written.
        pyarrow.ArrowException: One is damaged.
    """
    import pyarrow
    import pyarrow.parquet

    tables = [pyarrow.parquet.read_table(folder / name) for name in names]
    return _written(folder, pyarrow.concat_tables(tables, promote_options="default"), MERGED)


def left_over(folder: Path, named: Collection[str]) -> list[str]:
    """Returns the names of the files that no row names: a process ended before it had written the rows."""
    there = {file.name for file in folder.glob(PATTERN)} | ({NEW} if (folder / NEW).is_file() else set())
    return sorted(there - set(named))


def remove(folder: Path, names: Collection[str]) -> None:
    """Removes files that no row names any more; one that another process reads at this moment may stay for now."""
    for name in names:
        with suppress(OSError):
            (folder / name).unlink()


def _lists(values: Sequence[Any]) -> Any:
    """Returns a column of lists without making Python numbers of theirs."""
    import pyarrow

    ends = np.cumsum([0, *map(len, values)], dtype=np.int32)
    joined = np.concatenate([np.asarray(each, np.float64) for each in values])
    return pyarrow.ListArray.from_arrays(ends, joined)


def _written(folder: Path, table: Any, end: str) -> str:
    """Writes a file that is there whole, or not at all."""
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, folder / NEW)
    name = f"curves-{time.time_ns():x}{end}"
    (folder / NEW).rename(folder / name)
    return name
