"""A study as one table in long form, for R, pandas or a spreadsheet: a line for every run of every cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.rows import MEASURES, Row


def places_of(plan: StudyPlan) -> dict[str, list[dict[str, Any]]]:
    """Returns for every run's key the values of every axis, once for each cell that has it, with its fold if any.

    Runs of the repeat say which side they are of: "repeat" is "best" or "chosen", and "" for all others.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for key, at in _places(plan):
        found.setdefault(key, []).append(at)
    return found


def _places(plan: StudyPlan) -> Iterator[tuple[str, dict[str, Any]]]:
    again, own = plan.repeat_cells(), {"repeat": ""} if plan.repeat else {}
    parts = [(cell, plan.runs_of(cell), own) for cell in plan.cells()]
    if again:
        sides = zip(again, plan.repeat_runs(), ("best", "chosen"), strict=True)
        parts += [(cell, runs, {"repeat": side}) for cell, runs, side in sides]
    for cell, runs, more in parts:
        for run in runs:
            yield run.key, {**cell.at, **({"fold": run.fold} if plan.folds else {}), **more}


def long_form(plan: StudyPlan, rows: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
    """Yields a line for every cell and run that has a row: axes, fold, seed, what came out, and the run's key.

    Cells that share a run, because a setting does not count for their head, have a line each with the same key.
    """
    for key, at in _places(plan):
        if row := rows.get(key):
            yield {**at, **row.to_dict()}


def columns_of(plan: StudyPlan) -> list[str]:
    """Returns the columns of the table, in order."""
    outcome = [name for name in Row("", 0).to_dict() if name not in MEASURES]
    own = [*(["fold"] if plan.folds else []), *(["repeat"] if plan.repeat else [])]
    return [axis.setting for axis in plan.axes] + own + outcome + list(MEASURES)


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
