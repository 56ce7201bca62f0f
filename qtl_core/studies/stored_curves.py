"""The kept curves of many runs at once, read from a study's Parquet files."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from qtl_core.studies.curve_files import PATTERN
from qtl_core.studies.store import StudyStore
from qtl_core.studies.troubles import damaged

TRIES = 3  # to read files that become fewer


def curves_of(store: StudyStore, figure: str, keys: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """Returns one figure of every epoch, by run; runs that broke down have none.

    Args:
        store: The study.
        figure: One of `evaluation.seed_spread.FIGURES`.
        keys: Of which runs; None for all.

    Raises:
        UserError: A file of curves is damaged.
    """
    import pyarrow

    wanted = None if keys is None else set(keys)
    for last in range(TRIES - 1, -1, -1):
        try:
            return _read(store, figure, wanted)
        except FileNotFoundError as error:  # of several files one was made meanwhile
            if not last:
                raise damaged(store.id) from error
        except (pyarrow.ArrowException, OSError) as error:
            raise damaged(store.id) from error
    raise AssertionError("the last try returns or raises")


def _read(store: StudyStore, figure: str, wanted: Collection[str] | None) -> dict[str, np.ndarray]:
    import pyarrow.parquet

    found: dict[str, np.ndarray] = {}
    for file in sorted(store.folder.glob(PATTERN)):
        if figure not in pyarrow.parquet.read_schema(file).names:  # all of the chunk broke down
            continue
        table = pyarrow.parquet.read_table(file, columns=["key", figure])
        lists = table.column(figure).combine_chunks()
        ends, values = lists.offsets.to_numpy(), lists.values.to_numpy()
        for number, key in enumerate(table.column("key").to_pylist()):
            if ends[number] < ends[number + 1] and (wanted is None or key in wanted):
                found.setdefault(key, values[ends[number] : ends[number + 1]])
    return found
