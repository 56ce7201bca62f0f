"""One run of a study, as a page shows it: where it is on the axes, what came of it, and its curves.

A large study's keys take seconds to make, so this is found in a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.studies.axes import Value
from qtl_core.studies.plan import CellRun, StudyPlan, value_of
from qtl_core.studies.rows import Row
from qtl_core.studies.store import StudyStore

SHOWN, HEIGHT, MARGIN, MOST_TICKS = "val_accuracy", 240, 0.05, 12


@dataclass(frozen=True)
class FoundRun:
    """A run of a study.

    Attributes:
        run: Its settings, seed and fold.
        at: The value of every axis.
        row: What came of it.
        alike: The runs of the same setting that have a row, in order: each one's key, and its seed and fold in words.
        curves: A Plotly figure of its validation accuracy, epoch by epoch; None where it broke down.
    """

    run: CellRun
    at: Mapping[str, Value]
    row: Row
    curves: Any
    alike: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Its seed and fold, in words."""
        return name_of(self.run)


def name_of(run: CellRun) -> str:
    """Returns what tells a run from the others of its setting."""
    return f"seed {run.seed}, fold {run.fold}" if run.fold else f"seed {run.seed}"


def found_run(store: StudyStore, key: str) -> FoundRun:
    """Returns a run by its key.

    Raises:
        UserError: The study has no such run, or its curves cannot be read.
    """
    plan, rows = store.plan, store.rows()
    run = plan.runs().get(key)
    if run is None or key not in rows:
        raise UserError("This study has no such run.", "", "Choose another point.")
    at = {axis.setting: value_of(run.asked, axis.setting) for axis in plan.axes}
    alike = tuple((each.key, name_of(each)) for each in _runs_beside(plan, key) if each.key in rows)
    return FoundRun(run, at, rows[key], _curves(store, key, rows[key]), alike)


def _runs_beside(plan: StudyPlan, key: str) -> Sequence[CellRun]:
    """Returns the runs of the setting that a run is of."""
    every = (*(plan.runs_of(cell) for cell in plan.cells()), *plan.repeat_runs())
    return next(runs for runs in every if any(run.key == key for run in runs))


def run_job(study_id: str, key: str, owner: str) -> JobSpec[JobView[FoundRun]]:
    """Returns the job that finds a run."""
    return JobSpec("qtl_core.studies.one_run:run_finding_job", (study_id, key), owner)


def run_finding_job(
    request: tuple[str, str], emit: Callable[[Progress | FoundRun], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process."""
    study_id, key = request
    emit(found_run(StudyStore(study_id), key))


def _curves(store: StudyStore, key: str, row: Row) -> Any:
    from qtl_core.studies import charts, figures

    curves = store.curves(key)
    if not curves:
        return None
    shown = figures.epoch_bands(store.plan, {key: row}, {key: curves[SHOWN]}, SHOWN, "")
    low, high, count = min(curves[SHOWN]), max(curves[SHOWN]), len(curves[SHOWN])
    figure = charts.epochs(shown).update_layout(height=HEIGHT, showlegend=False)
    figure.update_yaxes(range=[max(0.0, low - MARGIN), min(1.0, high) + MARGIN])
    return figure.update_xaxes(dtick=1 if count <= MOST_TICKS else None)
