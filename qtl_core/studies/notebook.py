"""A study as a notebook that redraws its figures from its exported tables, with pandas and Plotly alone."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from qtl_core.export.notebook_file import Cell, notebook_file
from qtl_core.studies import figures
from qtl_core.studies.answer import answer_of
from qtl_core.studies.axes import axis_spec
from qtl_core.studies.charts import measure_title, setting_label, value_names
from qtl_core.studies.export import as_csv, curves_as_parquet
from qtl_core.studies.importance import importance
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.store import StudyStore

RUNS, CURVES, NOTEBOOK = "runs.csv", "curves.parquet", "study.ipynb"
MOST_MAPS = 3

READ = """\
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

runs = pd.read_parquet(RUNS) if RUNS.endswith(".parquet") else pd.read_csv(RUNS, keep_default_na=False, na_values=[""])
if "repeat" in runs:  # the best setting repeated with fresh seeds is no part of the figures
    runs = runs[runs["repeat"].fillna("") == ""].copy()
for axis, values in VALUES.items():  # every value by its place along the axis, and in words
    column = runs[axis].astype(float) if isinstance(next(iter(values)), float) else runs[axis].fillna("").astype(str)
    runs[axis] = pd.Categorical(column.map(values), list(dict.fromkeys(values.values())))
runs = runs.dropna(subset=[MEASURE])
figures = []
edge = dict(line_width=0, showlegend=False, hoverinfo="skip", mode="lines")  # of a band
runs.head()"""

DOTS = """\
# A run that several settings share, because a head does not read one of them, is one dot.
every = runs.drop_duplicates([FIRST, "key"]) if FIRST else runs.drop_duplicates("key")
figures.append(px.strip(every, x=FIRST, y=MEASURE, hover_data=["seed", "key"], labels=LABELS))
figures[-1]"""

BANDS = """\
# The mean over each value, and between which values 90% of the runs lie; of fewer than 20 runs all of them.
X, BY = {x!r}, {by!r}
once = runs.drop_duplicates([name for name in (X, BY, "key") if name])
figure = go.Figure()
for name, line in once.groupby(BY, observed=True) if BY else [("all runs", once)]:
    place = line.groupby(line[X].map(NUMBERS[X]).astype(float))[MEASURE]
    mean, is_few = place.mean(), place.count() < 20
    low, high = (place.quantile(0.05).where(~is_few, place.min()), place.quantile(0.95).where(~is_few, place.max()))
    figure.add_scatter(x=low.index, y=low, **edge)
    figure.add_scatter(x=high.index, y=high, fill="tonexty", **edge)
    figure.add_scatter(x=mean.index, y=mean, name=str(name), mode="lines+markers")
figure.update_layout(xaxis_title=LABELS[X], yaxis_title=LABELS[MEASURE])
figures.append(figure)
figure"""

HEAT = """\
X, Y = {x!r}, {y!r}
once = runs.drop_duplicates([X, Y, "key"])
means = once.pivot_table(MEASURE, Y, X, aggfunc="mean", observed=True)
figures.append(px.imshow(means, text_auto=".3f", aspect="auto", origin="lower", labels=dict(x=LABELS[X], y=LABELS[Y])))
figures[-1]"""

PARALLEL = """\
cells = runs.groupby(list(VALUES), observed=True)[MEASURE].mean().reset_index()
dimensions = []
for axis, values in VALUES.items():
    ticks = dict(tickvals=list(range(len(values))), ticktext=list(values.values()))
    dimensions.append(dict(label=LABELS[axis], values=cells[axis].cat.codes, **ticks))
dimensions.append(dict(label="mean", values=cells[MEASURE]))
figures.append(go.Figure(go.Parcoords(dimensions=dimensions, line=dict(color=cells[MEASURE], colorscale="Viridis"))))
figures[-1]"""

EPOCHS = """\
# A run that ended early keeps its last figure from then on.
curves = pd.read_parquet(CURVES).pivot(index="key", columns="epoch", values=CURVE).ffill(axis=1)
figure = go.Figure()
for name, line in runs.groupby(FIRST, observed=True) if FIRST else [("all runs", runs)]:
    of_line = curves.loc[line["key"].unique()]
    mean, low, high = of_line.mean(), of_line.quantile(0.05), of_line.quantile(0.95)
    figure.add_scatter(x=low.index, y=low, **edge)
    figure.add_scatter(x=high.index, y=high, fill="tonexty", **edge)
    figure.add_scatter(x=mean.index, y=mean, name=str(name), mode="lines")
