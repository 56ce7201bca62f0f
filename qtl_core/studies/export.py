"""A study as one table in long form, for R, pandas or a spreadsheet: a line for every run of every cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.rows import MEASURES, Row


def long_form(plan: StudyPlan, rows: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
    """Yields a line for every cell and seed that has a row: axes, seed, what came out, and the run's key.

    Cells that share a run, because a setting does not count for their head, have a line each with the same key.
    """
    for cell in plan.cells():
        for run in plan.runs_of(cell):
            if row := rows.get(run.key):
                yield {**cell.at, **row.to_dict()}


def columns_of(plan: StudyPlan) -> list[str]:
    """Returns the columns of the table, in order."""
    outcome = [name for name in Row("", 0).to_dict() if name not in MEASURES]
    return [axis.setting for axis in plan.axes] + outcome + list(MEASURES)


def as_csv(plan: StudyPlan, rows: Mapping[str, Row]) -> str:
    """Returns the table as CSV; what is not there is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns_of(plan), lineterminator="\n")
    writer.writeheader()
    writer.writerows(long_form(plan, rows))
    return text.getvalue()


def as_parquet(plan: StudyPlan, rows: Mapping[str, Row]) -> bytes:
    """Returns the table as a Parquet file."""
    import pyarrow
    import pyarrow.parquet

    lines = list(long_form(plan, rows))
    table = pyarrow.table({name: [line[name] for line in lines] for name in columns_of(plan)})
    content = io.BytesIO()
    pyarrow.parquet.write_table(table, content)
    return content.getvalue()
