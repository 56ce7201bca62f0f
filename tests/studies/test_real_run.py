"""A study's runs opened as real runs: equal to the last bit for every head, or what differs is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import never_stop
from qtl_core.runs.events import Failed
from qtl_core.runs.store import delete, find_run, list_runs, load_run
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.studies import real_run
from qtl_core.studies.execution import train_study
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.real_run import (
    EQUAL,
    OpenRequest,
    differences,
    open_cell,
    opened,
    opening_job,
    run_name,
    run_opening_job,
)
from qtl_core.studies.rows import Outcome, Row, outcome_of
from qtl_core.studies.store import StudyStore

MOONS = RunSettings().changed(source="points", shape="moons", points=60, epochs=3, learning_rate=0.05)


def trained(*axes: str, base: RunSettings = MOONS, seeds: int = 1, folds: int = 0) -> StudyStore:
    store = StudyStore.create(StudyPlan("moons", base, tuple(axis_from(axis) for axis in axes), seeds, folds))
    list(train_study(store, lambda _: None, never_stop))
    return store


def opened_run(store: StudyStore, key: str) -> str:
    return open_cell(store, key, lambda _: None, never_stop)


@pytest.mark.parametrize("base", [MOONS, MOONS.changed(test_share=0.3, per_class=8), MOONS.changed(shots=20, epochs=1)])
def test_the_real_run_of_every_head_is_equal_to_the_studys_row(base):
    store = trained(f"head={','.join(HEADS)}", base=base)
    assert len(store.rows()) == len(HEADS)
    for key, row in store.rows().items():
        run_id = opened_run(store, key)
        assert differences(store, key, run_id) == []
        assert find_run(run_id).best_val_accuracy == row.best_val_accuracy
        assert find_run(run_id).note == f"From the study moons. {EQUAL}"


@pytest.mark.parametrize("base", [MOONS.changed(test_share=0.3, per_class=8, seed=3), MOONS.changed(divided_into=2)])
def test_the_real_run_of_every_fold_is_equal_to_the_studys_row(base):
    store = trained("head=dressed,linear", base=base, folds=3)
    judges = set()
    for key, row in store.rows().items():
        run_id, planned = opened_run(store, key), store.plan.runs()[key]
        view = load_run(run_id)
        assert differences(store, key, run_id) == [] and view.best.val_accuracy == row.best_val_accuracy
        assert find_run(run_id).name.endswith(f"fold {planned.fold} of 3")
        assert f"into 3 folds: number {planned.fold} judges" in " ".join(view.prepared.notes)
        judges.add(view.prepared.val_files)
    every = [file for files in judges for file in files]
    assert len(judges) == 3 and len(set(every)) == len(every)


def test_a_run_is_opened_once_and_again_when_it_is_gone():
    store = trained("head=linear,dressed", "depth=1,2")
    deep = list(store.plan.runs())[-1]
    linear = next(key for key, run in store.plan.runs().items() if run.settings.model.head == "linear")
    assert opened(store, linear) == ""
    run_id = opened_run(store, linear)
    assert opened_run(store, linear) == run_id == opened(store, linear) and len(list_runs()) == 1
    assert find_run(run_id).name == "moons: head linear layer, seed 0", "of a linear head the depth is no matter"
    assert run_name(store.plan, store.plan.runs()[deep]).endswith("depth 2, seed 0")
    delete([run_id])
    assert opened(store, linear) == "" and opened_run(store, linear) != run_id


def test_what_differs_is_said_by_how_much():
    store = trained()
    [(key, row)] = store.rows().items()
    run_id, curves = opened_run(store, key), dict(store.curves(key))
    curves["val_loss"] = curves["val_loss"] + [0, 0.25, 0.5]
    other = StudyStore.create(StudyPlan("changed", MOONS, (), 1))
    other.add([outcome_of(key, 0, curves, row.best_epoch % 3 + 1, 0.5)])
    loss, best, test = differences(other, key, run_id)
    assert loss.startswith("Validation loss after epoch 2 was ") and loss.endswith("0.25 apart, at most 0.5.")
    assert best.startswith(f"The best epoch was {row.best_epoch % 3 + 1} in the study")
    assert test == "Only one of them was tried on a test part."
    broken = StudyStore.create(StudyPlan("broken", MOONS, (), 1))
    broken.add([Outcome(Row(key, 0, broke_down=2))])
    assert differences(broken, key, run_id) == [
        "In the study it broke down in epoch 2, and trained again it ended after epoch 3."
    ]


def test_a_run_that_breaks_down_again_in_the_same_epoch_is_equal(monkeypatch):
    store = trained()
    [key] = store.rows()
    view = load_run(opened_run(store, key))
    failed = Failed("Training broke down.", "A figure is not finite.", "")
    monkeypatch.setattr(real_run, "load_run", lambda _: replace(view, epochs=view.epochs[:1], failed=failed))
    broken = StudyStore.create(StudyPlan("broken", MOONS, (), 1))
    broken.add([Outcome(Row(key, 0, broke_down=2))])
    assert differences(broken, key, "a run") == []
    assert differences(store, key, "a run") == [
        "In the study it ended after epoch 3, and trained again it broke down in epoch 2."
    ]


def test_one_that_is_stopped_is_not_kept():
    store = trained()
    [key] = store.rows()
    with pytest.raises(StoppedByUser):
        open_cell(store, key, lambda _: None, lambda: True)
    assert list_runs() == [] and opened(store, key) == ""
    with pytest.raises(UserError, match="has no run"):
        opened_run(store, "0" * 16)


def test_it_is_a_job():
    store, told = trained(), []
    [key] = store.rows()
    request = OpenRequest(store.id, key)
    assert opening_job(request, "me").payload == request
    run_opening_job(request, told.append, never_stop)
    assert told[-1] == opened(store, key) and (told[-2].done, told[-2].total) == (3, 3)
