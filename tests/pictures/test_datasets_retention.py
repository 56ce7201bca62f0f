"""What goes, what stays, and the word before."""

from __future__ import annotations

import os
import time

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import editing, layout, retention
from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.creating import create, delete, find, list_datasets, undelete
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.retention import DAY, days_left, going_words, tidy
from qtl_core.pictures.datasets.versions import find_version, freeze
from qtl_core.runs.store import keep_run
from tests.helpers.made_runs import made_run
from tests.helpers.own_sets import noise_picture, noise_set


def long_ago(path):
    os.utime(path, (time.time() - 3 * DAY,) * 2)


def test_a_visitors_unused_set_goes_after_a_word_and_anybodys_own_stays(monkeypatch):
    monkeypatch.setenv("QTL_OWN_UNUSED_DAYS", "20")
    mine, ours = create("mine", owner="me"), create("ours")
    now = time.time()
    assert (going_words(mine, now), days_left(ours, now + 10**9), going_words(ours, now + 10**9)) == ("", None, "")
    assert days_left(mine, now) == pytest.approx(20, abs=0.01)
    assert "it goes in 5 days. Opening it keeps it for 20 more" in going_words(mine, now + 15.5 * DAY)
    assert "it goes within a day" in going_words(mine, now + 20.5 * DAY)
    assert tidy(now + 19 * DAY) == ()
    assert tidy(now + 21 * DAY) == (mine.id,)
    assert [each.id for each in list_datasets()] == [ours.id]
    assert not layout.set_folder(mine.id).exists()


def test_a_deleted_set_can_be_had_back_for_a_month():
    kept, gone = noise_set("kept"), noise_set("gone")
    delete(kept.id)
    delete(gone.id)
    now = time.time()
    assert tidy(now + 29 * DAY) == ()
    assert undelete(kept.id).count == 12
    assert tidy(now + 31 * DAY) == (gone.id,)
    with pytest.raises(UserError):
        undelete(gone.id)
    assert [each.path.exists() for each in pictures_of(kept.id)] == [True] * 12


def test_pictures_removed_long_ago_go_and_all_others_stay():
    made = noise_set()
    one, two, *others = pictures_of(made.id)
    editing.remove(made.id, [one.id])
    for place in layout.pictures_folder(made.id).iterdir():
        long_ago(place)
    now = time.time()
    tidy(now + 29 * DAY)
    assert one.path.exists()
    tidy(now + 31 * DAY)
    assert not one.path.exists()
    assert all(each.path.exists() for each in (two, *others))
    editing.undo(made.id)
    assert pictures_of(made.id) == (two, *others)


def test_files_of_an_addition_that_was_cut_off_go_once_they_are_old():
    made = noise_set()
    folder = layout.pictures_folder(made.id)
    for name in ("a" * 64, "b" * 64):
        (folder / name).mkdir()
        (folder / name / ".x.part").write_bytes(b"half")
    (layout.root() / ".making-x").mkdir()
    long_ago(folder / ("a" * 64))
    long_ago(layout.root() / ".making-x")
    tidy()
    left = {entry.name for entry in folder.iterdir()}
    assert "a" * 64 not in left and "b" * 64 in left
    assert not (layout.root() / ".making-x").exists()


def test_a_version_stays_as_long_as_a_run_names_it_and_others_are_made_again(tmp_path):
    made = noise_set()
    first = freeze(made.id)
    add_picture(made.id, 1, noise_picture(1), "more.png")
    second = freeze(made.id)
    view = made_run(tmp_path)
    settings = view.prepared.settings.changed(source="dataset", dataset=made.id, dataset_version=1)
    keep_run(made_run(tmp_path, settings=settings))
    for version in (first, second):
        long_ago(version.folder)
    tidy()
    assert (first.folder.is_dir(), second.folder.is_dir()) == (True, False)
    assert find_version(made.id, 2) == second
    assert second.folder.is_dir()


def test_it_is_done_once_an_hour(monkeypatch):
    made = create("mine", owner="me")
    monkeypatch.setenv("QTL_OWN_UNUSED_DAYS", "1")
    real = time.time()
    monkeypatch.setattr("time.time", lambda: real + 5 * DAY)
    monkeypatch.setattr(retention, "_looked", [time.monotonic()])
    retention.tidy_in_passing()
    assert find(made.id) == made
    monkeypatch.setattr(retention, "_looked", [0.0])
    retention.tidy_in_passing()
    assert list_datasets() == ()
