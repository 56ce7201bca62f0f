"""A study as tables in long form, for R, pandas or a spreadsheet: a line for every run of every cell, and its curves.

A table stands alone, so that those of several studies can be put under each other: its last columns are the other
settings in which the study differs from the recipe, the same on every line. `column_words` says what a column holds;
a Parquet file says so itself, in the metadata of each field.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.export.tables import harmless
from qtl_core.settings import RunSettings
from qtl_core.settings.groups import FIELDS, PRIVATE
from qtl_core.settings.relevant import counts
from qtl_core.studies.axes import axis_spec
from qtl_core.studies.plan import StudyPlan, Value
from qtl_core.studies.rows import MEASURES, Row
from qtl_core.studies.store import StudyStore
from qtl_core.studies.stored_curves import curves_of

FOLD, REPEAT = "fold", "repeat"
OUTCOME = {"epochs": "epochs_done"}  # what is called as a setting is, and is not that
WORDS = {
    FOLD: "which fold was held out, from 1",
    REPEAT: "best or chosen, where the best setting and the settings chosen were trained again with fresh seeds",
    "key": "what tells the run from all others; where a head does not read a setting, lines of one key are one run",
    "seed": "the seed",
    "epochs_done": "epochs that were done; 0 where the run broke down",
    "best_epoch": "the epoch with the best figure on the validation part, from 1; 0 where the run broke down",
    "broke_down": "the epoch in which its numbers stopped being finite; 0 where they did not",
}
CURVE_WORDS = {
    "key": "of the run, as in the table of runs",
    "epoch": "from 1",
    "train_accuracy": "share of the training part that was right",
    "val_accuracy": "share of the validation part that was right",
    "train_loss": "mean cross-entropy on the training part",
    "val_loss": "mean cross-entropy on the validation part",
}


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
    """Yields a line for every cell and run that has a row: axes, other settings, fold, seed, what came out, its key.

    Cells that share a run, because a setting does not count for their head, have a line each with the same key.
    """
    same = shared_settings(plan)
    for key, at in _places(plan):
        if row := rows.get(key):
            outcome = {OUTCOME.get(name, name): value for name, value in row.to_dict().items()}
            yield {**at, **outcome, **same}


def shared_settings(plan: StudyPlan) -> dict[str, Value]:
    """Returns the settings that all runs share and in which they differ from the recipe; no paths of this machine."""
    usual, varied = RunSettings(), {name for axis in plan.axes for name in axis.settings}
    left_out = varied | PRIVATE | {"seed"}
    return {
        name: plan.base.value(name)
        for name in FIELDS
        if name not in left_out and counts(plan.base, name) and plan.base.value(name) != usual.value(name)
    }


def columns_of(plan: StudyPlan) -> list[str]:
    """Returns the columns of the table, in order."""
    return list(column_words(plan))


def column_words(plan: StudyPlan) -> dict[str, str]:
    """Returns what each column of the table holds, in order."""
    axes = {axis.setting: f"{axis.label}, an axis of the study" for axis in plan.axes}
    same = {name: f"{axis_spec(name).label}, the same for all runs" for name in shared_settings(plan)}
    more = [*([FOLD] if plan.folds else []), *([REPEAT] if plan.repeat else [])]
    outcome = [*more, *(OUTCOME.get(name, name) for name in Row("", 0).to_dict() if name not in MEASURES)]
    measures = {name: f"{words}; empty where there is none" for name, words in MEASURES.items()}
    return {**axes, **{name: WORDS[name] for name in outcome}, **measures, **same}


def as_csv(plan: StudyPlan, rows: Mapping[str, Row]) -> str:
    """Returns the table as CSV; what is not there is an empty cell, and no text is read as a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns_of(plan), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: harmless(value) for name, value in line.items()} for line in long_form(plan, rows))
    return text.getvalue()


def as_parquet(plan: StudyPlan, rows: Mapping[str, Row]) -> bytes:
    """Returns the table as a Parquet file."""
    words, lines = column_words(plan), list(long_form(plan, rows))
    return _parquet({name: [line[name] for line in lines] for name in words}, words)


def curves_as_parquet(store: StudyStore) -> bytes:
    """Returns every epoch of every run as a Parquet file, a line each; runs that broke down have none.

    Raises:
        UserError: A file of curves is damaged.
    """
    found = {figure: curves_of(store, figure) for figure in FIGURES}
    keys = sorted(found[FIGURES[0]])
    lengths = [len(found[FIGURES[0]][key]) for key in keys]
    columns: dict[str, Any] = {"key": np.repeat(np.array(keys, object), lengths)}
    columns["epoch"] = np.concatenate([np.zeros(0, int), *(np.arange(1, length + 1) for length in lengths)])
    for figure, curves in found.items():
        columns[figure] = np.concatenate([np.zeros(0), *(curves[key] for key in keys)])
    return _parquet(columns, CURVE_WORDS)


def _parquet(columns: Mapping[str, Any], words: Mapping[str, str]) -> bytes:
    """Returns a Parquet file whose fields say what they hold."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table(columns)
    described = [field.with_metadata({"description": words[field.name]}) for field in table.schema]
    content = io.BytesIO()
    pyarrow.parquet.write_table(table.cast(pyarrow.schema(described)), content)
    return content.getvalue()