figure.update_layout(xaxis_title="Epoch", yaxis_title=CURVE_TITLE)
figures.append(figure)
figure"""

IMPORTANCE = """\
# What a forest over the settings said: how much R² its predictions lose when a setting is shuffled.
weights = pd.DataFrame(WEIGHTS, columns=["setting", "mean", "error"])
figures.append(px.bar(weights[::-1], x="mean", y="setting", error_x="error", orientation="h"))
figures[-1]"""


def notebook(store: StudyStore, runs: str = RUNS, curves: str = CURVES, measure: str = "") -> bytes:
    """Returns the notebook, as a file of Jupyter's.

    Args:
        store: The study.
        runs, curves: What its tables are called, beside the notebook.
        measure: What is shown; "" for what chose nothing.

    Raises:
        UserError: The study cannot be read.
    """
    return notebook_file(_cells(store, runs, curves, measure), NOTEBOOK)


def bundle(store: StudyStore, measure: str = "") -> bytes:
    """Returns the notebook with the tables that it reads, as a zip file.

    Args:
        store: The study.
        measure: What is shown; "" for what chose nothing.

    Raises:
        UserError: The study cannot be read.
    """
    content = io.BytesIO()
    files = {
        NOTEBOOK: notebook(store, measure=measure),
        RUNS: as_csv(store.plan, store.rows()).encode(),
        CURVES: curves_as_parquet(store),
    }
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), file, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _cells(store: StudyStore, runs: str, curves: str, measure: str) -> Iterator[Cell]:
    """Yields every cell."""
    plan, rows, answer = store.plan, store.rows(), answer_of(store, measure)
    came = [f"**{answer.plain}**", answer.sentence] if answer.plain else [f"**{answer.sentence}**"]
    said = [f"# {plan.name}", answer.asked, *came, answer.limits]
    how = f"This redraws the study's figures from `{runs}` and `{curves}`, with pandas and Plotly alone."
    yield Cell("markdown", "\n\n".join([*said, how]))
    yield Cell("code", _parameters(plan, answer.measure, (runs, curves)))
    yield Cell("code", READ)
    yield Cell("code", DOTS)
    for axis in figures.numeric_axes(plan):
        yield Cell("code", BANDS.format(x=axis, by=next((one.setting for one in plan.axes if one.setting != axis), "")))
    several = [axis.setting for axis in plan.axes if len(axis.values) > 1]
    for y, x in list(itertools.combinations(several, 2))[:MOST_MAPS]:
        yield Cell("code", HEAT.format(x=x, y=y))
    if len(several) > 1:
        yield Cell("code", PARALLEL)
    yield Cell("code", EPOCHS)
    found = importance(plan, rows, answer.measure)
    if found.weights:
        weights = [[setting_label(each.setting), each.mean, each.error] for each in found.weights]
        yield Cell("markdown", found.words)
        yield Cell("code", f"WEIGHTS = {json.dumps(weights, indent=1, ensure_ascii=False)}\n{IMPORTANCE}")


def _parameters(plan: StudyPlan, measure: str, files: tuple[str, str]) -> str:
    values = {axis.setting: _in_words(axis.setting, axis.values) for axis in plan.axes}
    numbers = {
        axis.setting: dict(zip(values[axis.setting].values(), axis.values, strict=True))
        for axis in plan.axes
        if axis.setting in figures.numeric_axes(plan)
    }
    labels = {axis.setting: axis.label for axis in plan.axes} | {measure: measure_title(measure)}
    curve = "val_accuracy" if measure.endswith("accuracy") else "val_loss"
    named: dict[str, Any] = {"RUNS": files[0], "CURVES": files[1], "MEASURE": measure}
    named |= {"FIRST": plan.axes[0].setting if plan.axes else None, "LABELS": labels}
    named |= {"VALUES": values, "NUMBERS": numbers, "CURVE": curve, "CURVE_TITLE": measure_title(curve)}
    return "\n".join(f"{name} = {value!r}" for name, value in named.items())


def _in_words(setting: str, values: tuple[Any, ...]) -> dict[float | str, str]:
    """Returns what each value is called, by how the notebook reads it."""
    read = float if axis_spec(setting).kind in ("whole", "real") else str
    return dict(zip(map(read, values), value_names(setting, values), strict=True))
