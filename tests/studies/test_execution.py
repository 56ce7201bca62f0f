"""Studies that are trained: each run as by itself, stopped and gone on with, killed, and never twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import qtl_core
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import never_stop
from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.runs.events import EpochDone
from qtl_core.runs.provenance import versions_here
from qtl_core.settings import RunSettings
from qtl_core.studies import cutting
from qtl_core.studies.curve_files import NEW
from qtl_core.studies.cutting import FEWEST_IN_CHUNK, Cutter
from qtl_core.studies.execution import APP, groups_of, train_study
from qtl_core.studies.facts import versions_joined
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.store import StudyStore, find_study
from qtl_core.training.run import RunRequest, run
from tests.conftest import PROJECT

MOONS = RunSettings().changed(source="points", shape="moons", points=60, epochs=2, learning_rate=0.05)


def study(*axes: str, seeds: int = 2, base: RunSettings = MOONS, name: str = "moons") -> StudyStore:
    return StudyStore.create(StudyPlan(name, base, tuple(axis_from(axis) for axis in axes), seeds))


def train(store: StudyStore) -> list[str]:
    return [row.key for row in train_study(store, lambda _: None, never_stop)]


@pytest.mark.parametrize("axis", ["head=dressed,mlp", "per_class=0,5", "test_share=0,0.3", "standardise=yes,no"])
def test_every_run_is_the_one_that_its_settings_give_alone_to_the_last_bit(axis):
    store = study(axis)
    train(store)
    rows = store.rows()
    assert len(rows) == len(store.plan.runs()) == 4
    for key, each in store.plan.runs().items():
        events = list(run(RunRequest(each.settings), lambda _: None, never_stop))
        epochs = [event for event in events if isinstance(event, EpochDone)]
        curves = store.curves(key)
        for name in FIGURES:
            np.testing.assert_array_equal(curves[name], [getattr(epoch, name) for epoch in epochs], err_msg=name)
        assert rows[key].best_epoch == events[-1].best_epoch
        assert rows[key].best_val_accuracy == events[-1].best_val_accuracy
        assert (rows[key].test_accuracy is None) == (not each.settings.data.test_share)


def test_a_study_that_was_stopped_is_gone_on_with_and_no_run_is_trained_twice(monkeypatch):
    monkeypatch.setattr(cutting, "FEWEST_IN_CHUNK", 2)
    store, came = study("head=dressed,linear", seeds=4), []
    with pytest.raises(StoppedByUser):
        for row in train_study(store, lambda _: None, lambda: len(came) >= 4):
            came.append(row.key)
    assert 4 <= store.count() == len(came) < 8
    again = train(find_study("moons"))
    assert sorted(came + again) == sorted(store.plan.runs()) and store.count() == 8
    assert train(store) == []


def test_a_run_that_breaks_down_has_a_row_that_says_so():
    store = study("learning_rate=0.05,1", base=MOONS.changed(optimiser="sgd", momentum=0.99, epochs=30), seeds=1)
    train(store)
    rows = store.rows().values()
    assert len(rows) == 2
    for row in rows:
        assert (row.last_val_accuracy is None) == bool(row.broke_down)


def test_what_is_said_of_the_pictures_is_kept_and_progress_counts_all_runs():
    store, told = study("depth=1,2"), []
    list(train_study(store, told.append, never_stop))
    assert (told[-1].done, told[-1].total) == (4, 4)
    facts = store.fact("prepared")
    assert (facts["noun"], facts["classes"], facts["test_size"]) == ("points", ["A", "B"], 0)
    assert store.fact("seconds") > 0


def test_a_study_says_with_which_versions_it_was_trained():
    store = study(seeds=1)
    train(store)
    assert store.fact("versions") == {APP: qtl_core.__version__, **versions_here()}
    assert versions_joined({"numpy": "2.0", "gone": "1"}, {"numpy": "2.1"}) == {"numpy": "2.0, 2.1", "gone": "1"}


def test_runs_are_trained_side_by_side_where_they_share_features_and_engine():
    plan = study("per_class=0,5", "shots=0,10", "shape=moons,spirals").plan
    groups = groups_of(list(plan.runs().values()))
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    for group in groups:
        assert len({(each.settings.data.shape, each.settings.readout.shots) for each in group}) == 1


def test_what_cannot_be_trained_thousands_of_times_is_refused_before_anything_is():
    with pytest.raises(UserError, match="cannot be trained"):
        train(study(base=RunSettings().changed(backbone_mode="published")))


def test_more_of_each_class_than_there_are_is_refused():
    with pytest.raises(UserError, match="5,000"):
        train(study("per_class=5000"))
    few = study("per_class=2,1000", name="few")
    with pytest.raises(UserError, match="1,000"):
        train(few)
    assert few.count() == 0, "it is known before anything is trained"


def test_what_cannot_be_measured_is_refused_before_anything_is_trained():
    store = StudyStore.create(StudyPlan("no test", MOONS, (), 2, measure="test_accuracy"))
    with pytest.raises(UserError, match="no test part"):
        train(store)
    assert store.count() == 0
    tested = StudyPlan("test", MOONS.changed(test_share=0.3), (), 2, measure="test_accuracy")
    assert len(train(StudyStore.create(tested))) == 2


def test_with_little_time_left_chunks_begin_with_a_single_run():
    runs = [*StudyPlan("depths", MOONS, (axis_from("depth=1,2"),), 40).runs().values()]
    assert len(Cutter(runs, 2).next()) == len(Cutter(runs, 2, 3600.0).next()) == FEWEST_IN_CHUNK
    short = Cutter(runs, 2, 1.0)
    first = short.next()
    short.took(first, 0.6)
    assert len(first) == len(short.next()) == 1 and len(short.next()) == 2, "a second's work, not eight runs"


def test_what_killed_processes_left_is_removed_when_a_study_goes_on():
    store = study()
    left = [store.folder / name for name in ("curves-1.parquet", "curves-2-m.parquet", NEW)]
    for file in left:
        file.write_bytes(b"half")
    assert len(train(store)) == 2 and not any(file.exists() for file in left)
    assert len(list(store.folder.glob("curves-*"))) == 1


def test_two_processes_do_not_train_one_study():
    store = study()
    with store.locked(), pytest.raises(UserError, match="being trained already"):
        train(StudyStore(store.id))


def test_killed_at_any_moment_a_study_has_whole_rows_and_is_gone_on_with(tmp_path, monkeypatch):
    monkeypatch.setenv("QTL_HOME", str(tmp_path))
    words = [sys.executable, "-m", "qtl_core", "study", "run", "--name", "killed", "--data", "moons"]
    words += ["--axis", "head=linear,mlp,dressed", "--axis", "epochs=1:20", "--seeds", "5"]
    with subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for _ in range(5):
            assert process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    store = find_study("killed")
    before = store.rows()
    assert 5 <= len(before) < 300 and before.keys() <= store.plan.runs().keys()
    for key in before:
        assert len(store.curves(key)["val_loss"]) == before[key].epochs
    train(store)
    after = store.rows()
    assert len(after) == 300 and {key: after[key] for key in before} == before
