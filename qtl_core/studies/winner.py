"""The best setting of a study, which being the best of many is flattered, and its repeat with seeds that chose nothing.

What is best of many by chance alone looks better than it is. So the best one is trained again with fresh seeds, and
beside it the settings chosen with the same seeds: that takes away the luck of seeds, though not that of the pictures
that chose it and judge it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.settings import DataSettings, specs
from qtl_core.settings.relevant import READOUT
from qtl_core.studies.axes import GATE_ERRORS
from qtl_core.studies.plan import Cell, CellRun, Repeat, StudyPlan, Value
from qtl_core.studies.rows import LOSSES, Row
from qtl_core.studies.sampling import Search

SEEDS = 20  # fresh ones, unless somebody says otherwise
CHOSEN_BY = ("last_val_accuracy", "best_val_accuracy")  # the first that rows have: a test part chooses nothing


# What an axis says is given, not chosen: more pictures and fewer errors are better, which nobody needs to find out.
GIVEN = frozenset({*READOUT, *specs(DataSettings), GATE_ERRORS}) - {"backbone", "weights", "columns"}


@dataclass(frozen=True)
class Best:
    """The best setting.

    Attributes:
        cell: It.
        measure: What it is best in.
        value: The mean over its runs.
        runs: How many there are.
        of: How many settings were looked at, each once however many places of the grid are the same runs.
        at: Its values of those axes that count for it.
        ties: How many others came out equal.
        left_out: How many of them were not considered, because runs broke down or are missing: those left flatter.
    """

    cell: Cell
    measure: str
    value: float
    runs: int
    of: int
    at: Mapping[str, Value]
    ties: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Repeated:
    """The best setting with fresh seeds, beside the settings chosen.

    Attributes:
        best, chosen: The means of a measure.
        seeds: How many both have.
    """

    best: float
    chosen: float
    seeds: int


def is_choice(plan: StudyPlan) -> bool:
    """Returns whether the axes vary what people choose, so that there is a best of them."""
    return bool(plan.axes) and not any(axis.setting in GIVEN for axis in plan.axes)


def chosen_by(plan: StudyPlan, rows: Mapping[str, Row]) -> str:
    """Returns the measure by which the best setting is found: the search's, the plan's, or a validation figure."""
    asked = plan.sampling.measure if isinstance(plan.sampling, Search) else ""
    asked = asked or (plan.measure if plan.measure != "test_accuracy" else "")
    there = (name for name in CHOSEN_BY if any(row.measure(name) is not None for row in rows.values()))
    return asked or next(there, CHOSEN_BY[0])


def mean_of(plan: StudyPlan, cell: Cell, rows: Mapping[str, Row], measure: str) -> tuple[float, int] | None:
    """Returns the mean of a cell's runs, and of how many; None where none has a value."""
    found = values_of(plan.runs_of(cell), rows, measure)
    there = [value for value in found if value is not None]
    return (float(np.mean(there)), len(there)) if there else None


def values_of(runs: tuple[CellRun, ...], rows: Mapping[str, Row], measure: str) -> list[float | None]:
    """Returns what each run measured, None where it has not, or broke down."""
    return [rows[run.key].measure(measure) if run.key in rows else None for run in runs]


def best_of(plan: StudyPlan, rows: Mapping[str, Row]) -> Best | None:
    """Returns the best setting so far; None with fewer than two to choose from, or while none has all its runs."""
    measure = chosen_by(plan, rows)
    sign = -1 if measure in LOSSES else 1
    same: dict[str, list[Cell]] = {}
    for cell in plan.cells():
        same.setdefault(plan.runs_of(cell)[0].key, []).append(cell)
    looked_at = [cells for cells in same.values() if any(run.key in rows for run in plan.runs_of(cells[0]))]
    found = [(cells, mean) for cells in looked_at if (mean := mean_of(plan, cells[0], rows, measure))]
    most = max((count for _, (_, count) in found), default=0)
    whole = [each for each in found if each[1][1] == most and not _has_broken(plan, each[0][0], rows)]
    if len(looked_at) < 2 or not whole:
        return None
    cells, (value, runs) = max(whole, key=lambda each: sign * each[1][0])
    ties = sum(bool(np.isclose(mean, value, rtol=0, atol=1e-12)) for _, (mean, _) in whole) - 1
    return Best(cells[0], measure, value, runs, len(looked_at), _shared(cells), ties, len(looked_at) - len(whole))


def _has_broken(plan: StudyPlan, cell: Cell, rows: Mapping[str, Row]) -> bool:
    return any(rows[run.key].broke_down for run in plan.runs_of(cell) if run.key in rows)


def _shared(cells: Sequence[Cell]) -> dict[str, Value]:
    """Returns the values that all these cells have: of cells that are the same runs, those that count."""
    return {name: value for name, value in cells[0].at.items() if all(cell.at[name] == value for cell in cells)}


def with_repeat(plan: StudyPlan, rows: Mapping[str, Row], seeds: int = SEEDS) -> StudyPlan:
    """Returns the plan with the best setting so far trained again with fresh seeds.

    Raises:
        UserError: There is nothing to choose from, or there are too many runs.
    """
    if not is_choice(plan):
        raise UserError("There is no best setting here.", "An axis varies what is given, not what one chooses.", "")
    best = best_of(plan, rows)
    if best is None:
        raise UserError("There is no best setting yet.", "Fewer than two have a result.", "Train the study first.")
    return replace(plan, repeat=Repeat(tuple(best.cell.at.values()), seeds))


def repeated(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> Repeated | None:
    """Returns what came of the repeat so far; None without one, or before a seed has both its runs."""
    best, chosen = plan.repeat_runs()
    both = zip(best, values_of(best, rows, measure), values_of(chosen, rows, measure), strict=True)
    there = {run.key: (run.seed, one, other) for run, one, other in both if one is not None and other is not None}
    if not there:
        return None
    seeds, ones, others = zip(*there.values(), strict=True)
    return Repeated(float(np.mean(ones)), float(np.mean(others)), len(set(seeds)))
