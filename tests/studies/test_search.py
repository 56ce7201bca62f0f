"""Searches: seeded, gone on with as if they had not been stopped, and better than luck where there is something."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from qtl_core.common.errors import UserError
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.rows import Row
from qtl_core.studies.sampling import Search
from qtl_core.studies.search import AT_ONCE, with_more
from tests.studies.test_comparisons import plan, rows_of

AXES = ("depth=0:15", "learning_rate=0.0001,0.001,0.01,0.1", "entangler=brick,ring,all,none")


def hill(at, seed: int) -> float:
    """Best at depth 12, rate 0.01, all pairs; the seed changes little."""
    far = abs(at["depth"] - 12) / 15 + (at["learning_rate"] != 0.01) + (at["entangler"] != "all")
    return 0.9 - 0.1 * far + 0.001 * seed


def searched(trials: int, sampler: str = "tpe", start: StudyPlan | None = None) -> tuple[StudyPlan, dict[str, Row]]:
    asked = start or replace(plan(*AXES, seeds=2), sampling=Search(trials, sampler))
    rows = rows_of(asked, hill)
    while more := with_more(asked, rows):
        asked, rows = more, rows_of(more, hill)
    return asked, rows


def test_a_search_goes_where_it_is_good_and_stops_after_its_trials():
    asked, rows = searched(60)
    assert len(asked.sampling.asked) == 60 and len(rows) == len(asked.runs())
    values = [hill(asked.cell(place).at, 0) for place in asked.sampling.asked]
    assert sum(values[-20:]) > sum(values[:20]) + 1 and max(values) > 0.89


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_the_same_rows_ask_for_the_same_cells_wherever_it_was_stopped(sampler):
    whole, _ = searched(4 * AT_ONCE, sampler)
    half = replace(whole, sampling=replace(whole.sampling, asked=whole.sampling.asked[: 2 * AT_ONCE]))
    assert searched(4 * AT_ONCE, sampler, half)[0] == whole


def test_it_asks_for_the_least_where_less_is_better_and_bears_runs_that_broke_down():
    asked = replace(plan("depth=0:15", seeds=2), sampling=Search(64, measure="last_val_loss"))

    def outcome(run, at) -> Row:
        if at["depth"] > 12:
            return Row(run.key, run.seed, broke_down=3)
        return Row(run.key, run.seed, epochs=1, best_epoch=1, last_val_loss=abs(at["depth"] - 4.0))

    rows: dict[str, Row] = {}
    while more := with_more(asked, rows):
        asked = more
        rows = {run.key: outcome(run, cell.at) for cell in asked.cells() for run in asked.runs_of(cell)}
    late = [place[0] for place in asked.sampling.asked[-32:]]
    assert sum(abs(depth - 4) <= 2 for depth in late) >= 16


def test_once_every_cell_was_asked_for_it_ends():
    asked = replace(plan("depth=1,2", seeds=1), sampling=Search(1000))
    rows: dict[str, Row] = {}
    while more := with_more(asked, rows):
        asked, rows = more, rows_of(more, lambda at, seed: 0.5)
    assert len(set(asked.sampling.asked)) == 2 and len(asked.sampling.asked) < 1000


def test_without_the_library_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(UserError, match="optuna"):
        with_more(replace(plan("depth=1,2"), sampling=Search(3)), {})


def test_a_grid_asks_for_no_more():
    assert with_more(plan("depth=1,2"), {}) is None
