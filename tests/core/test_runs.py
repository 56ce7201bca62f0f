"""Runs on disk: what comes back is what was kept, damage and full disks cost a sentence and nothing else."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from qtl_core import runs
from qtl_core.errors import UserError
from qtl_core.runs import ID, keep_run, kept_runs, load_run
from qtl_core.settings import RunSettings
from qtl_core.training.events import Checkpoint
from qtl_core.training.view import RunView
from tests.made_runs import made_run

GROUPS = ("weights", "first_moments", "second_moments", "best_weights", "backbone_state", "best_backbone_state")


def whole_run(folder: Path) -> RunView:
    """A run whose last checkpoint has something in every group, names with dots and slashes among them."""
    settings = RunSettings().changed(qubits=3, learning_rate=0.01, folder=str(folder / "ünï côdé"), source="folder")
    view = made_run(folder, settings=settings, notes=("A note.",), passed_over=(("a.gif", "It is a GIF."),))
    rng = np.random.default_rng(0)
    groups = {
        group: {f"pre_net.{group}": rng.standard_normal((3, 5)).astype(np.float32), "q_params": np.array([number])}
        for number, group in enumerate(GROUPS)
    }
    checkpoint = Checkpoint(3, steps=183, best_epoch=2, best_val_accuracy=5 / 6, best_val_loss=0.4, **groups)
    last = dataclasses.replace(view.epochs[-1], checkpoint=checkpoint)
    return dataclasses.replace(view, epochs=(*view.epochs[:-1], last))


@pytest.fixture
def view(tmp_path) -> RunView:
    return whole_run(tmp_path)


def folder_of(home: Path, run_id: str) -> Path:
    return home / "runs" / run_id


def leftovers(home: Path) -> list[str]:
    """What lies among the runs that is no run."""
    return [entry.name for entry in (home / "runs").iterdir() if not ID.fullmatch(entry.name)]


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
    assert leftovers(own_home) == []


def test_a_run_kept_again_takes_its_own_place(view, own_home, tmp_path):
    run_id = keep_run(view)
    shorter = made_run(tmp_path, (3, 4))
    assert keep_run(shorter, run_id) == run_id
    assert len(load_run(run_id).epochs) == 2
    assert kept_runs() == [run_id]
    assert leftovers(own_home) == []


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
    assert kept_runs() == [names[1], names[2], names[0]]


def test_two_runs_of_the_same_second_have_names_of_their_own(view):
    assert len({keep_run(view) for _ in range(5)}) == len(kept_runs()) == 5


# What is not there, or not whole


@pytest.mark.parametrize(
    "run_id",
    ["", "nope", "20250101-000000-aaaaaa", "../runs", "..", "20250101-000000-aaaaaa/..", "/etc", "a\0b", "x" * 5000,
     "20250101-000000-aaaaaa\n", "20250101-000000-AAAAAA"],
)  # fmt: skip
def test_an_unknown_run_is_said(run_id, view):
    keep_run(view)
    with pytest.raises(UserError, match="There is no run"):
        load_run(run_id)


def test_nothing_outside_the_runs_is_read(view, own_home):
    run_id = keep_run(view)
    shutil.copytree(folder_of(own_home, run_id), own_home / "elsewhere" / run_id)
    with pytest.raises(UserError, match="There is no run"):
        load_run(f"../elsewhere/{run_id}")


@pytest.mark.parametrize("name", ["run.json", "arrays.npz"])
@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_said(view, own_home, name, share):
    run_id = keep_run(view)
    file = folder_of(own_home, run_id) / name
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UserError, match=f"{run_id} cannot be read.*damaged"):
        load_run(run_id)


@pytest.mark.parametrize("name", ["run.json", "arrays.npz"])
def test_a_missing_file_is_said(view, own_home, name):
    run_id = keep_run(view)
    (folder_of(own_home, run_id) / name).unlink()
    with pytest.raises(UserError, match="cannot be read"):
        load_run(run_id)


def test_no_damage_whatsoever_gets_past_as_another_error(view, own_home):
    """Bytes overwritten all over both files: the run is refused in words, or comes back all the same."""
    run_id = keep_run(view)
    rng = np.random.default_rng(0)
    for name in ("run.json", "arrays.npz"):
        file = folder_of(own_home, run_id) / name
        content = file.read_bytes()
        for _ in range(150):
            broken = bytearray(content)
            for place in rng.integers(0, len(content), 4):
                broken[place] = rng.integers(0, 256)
            file.write_bytes(bytes(broken))
            try:
                load_run(run_id)
            except UserError as error:
                assert run_id in error.what
        file.write_bytes(content)
    assert load_run(run_id).prepared == view.prepared


@pytest.mark.parametrize(
    "change",
    [
        lambda stored: [],
        lambda stored: {},
        lambda stored: stored | {"format": 2},
        lambda stored: stored | {"epochs": []},
        lambda stored: stored | {"epochs": stored["epochs"][:1]},
        lambda stored: stored | {"prepared": None},
        lambda stored: stored | {"prepared": {}},
        lambda stored: stored | {"ended": {"how": "finished"}},
        lambda stored: stored | {"epochs": [{"epoch": 1}] * 3},
        lambda stored: stored | {"prepared": stored["prepared"] | {"settings": {"circuit": {"qubits": 99}}}},
        lambda stored: stored | {"prepared": stored["prepared"] | {"settings": {"circuit": {"new_option": 1}}}},
    ],
)
def test_a_description_of_another_kind_is_said(view, own_home, change):
    run_id = keep_run(view)
    file = folder_of(own_home, run_id) / "run.json"
    file.write_text(json.dumps(change(json.loads(file.read_text()))))
    with pytest.raises(UserError, match=f"{run_id} cannot be read"):
        load_run(run_id)


class Marker:
    """Unpickling it would make a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (self.path,))


