"""Runs kept before there was a store, and those of a store that was lost, are taken in; nothing is left behind."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.runs import store
from qtl_core.runs.store import keep_run, kept_runs, layout, legacy, load_run, opening
from qtl_core.runs.view import RunView
from tests.helpers.made_runs import GROUPS, whole_run

NAMES = ["20250101-000000-aaaaaa", "20250102-120000-000000", "20250101-000000-aaaaab"]


@pytest.fixture
def view(tmp_path) -> RunView:
    return whole_run(tmp_path)


def plain_run(view: RunView, name: str) -> Path:
    folder = layout.run_folder(name)
    folder.mkdir(parents=True)
    legacy.write_run(view, folder)
    return folder


def same(one: RunView, other: RunView) -> bool:
    groups = [(getattr(one.checkpoint, group), getattr(other.checkpoint, group)) for group in GROUPS]
    return (
        (one.prepared, one.epochs) == (other.prepared, other.epochs)
        and all(
            np.array_equal(a.val_probabilities, b.val_probabilities)
            for a, b in zip(one.epochs, other.epochs, strict=True)
        )
        and all(a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a) for a, b in groups)
    )


def forget_the_store() -> None:
    """As a new process would find a folder of runs whose store is gone."""
    for file in layout.runs_folder().glob("store.sqlite*"):
        file.unlink()
    opening._ready.clear()


def test_runs_from_before_there_was_a_store_are_taken_in(view):
    for name in NAMES:
        plain_run(view, name)
    assert kept_runs() == sorted(NAMES, reverse=True)
    for name in NAMES:
        assert same(load_run(name), view)
        assert load_run(name).ended == dataclasses.replace(view.ended, run=name)
        assert datetime.fromtimestamp(store.find_run(name).created).strftime("%Y%m%d-%H%M%S") == name[:15]
        assert not (layout.run_folder(name) / "arrays.npz").exists(), "it is all in the new files"
    keep_run(view, NAMES[0])
    assert store.find_run(NAMES[0]).version == 2


def test_what_cannot_be_taken_in_stays_as_it_is_and_is_named(view):
    plain_run(view, NAMES[0])
    contents = {}
    for number, text in enumerate((b"", b"{}", b"[1]", b'{"format": 1, "prepared": 3}', b'{"format": 2}', b"\x00\xff")):
        folder = layout.runs_folder() / f"20260301-00000{number}-bbbbbb"
        folder.mkdir()
        (folder / "run.json").write_bytes(text)
        (folder / "arrays.npz").write_bytes(b"precious")
        contents[folder.name] = text
    assert kept_runs() == [NAMES[0]]
    assert store.storage().unreadable == tuple(contents)
    for name, text in contents.items():
        folder = layout.run_folder(name)
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
            "run.json": text,
            "arrays.npz": b"precious",
        }
        with pytest.raises(UserError, match=f"{name} cannot be read"):
            load_run(name)


def test_a_lost_store_is_made_again_from_the_folders(view):
    one, two = keep_run(view, name="Ünï 🐝"), keep_run(view, origin="file", created=1e9)
    store.annotate(one, "A note")
    store.set_tags(one, ["a", "b"])
    store.star(one, True)
    store.delete([two])
    before = {record.id: record for record in (*store.list_runs(), *store.list_runs(deleted=True))}
    forget_the_store()
    for record in (*store.list_runs(), *store.list_runs(deleted=True)):
        assert dataclasses.replace(record, size=before[record.id].size) == before.pop(record.id)
    assert not before
    assert same(load_run(one), view)


def test_a_purge_that_was_cut_off_does_not_bring_the_run_back(view, monkeypatch):
    other, run_id = keep_run(view), keep_run(view)
    store.delete([run_id])

    def cut_off(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("qtl_core.runs.store.editing.writing", cut_off)
        with pytest.raises(KeyboardInterrupt):
            store.purge([run_id])
    forget_the_store()
    assert (kept_runs(), store.list_runs(deleted=True)) == ([other], [])
    assert [entry.name for entry in layout.runs_folder().iterdir() if entry.is_dir()] == [other]


def test_the_copy_in_the_folder_follows_what_is_written_on_a_run(view):
    run_id = keep_run(view)
    store.rename(run_id, "Second")
    copy = json.loads((layout.run_folder(run_id) / "run.json").read_text())
    assert (copy["format"], copy["run"]["name"], len(copy["epochs"])) == (2, "Second", 3)


def test_what_a_process_killed_before_its_first_word_left_is_cleared_away(view):
    run_id = keep_run(view)
    for name, files in (("20260101-000000-aaaaaa", ["lock"]), ("20260101-000000-bbbbbb", ["lock", "notes.txt"])):
        folder = layout.run_folder(name)
        folder.mkdir()
        for file in files:
            (folder / file).write_text("")
    opening._ready.clear()
    assert kept_runs() == [run_id]
    assert [folder.name for folder in layout.folders_of_runs()] == ["20260101-000000-bbbbbb", run_id]
