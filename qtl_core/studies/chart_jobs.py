"""A study's charts as jobs: drawn in a worker from the rows so far, so that no page waits for 10,000 runs.

No scipy and no Plotly at the top, because pages make jobs from this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.studies.figures import Parallel, numeric_axes
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.rows import Row
from qtl_core.studies.store import StudyStore

DOTS, BANDS, HEAT, PARALLEL, EPOCHS, IMPORTANCE = "dots", "bands", "heat", "parallel", "epochs", "importance"
CLICK_SIZE = 40  # pixels about a field's middle that hear a click
MOST_CURVES = 2_000  # runs of which a band over epochs is drawn: keys are hashes, so the first are as good as any


@dataclass(frozen=True)
class ChartRequest:
    """A request for a chart.

    Attributes:
        study: Its identifier.
        kind: One of those that `kinds_for` gives.
        measure: What it shows, of `MEASURES`; over epochs of `evaluation.seed_spread.FIGURES`.
        x: The setting along the axis, "" where there is none.
        y: The setting of a heat map's other axis, or the one that tells lines apart; "" for none.
    """

    study: str
    kind: str
    measure: str
    x: str = ""
    y: str = ""


@dataclass(frozen=True)
class DrawnChart:
    """A chart that was drawn.

    Attributes:
        figure: A Plotly figure; a point's data of its own begin with the key of its run.
        words: What it says in a sentence or two, where it says one thing; else "".
        lines: The numbers behind the lines through all axes, as nobody can click on one; None of other charts.
    """

    figure: Any
    words: str = ""
    lines: Parallel | None = None


def kinds_for(plan: StudyPlan) -> list[str]:
    """Returns the charts that a study has something to show in, the plainest first."""
    varying = [axis for axis in plan.axes if len(axis.values) > 1]
    there = {
        DOTS: True,
        BANDS: bool(numeric_axes(plan)),
        HEAT: len(varying) > 1,
        PARALLEL: len(varying) > 1,
        EPOCHS: True,
        IMPORTANCE: bool(varying),
    }
    return [kind for kind, is_there in there.items() if is_there]


def chart_job(request: ChartRequest, owner: str) -> JobSpec[JobView[DrawnChart]]:
    """Returns the job that draws a chart."""
    return JobSpec("qtl_core.studies.chart_jobs:run_chart_job", request, owner)


def run_chart_job(
    request: ChartRequest, emit: Callable[[Progress | DrawnChart], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process."""
    emit(chart_of(request))


def chart_of(request: ChartRequest) -> DrawnChart:
    """Returns the chart of the runs so far.

    Raises:
        UserError: The study cannot be read.
    """
    store = StudyStore(request.study)
    return _DRAW[request.kind](store, store.rows(), request)


def _dots(store: StudyStore, rows: dict[str, Row], asked: ChartRequest) -> DrawnChart:
    from qtl_core.studies import charts, figures

    return DrawnChart(charts.dots(figures.dots(store.plan, rows, asked.measure, asked.x)))


def _bands(store: StudyStore, rows: dict[str, Row], asked: ChartRequest) -> DrawnChart:
    from qtl_core.studies import charts, figures

    return DrawnChart(charts.bands(figures.bands(store.plan, rows, asked.measure, asked.x, asked.y)))


def _heat(store: StudyStore, rows: dict[str, Row], asked: ChartRequest) -> DrawnChart:
    from qtl_core.studies import charts, figures

    found = figures.heat_map(store.plan, rows, asked.measure, asked.x, asked.y)
    return DrawnChart(_with_clicks(charts.heat_map(found), charts.tick_format(asked.measure)))


def _with_clicks(figure: Any, form: str) -> Any:
    """Adds a point that cannot be seen to every field, as a page hears clicks on points alone.

    Args:
        figure: A heat map.
        form: How a mean is written.
    """
    fields = figure.data[0]
    across, up = list(fields.x), list(fields.y)
    places = [(x, y) for y in range(len(up)) for x in range(len(across)) if fields.customdata[y][x][0]]
    figure.add_scatter(
        x=[across[x] for x, _ in places],
        y=[up[y] for _, y in places],
        customdata=[list(fields.customdata[y][x]) for x, y in places],
        text=[format(fields.z[y][x], form) for x, y in places],
        mode="markers",
        marker={"size": CLICK_SIZE, "symbol": "square", "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        hovertemplate=re.sub(r"%{z[^}]*}", "%{text}", fields.hovertemplate),
        showlegend=False,
    )
    return figure


def _parallel(store: StudyStore, rows: dict[str, Row], asked: ChartRequest) -> DrawnChart:
    from qtl_core.studies import charts, figures

    lines = figures.parallel(store.plan, rows, asked.measure)
    return DrawnChart(charts.parallel(lines), lines=lines)


def _epochs(store: StudyStore, rows: dict[str, Row], asked: ChartRequest) -> DrawnChart:
    from qtl_core.studies import charts, figures
    from qtl_core.studies.stored_curves import curves_of

    some = dict(list(rows.items())[:MOST_CURVES])
    curves = curves_of(store, asked.measure, some)
    return DrawnChart(charts.epochs(figures.epoch_bands(store.plan, some, curves, asked.measure, asked.y)))


def _importance(store: StudyStore, rows: dict[str, Row], asked: ChartRequest) -> DrawnChart:
    from qtl_core.studies import charts
    from qtl_core.studies.importance import importance

    found = importance(store.plan, rows, asked.measure)
    return DrawnChart(charts.importance(found), found.words)


_DRAW: dict[str, Callable[[StudyStore, dict[str, Row], ChartRequest], DrawnChart]] = {
    DOTS: _dots,
    BANDS: _bands,
    HEAT: _heat,
    PARALLEL: _parallel,
    EPOCHS: _epochs,
    IMPORTANCE: _importance,
}
