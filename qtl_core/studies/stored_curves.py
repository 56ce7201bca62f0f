"""The kept curves of many runs at once, read from a study's Parquet files."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from qtl_core.studies.store import StudyStore, damaged


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
    import pyarrow.parquet

    wanted = None if keys is None else set(keys)
    found: dict[str, np.ndarray] = {}
    for file in sorted(store.folder.glob("curves-*.parquet")):
        try:
            table = pyarrow.parquet.read_table(file)
        except (pyarrow.ArrowException, OSError) as error:
            raise damaged(store.id) from error
        if figure not in table.column_names:  # all of the chunk broke down
            continue
        lists = table.column(figure).combine_chunks()
        ends, values = lists.offsets.to_numpy(), lists.values.to_numpy()
        for number, key in enumerate(table.column("key").to_pylist()):
            if ends[number] < ends[number + 1] and (wanted is None or key in wanted):
                found.setdefault(key, values[ends[number] : ends[number + 1]])
    return found
