"""The store of runs: what comes back is what was kept, as a table and whole."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import time

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.runs import store
from qtl_core.runs.events import Checkpoint
from qtl_core.runs.provenance import DataFingerprint, Provenance
from qtl_core.runs.store import keep_run, kept_runs, layout, load_run
from qtl_core.runs.store.serialization import counted
from qtl_core.runs.store.tables import row_of, settings_of, summary
from qtl_core.runs.view import RunView
from tests.helpers.made_runs import GROUPS, made_run, whole_run


@pytest.fixture
def view(tmp_path) -> RunView:
    return whole_run(tmp_path)


# There and back


def test_a_run_comes_back_as_it_was_kept(view, own_home):
    run_id = keep_run(view)
    found = load_run(run_id)
    assert found.prepared == view.prepared
    assert found.ended == dataclasses.replace(view.ended, run=run_id)
    assert found.epochs == view.epochs, "figures; arrays are compared below"
    assert (found.best.epoch, found.is_over) == (2, True)
    for kept, epoch in zip(found.epochs, view.epochs, strict=True):
        assert np.array_equal(kept.val_probabilities, epoch.val_probabilities)
    ours, theirs = found.checkpoint, view.checkpoint
    for group in GROUPS:
        assert getattr(ours, group).keys() == getattr(theirs, group).keys()
        for name, values in getattr(theirs, group).items():
            assert np.array_equal(getattr(ours, group)[name], values)
            assert getattr(ours, group)[name].dtype == values.dtype
    plain = {
        name: getattr(theirs, name) for name in ("epoch", "steps", "best_epoch", "best_val_accuracy", "best_val_loss")
    }
    assert {name: getattr(ours, name) for name in plain} == plain
    assert [epoch.checkpoint for epoch in found.epochs[:-1]] == [Checkpoint(0, {}, {}, {}, 0)] * 2, "the last has one"


def test_a_run_is_read_in_the_same_order_every_time(view):
    run_id = keep_run(view)
    orders = {tuple(load_run(run_id).checkpoint.best_weights) for _ in range(20)}
    assert orders == {tuple(sorted(view.checkpoint.best_weights))}


def test_a_run_kept_again_takes_its_own_place(view, own_home, tmp_path):
    run_id = keep_run(view)
    shorter = made_run(tmp_path, (3, 4))
    assert keep_run(shorter, run_id) == run_id
    assert len(load_run(run_id).epochs) == 2
    assert kept_runs() == [run_id]


def test_figures_that_are_no_numbers_come_back(view):
    odd = dataclasses.replace(view.epochs[0], val_loss=float("nan"), train_loss=float("inf"))
    found = load_run(keep_run(dataclasses.replace(view, epochs=(odd, *view.epochs[1:])))).epochs[0]
    assert np.isnan(found.val_loss)
    assert found.train_loss == float("inf")


def test_kept_runs_are_listed_newest_first_and_nothing_else_is(view, own_home):
    assert kept_runs() == []
    names = ["20250101-000000-aaaaaa", "20260101-000000-000000", "20250101-000000-aaaaab"]
    for name in names:
        keep_run(view, name)
    (own_home / "runs" / "notes").mkdir()
    (own_home / "runs" / ".20250101-000000-aaaaaa-1234").mkdir()
    assert kept_runs() == names[::-1], "the last one kept is the newest, whatever its name says"


def test_two_runs_of_the_same_second_have_names_of_their_own(view):
    assert len({keep_run(view) for _ in range(5)}) == len(kept_runs()) == 5


# As a table

DATA = DataFingerprint(
    ("ants", "bees"),
    tuple((f"train/{name}/{number}.jpg", f"{name}{number}") for name in ("ants", "bees") for number in range(3)),
    tuple((f"val/{name}/{number}.jpg", f"v{name}{number}") for name in ("ants", "bees") for number in range(3)),
)
MADE_WITH = Provenance({"python": "3.11.7", "torch": "2.15.0"}, DATA, "Linux")


def test_a_row_says_what_the_run_says(view):
    before = time.time()
    run_id = keep_run(view, name="First", provenance=MADE_WITH)
    (record,) = store.list_runs()
    assert record == store.find_run(run_id)
    assert (record.id, record.version, record.name, record.origin) == (run_id, 1, "First", "trained")
    assert (record.note, record.tags, record.starred, record.deleted) == ("", (), False, None)
    assert before <= record.created <= record.updated <= time.time()
    assert (record.state, record.settings, record.classes) == ("finished", view.prepared.settings, ("ants", "bees"))
    assert (record.backbone_title, record.weights_sha256) == ("ResNet-18", "5c106cde".ljust(64, "0"))
    assert (record.train_size, record.val_size, record.val_sha256) == (6, 6, DATA.val_sha256)
    assert (record.epochs, record.best_epoch, record.right) == (3, 2, 5)
    assert (record.best_val_accuracy, record.best_val_loss) == (5 / 6, view.ended.best_val_loss)
    assert (record.seconds, record.device) == (view.ended.seconds_training, "cpu")
    on_disk = sum(file.stat().st_size for file in layout.run_folder(run_id).iterdir())
    assert record.size == pytest.approx(on_disk, rel=0.1), "its texts count twice, as they are in the store as well"


def test_going_on_raises_the_version_and_leaves_what_a_person_wrote(view, tmp_path):
    run_id = keep_run(view, provenance=MADE_WITH)
    store.rename(run_id, "Mine")
    store.annotate(run_id, "A *note*\nof two lines")
    store.set_tags(run_id, ["b", "a", "b", " "])
    store.star(run_id, True)
    written = store.find_run(run_id)
    assert written.version == 1
    keep_run(made_run(tmp_path, (3, 4, 6, 5)), run_id)
    after = store.find_run(run_id)
    assert (after.version, after.epochs, after.right) == (2, 4, 6)
    for name in ("name", "note", "tags", "starred", "created", "val_sha256"):
        assert getattr(after, name) == getattr(written, name)
    assert (after.name, after.note, after.tags, after.starred) == ("Mine", "A *note*\nof two lines", ("b", "a"), True)
    assert store.provenance_of(run_id) == MADE_WITH


def test_pictures_are_kept_once_for_all_runs_on_them(view, own_home):
    runs = [keep_run(view, provenance=MADE_WITH) for _ in range(3)]
    with sqlite3.connect(own_home / "runs/store.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM datasets").fetchone() == (1,)
    assert {store.provenance_of(run).data for run in runs} == {DATA}
    assert store.provenance_of(keep_run(view)) == Provenance({}, None, "")


def test_training_pictures_are_counted_by_the_folders_of_their_classes():
    assert DATA.train_counts == (3, 3)
    one = (("set/train/bees/1.jpg", "1"),)
    assert dataclasses.replace(DATA, train=one).train_counts == (0, 1)
    assert dataclasses.replace(DATA, train=(("set/train/wasps/1.jpg", "1"), *one)).train_counts == ()


def test_a_run_of_an_older_version_has_its_training_pictures_counted_where_they_are_known(view, own_home):
    known, unknown = keep_run(view, provenance=MADE_WITH), keep_run(view)
    fewer = keep_run(view, provenance=dataclasses.replace(MADE_WITH, data=dataclasses.replace(DATA, train=())))
    with sqlite3.connect(own_home / "runs/store.sqlite") as connection:
        for run_id, text in connection.execute("SELECT * FROM prepared").fetchall():
            told = json.loads(text)
            assert told.pop("train_counts") == [3, 3]
            connection.execute("UPDATE prepared SET described = ? WHERE run = ?", (json.dumps(told), run_id))
    assert load_run(known).prepared == view.prepared
    assert [load_run(run).prepared.train_counts for run in (unknown, fewer)] == [(), ()]


def test_a_run_of_one_training_picture_has_it_counted(view):
    one = dataclasses.replace(DATA, train=(("set/train/bees/1.jpg", "1"),))
    uncounted = dataclasses.replace(view.prepared, train_counts=(), train_size=1)
    assert counted(uncounted, one).train_counts == (0, 1)
    assert counted(dataclasses.replace(uncounted, train_size=2), one).train_counts == ()
    assert counted(uncounted, None).train_counts == ()


def test_a_run_that_is_broken_off_ends_as_far_as_it_came(view):
    wanted = view.prepared.settings.training.epochs
    stopped = dataclasses.replace(view, ended=None)
    assert (summary(stopped).how, summary(stopped).epochs, len(view.epochs) < wanted) == ("stopped", 3, True)
    all_of_it = dataclasses.replace(stopped, epochs=view.epochs[-1:] * wanted)
    assert (summary(all_of_it).how, summary(all_of_it).epochs) == ("finished", wanted)


def test_of_a_run_that_was_not_measured_no_picture_counts_as_right(view):
    unmeasured = dataclasses.replace(view.prepared, val_size=0, val_files=(), val_labels=())
    assert row_of(dataclasses.replace(view, prepared=unmeasured), "finished")["right_at_best"] == 0
    before_its_first = dataclasses.replace(view, epochs=(), ended=None)
    assert row_of(before_its_first, "running")["right_at_best"] is None


def test_settings_that_many_rows_have_are_read_once(view):
    text = json.dumps(view.prepared.settings.to_dict())
    assert settings_of(text) is settings_of(text)


def test_the_same_validation_pictures_are_known_by_contents_and_class_alone():
    elsewhere = DataFingerprint(DATA.classes, (), tuple((f"set/{name}", digest) for name, digest in DATA.val))
    assert elsewhere.val_sha256 == DATA.val_sha256
    assert elsewhere.sha256 != DATA.sha256
    name, digest = DATA.val[0]
    for first in ((name, "other"), (name.replace("ants", "bees"), digest)):
        assert dataclasses.replace(DATA, val=(first, *DATA.val[1:])).val_sha256 != DATA.val_sha256
    assert dataclasses.replace(DATA, val=DATA.val[::-1]).val_sha256 != DATA.val_sha256


def test_a_run_from_elsewhere_says_so_and_when_it_was_made(view):
    record = store.find_run(keep_run(view, origin="file", created=1_000_000.0))
    assert (record.origin, record.created) == ("file", 1_000_000.0)


def test_figures_that_are_no_numbers_are_listed(view):
    odd = dataclasses.replace(view.ended, best_val_loss=float("nan"))
    keep_run(dataclasses.replace(view, ended=odd))
    keep_run(dataclasses.replace(view, ended=dataclasses.replace(odd, best_val_loss=float("inf"))))
    assert [repr(record.best_val_loss) for record in store.list_runs()] == ["inf", "nan"], "figures, no words"


# What a person writes on it


@pytest.mark.parametrize("name", ["Ünï côdé 🐝", "<script>alert(1)</script> *bold* [x](http://a)", "=1+1", "x" * 120])
def test_names_come_back_as_they_were_written(view, name):
    run_id = keep_run(view)
    store.rename(run_id, name)
    assert store.find_run(run_id).name == name


def test_what_no_line_can_hold_is_left_out_of_a_name(view):
    run_id = keep_run(view, name="a\0b\n c\ud800")
    assert store.find_run(run_id).name == "a b c?"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda run: store.rename(run, "x" * 10_000), "10,000 characters. Up to 120"),
        (lambda run: store.annotate(run, "x" * 10_001), "10,001 characters. Up to 10,000"),
        (lambda run: store.set_tags(run, ["x" * 41]), "41 characters. Up to 40"),
        (lambda run: store.set_tags(run, map(str, range(21))), "21 tags. A run may have 20"),
    ],
)
def test_what_is_too_long_is_refused_in_words_and_changes_nothing(view, change, words):
    run_id = keep_run(view, name="Before")
    before = store.find_run(run_id)
    with pytest.raises(UserError, match=words):
        change(run_id)
    assert store.find_run(run_id) == before


def test_nothing_can_be_written_on_a_run_that_is_not_there(view):
    keep_run(view)
    for change in (
        store.rename,
        store.annotate,
        lambda run, _: store.delete([run]),
        lambda run, _: store.star(run, True),
    ):
        for run_id in ("20250101-000000-aaaaaa", "../x", ""):
            with pytest.raises(UserError, match="There is no run"):
                change(run_id, "x")


# Deleted, and back


def test_what_is_deleted_is_hidden_and_comes_back_whole(view):
    one, two = keep_run(view), keep_run(view)
    store.delete([one])
    assert (kept_runs(), [record.id for record in store.list_runs()]) == ([two], [two])
    (gone,) = store.list_runs(deleted=True)
    assert gone.id == one
    assert gone.deleted == pytest.approx(time.time(), abs=60)
    store.undelete([one])
    assert kept_runs() == [two, one]
    assert load_run(one).epochs == view.epochs


def test_of_several_all_are_deleted_or_none(view):
    run_id = keep_run(view)
    with pytest.raises(UserError, match="There is no run"):
        store.delete([run_id, "20250101-000000-aaaaaa"])
    assert kept_runs() == [run_id]


def test_purging_removes_for_good_what_was_deleted_and_nothing_else(view, own_home):
    kept, hidden, gone = (keep_run(view, provenance=MADE_WITH) for _ in range(3))
    store.delete([hidden, gone])
    store.purge([kept, gone])
    assert kept_runs() == [kept]
    assert [record.id for record in store.list_runs(deleted=True)] == [hidden]
    assert sorted(folder.name for folder in (own_home / "runs").iterdir() if folder.is_dir()) == sorted([kept, hidden])
    assert store.provenance_of(kept).data == DATA
    with pytest.raises(UserError, match="There is no run"):
        store.undelete([gone])


def test_pictures_that_no_run_was_trained_on_any_more_are_forgotten(view, own_home):
    run_id = keep_run(view, provenance=MADE_WITH)
    store.delete([run_id])
    store.purge([run_id])
    with sqlite3.connect(own_home / "runs/store.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM datasets").fetchone() == (0,)


def test_without_names_only_what_was_deleted_a_month_ago_is_purged(view, monkeypatch):
    old, new = keep_run(view), keep_run(view)
    store.delete([new])
    month_ago = time.time() - 31 * 24 * 3600
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: month_ago)
        store.delete([old])
    store.purge()
    assert [record.id for record in store.list_runs(deleted=True)] == [new]


def test_a_run_that_goes_on_is_no_longer_deleted(view):
    run_id = keep_run(view)
    store.delete([run_id])
    keep_run(view, run_id)
    assert kept_runs() == [run_id]


def test_what_runs_take_is_counted(view):
    assert (store.storage().runs, store.storage().bytes) == (0, 0)
    one, two = keep_run(view), keep_run(view)
    store.delete([two])
    found = store.storage()
    assert found.runs == 1
    assert found.bytes == store.find_run(one).size > 0
    assert found.deleted_bytes == store.find_run(two).size
    assert found.free_bytes > 0
    assert found.unreadable == ()
