"""Studies of earlier versions: opened, said, gone on with and written as before."""

from __future__ import annotations

import json
import shutil

import pytest

from qtl_core.common import paths
from qtl_core.common.progress import never_stop
from qtl_core.studies.comparisons import compared
from qtl_core.studies.execution import train_study
from qtl_core.studies.export import long_form
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.sampling import Grid
from qtl_core.studies.store import StudyStore, delete_study, find_study
from qtl_core.studies.study_file import bring_in
from tests.conftest import PROJECT

KEPT = PROJECT / "tests/earlier_versions/2026-11-27"
*ROWS, LAST = (json.loads(line) for line in (KEPT / "study.jsonl").read_text().splitlines())


@pytest.fixture
def store() -> StudyStore:
    shutil.copytree(KEPT / "home/studies", paths.writable("studies"), dirs_exist_ok=True)
    return find_study("heads — ünï")


def test_its_plan_is_a_grid_over_seeds_and_its_runs_have_the_same_keys(store):
    plan = store.plan
    assert (plan.sampling, plan.folds, plan.budget_seconds, plan.repeat, plan.seeds) == (Grid(), 0, 0, None, 6)
    assert plan.runs().keys() == store.rows().keys() and len(plan.runs()) == LAST["planned"] == 18
    assert StudyPlan.from_dict(plan.to_dict()) == plan


def test_its_rows_curves_and_comparisons_are_those_it_printed(store):
    rows = store.rows()
    assert {row["key"]: row["test_accuracy"] for row in ROWS} == {key: row.test_accuracy for key, row in rows.items()}
    assert len(list(long_form(store.plan, rows))) == 48
    assert len(store.curves(ROWS[0]["key"])["val_loss"]) == 3
    found = compared(store.plan, rows, LAST["measure"])
    names = ("a", "b", "pairs", "difference", "p", "p_corrected")
    assert [[getattr(each, name) for name in names] for each in found] == [
        [each[name] for name in names] for each in LAST["comparisons"]
    ]


def test_nothing_of_it_is_trained_again(store):
    assert list(train_study(store, lambda _: None, never_stop)) == []


def test_its_file_of_then_opens_as_the_same_study(store):
    """The file is of the first version that wrote any; its rows and curves are those of the study itself."""
    content = (PROJECT / "tests/earlier_versions/2026-11-27-study-file/heads.qtl-study.zip").read_bytes()
    rows, key = store.rows(), ROWS[0]["key"]
    assert bring_in(content, "heads").was_here
    delete_study(store)
    brought = bring_in(content, "heads").store
    assert (brought.plan, brought.rows()) == (store.plan, rows)
    assert brought.curves(key)["val_loss"][-1] == rows[key].last_val_loss