def test_a_run_file_cannot_run_code(view, own_home, tmp_path):
    run_id = keep_run(view)
    file = folder_of(own_home, run_id) / "arrays.npz"
    with np.load(file) as arrays:
        content = dict(arrays)
    trap = np.array([Marker(str(tmp_path / "sprung"))], dtype=object)
    np.savez(file, **(content | {"weights/q_params": trap}))
    with pytest.raises(UserError, match="cannot be read"):
        load_run(run_id)
    assert not (tmp_path / "sprung").exists()


# What cannot be written


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("function", ["savez", "write_text", "mkdir_temporary"])
def test_a_full_disk_loses_nothing_that_was_kept(view, own_home, monkeypatch, tmp_path, function):
    run_id = keep_run(view)
    with monkeypatch.context() as patched:
        if function == "savez":
            patched.setattr(runs.np, "savez", full)
        elif function == "write_text":
            patched.setattr(Path, "write_text", full)
        else:
            patched.setattr(Path, "mkdir", full)
        for target in (run_id, ""):
            with pytest.raises(UserError, match="No space left on device"):
                keep_run(made_run(tmp_path, (1,)), target)
    assert len(load_run(run_id).epochs) == 3
    assert kept_runs() == [run_id]
    assert leftovers(own_home) == []


def test_a_run_that_cannot_be_put_in_place_leaves_the_older_one(view, own_home, monkeypatch, tmp_path):
    run_id = keep_run(view)
    rename, count = Path.rename, iter(range(10))

    def second_fails(self: Path, target: Path) -> Path:
        return full() if next(count) == 1 else rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", second_fails)
        with pytest.raises(UserError, match="could not be kept"):
            keep_run(made_run(tmp_path, (1,)), run_id)
    assert len(load_run(run_id).epochs) == 3
    assert leftovers(own_home) == []


def test_a_home_that_is_a_file_is_said(view, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "file"))
    with pytest.raises(UserError, match="Nothing can be kept"):
        keep_run(view)
    assert kept_runs() == []


@pytest.fixture
def tiny_disk(tmp_path, monkeypatch):
    """A home on a disk of its own of 40 kB."""
    home = tmp_path / "disk"
    home.mkdir()
    try:
        command = ["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", str(home)]
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a disk of its own can only be mounted by root")
    monkeypatch.setenv("QTL_HOME", str(home))
    yield home
    subprocess.run(["umount", str(home)], check=True)


def test_a_disk_that_is_really_full(view, tiny_disk):
    run_id = keep_run(view)
    big = dataclasses.replace(view.checkpoint, weights={"pre_net.weight": np.zeros(100_000)})
    grown = dataclasses.replace(view, epochs=(*view.epochs[:-1], dataclasses.replace(view.epochs[-1], checkpoint=big)))
    with pytest.raises(UserError, match="No space left on device"):
        keep_run(grown, run_id)
    assert np.array_equal(load_run(run_id).checkpoint.weights["q_params"], view.checkpoint.weights["q_params"])
    assert leftovers(tiny_disk) == []
    assert keep_run(view) in kept_runs(), "there is room again"
