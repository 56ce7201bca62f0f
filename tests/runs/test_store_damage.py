"""Stores and runs that are damaged, foreign, locked, read-only or on a full disk: a sentence, and nothing is lost."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from qtl_core.common.errors import UserError
from qtl_core.runs import store
from qtl_core.runs.provenance import DataFingerprint, Provenance
from qtl_core.runs.store import keep_run, kept_runs, layout, legacy, load_run, opening, schema
from qtl_core.runs.view import RunView
from tests.helpers.made_runs import GROUPS, made_run, whole_run

FILES = ("weights-*", "predictions-*")


@pytest.fixture
def view(tmp_path) -> RunView:
    return whole_run(tmp_path)


def file_of(run_id: str, pattern: str) -> Path:
    (found,) = layout.run_folder(run_id).glob(pattern)
    return found


def as_a_new_process() -> None:
    """Forgets what this process knows of the store."""
    opening._ready.clear()


def aside() -> list[Path]:
    return sorted(layout.runs_folder().glob("store-damaged-*.sqlite"))


def same(one: RunView, other: RunView) -> bool:
    groups = [(getattr(one.checkpoint, group), getattr(other.checkpoint, group)) for group in GROUPS]
    return (one.prepared, one.epochs) == (other.prepared, other.epochs) and all(
        a.keys() == b.keys() and all(np.array_equal(a[name], b[name], equal_nan=True) for name in a) for a, b in groups
    )


# Runs that are not there, or not whole


@pytest.mark.parametrize(
    "run_id",
    [
        "",
        "nope",
        "20250101-000000-aaaaaa",
        "../runs",
        "..",
        "20250101-000000-aaaaaa/..",
        "/etc",
        "a\0b",
        "x" * 5000,
        "20250101-000000-aaaaaa\n",
        "20250101-000000-AAAAAA",
    ],
)
def test_an_unknown_run_is_said(run_id, view):
    keep_run(view)
    for ask in (load_run, store.find_run, store.provenance_of):
        with pytest.raises(UserError, match="There is no run"):
            ask(run_id)


@pytest.mark.parametrize("pattern", FILES)
@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_said_and_its_run_still_listed(view, pattern, share):
    run_id = keep_run(view)
    file = file_of(run_id, pattern)
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    with pytest.raises(UserError, match=f"{run_id} cannot be read.*damaged"):
        load_run(run_id)
    assert [record.id for record in store.list_runs()] == [run_id]


@pytest.mark.parametrize("pattern", [*FILES, "*"])
def test_a_missing_file_or_folder_is_said_and_its_run_still_listed(view, pattern):
    run_id = keep_run(view)
    if pattern == "*":
        shutil.rmtree(layout.run_folder(run_id))
    else:
        file_of(run_id, pattern).unlink()
    with pytest.raises(UserError, match=r"cannot be read.*damaged"):
        load_run(run_id)
    assert store.find_run(run_id).right == 5
    store.rename(run_id, "Still here")
    store.delete([run_id])
    store.purge([run_id])
    assert store.list_runs(deleted=True) == []


def test_no_damage_whatsoever_gets_past(view):
    """Bytes overwritten all over both files: the run is refused in words, and comes back once they are whole."""
    run_id, rng = keep_run(view), np.random.default_rng(0)
    for pattern in FILES:
        file = file_of(run_id, pattern)
        content = file.read_bytes()
        for _ in range(60):
            broken = bytearray(content)
            for where in rng.integers(0, len(content), 4):
                broken[where] ^= rng.integers(1, 256)
            file.write_bytes(bytes(broken))
            with pytest.raises(UserError, match=run_id):
                load_run(run_id)
        file.write_bytes(content)
    assert same(load_run(run_id), view)


def test_weights_that_are_no_numbers_come_back(view):
    odd = {"q_params": np.array([np.nan, np.inf, -np.inf, 0.0], np.float32)}
    checkpoint = dataclasses.replace(view.checkpoint, weights=odd, best_weights=odd, best_val_loss=float("nan"))
    last = dataclasses.replace(view.epochs[-1], checkpoint=checkpoint)
    wild = dataclasses.replace(view, epochs=(*view.epochs[:-1], last))
    found = load_run(keep_run(wild)).checkpoint
    assert np.array_equal(found.best_weights["q_params"], odd["q_params"], equal_nan=True)
    assert np.isnan(found.best_val_loss)


def test_a_file_with_a_lying_header_is_refused(view, own_home):
    run_id = keep_run(view)
    file = file_of(run_id, "weights-*")
    content = save({**load(file.read_bytes()), "weights/q_params": np.zeros(4, np.float32)})
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    for lie in ({"shape": [2**40]}, {"data_offsets": [0, 2**50]}, {"dtype": "F128"}, {"shape": "x"}):
        written = json.dumps(header | {"weights/q_params": header["weights/q_params"] | lie}).encode()
        lying = len(written).to_bytes(8, "little") + written + content[8 + size :]
        file.write_bytes(lying)
        with sqlite3.connect(own_home / "runs/store.sqlite") as connection:  # even where the store vouches for it
            connection.execute("UPDATE runs SET weights_digest = ?", (hashlib.sha256(lying).hexdigest(),))
        with pytest.raises(UserError, match="cannot be read"):
            load_run(run_id)


# A store that is no store any more


def garbage(content: bytes) -> bytes:
    return np.random.default_rng(0).bytes(len(content))


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "garbage": garbage,
    "nothing": lambda content: b"",
    "a text": lambda content: b"This is not a store.\n" * 100,
    "cut in the header": lambda content: content[:50],
    "cut after a page": lambda content: content[:4096],
    "cut in half": lambda content: content[: len(content) // 2],
    "its last page missing": lambda content: content[:-4096],
    "a page overwritten": lambda content: content[:4096] + garbage(content[:4096]) + content[8192:],
    "zeros in the middle": lambda content: content[:4096] + bytes(len(content) - 4096),
}
DATA = DataFingerprint(("ants", "bees"), (("train/ants/a.jpg", "1"),), (("val/ants/b.jpg", "2"),))


@pytest.mark.parametrize("known", [True, False], ids=["in use", "on opening"])
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_store_is_put_aside_and_made_again_from_the_folders(view, damage, known):
    one, two = keep_run(view, name="First"), keep_run(view, provenance=Provenance({"python": "3"}, DATA, "Linux"))
    file = layout.store_file()
    broken = damage(file.read_bytes())
    file.write_bytes(broken)
    if not known:
        as_a_new_process()
    assert sorted(kept_runs()) == sorted([one, two])
    assert same(load_run(one), view)
    assert store.find_run(one).name == "First"
    assert store.find_run(two).val_sha256 == DATA.val_sha256
    as_a_new_process()  # a page that was not asked for is found to be damaged on opening
    assert sorted(kept_runs()) == sorted([one, two])
    if broken:
        assert [file.read_bytes() for file in aside()] == [broken], "nothing is thrown away"
    keep_run(view)
    assert len(kept_runs()) == 3


def test_pictures_are_taken_over_from_a_damaged_store_where_they_can_be_read(view):
    run_id = keep_run(view, provenance=Provenance({"python": "3"}, DATA, "Linux"))
    with sqlite3.connect(layout.store_file()) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'epochs'").fetchone()[0]
    content = layout.store_file().read_bytes()
    start = (root - 1) * 4096
    layout.store_file().write_bytes(content[:start] + garbage(content[:4096]) + content[start + 4096 :])
    as_a_new_process()
    assert same(load_run(run_id), view)
    assert store.provenance_of(run_id).data == DATA


def test_another_programs_database_is_put_aside_whole(view):
    layout.runs_folder().mkdir()
    with sqlite3.connect(layout.store_file()) as connection:
        connection.execute("CREATE TABLE notes (text)")
        connection.execute("INSERT INTO notes VALUES ('precious')")
    run_id = keep_run(view)
    assert kept_runs() == [run_id]
    with sqlite3.connect(aside()[0]) as connection:
        assert connection.execute("SELECT text FROM notes").fetchone() == ("precious",)


def test_a_store_that_vanishes_while_in_use_is_made_again(view):
    run_id = keep_run(view)
    for file in layout.runs_folder().glob("store.sqlite*"):
        file.unlink()
    assert kept_runs() == [run_id]


# Folders that somebody else prepared


@pytest.mark.parametrize(
    "change",
    [
        {"predictions": "../../victim"},
        {"weights": "/etc/passwd"},
        {"predictions": "predictions-00000000.f32/../../../victim"},
        {"name": "x" * 10_000},
        {"name": {"a": 1}},
        {"note": None},
        {"state": "perfect"},
        {"origin": "heaven"},
        {"created": "yesterday"},
        {"settings": '{"circuit": {"qubits": 99}}'},
        {"tags": "[" * 100_000},
    ],
    ids=str,
)
def test_a_copy_that_this_app_did_not_write_is_left_alone(view, change, own_home):
    run_id = keep_run(view)
    victim = own_home / "victim"
    victim.write_bytes(b"untouched")
    copy = layout.run_folder(run_id) / "run.json"
    described = json.loads(copy.read_text())
    described["run"] |= change
    copy.write_text(json.dumps(described))
    layout.store_file().unlink()
    as_a_new_process()
    assert kept_runs() == []
    assert store.storage().unreadable == (run_id,)
    assert (victim.read_bytes(), json.loads(copy.read_text())) == (b"untouched", described)


def test_a_link_among_the_runs_is_not_followed(view, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    legacy.write_run(view, elsewhere)
    before = {file.name: file.read_bytes() for file in elsewhere.iterdir()}
    run_id = keep_run(view)
    (layout.runs_folder() / "20250101-000000-aaaaaa").symlink_to(elsewhere)
    as_a_new_process()
    assert kept_runs() == [run_id]
    assert {file.name: file.read_bytes() for file in elsewhere.iterdir()} == before


def test_predictions_that_lead_elsewhere_are_not_written_to(view, tmp_path):
    run_id = keep_run(dataclasses.replace(view, epochs=view.epochs[:2]))
    predictions = file_of(run_id, "predictions-*")
    victim = tmp_path / "victim"
    victim.write_bytes(predictions.read_bytes() + b"untouched")
    before = victim.read_bytes()
    predictions.unlink()
    predictions.symlink_to(victim)
    going_on = dataclasses.replace(view, epochs=view.epochs[:2])
    writing = store.start_run(run_id, going_on)
    writing.follow(view)
    writing.close()
    assert victim.read_bytes() == before
    assert load_run(run_id).epochs == view.epochs


class Marker:
    """Unpickling it would make a folder."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (self.path,))


def test_an_older_run_file_cannot_run_code(view, tmp_path):
    folder = layout.run_folder("20250101-000000-aaaaaa")
    folder.mkdir(parents=True)
    legacy.write_run(view, folder)
    with np.load(folder / "arrays.npz") as arrays:
        content = dict(arrays)
    trap = np.array([Marker(str(tmp_path / "sprung"))], dtype=object)
    np.savez(folder / "arrays.npz", **(content | {"weights/q_params": trap}))
    assert kept_runs() == []
    assert not (tmp_path / "sprung").exists()
    assert store.storage().unreadable == (folder.name,)


# Other versions


def test_an_older_store_is_brought_up_to_date_and_a_copy_of_it_kept(view, monkeypatch):
    run_id = keep_run(view, name="Old")
    with sqlite3.connect(layout.store_file()) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        before = connection.execute("SELECT * FROM runs").fetchall()
    newer = (*schema.MIGRATIONS, ("ALTER TABLE epochs ADD COLUMN mood TEXT", "CREATE TABLE extra (x)"))
    for module in (schema, opening):
        monkeypatch.setattr(module, "MIGRATIONS", newer)
    as_a_new_process()
    assert kept_runs() == [run_id]
    with sqlite3.connect(layout.store_file()) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version + 1,)
        assert connection.execute("SELECT mood FROM epochs").fetchall() == [(None,)] * 3
    with sqlite3.connect(layout.runs_folder() / f"store-format-{version}.sqlite") as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (version,)
        assert copy.execute("SELECT * FROM runs").fetchall() == before


def test_a_migration_that_fails_changes_nothing(view, monkeypatch):
    run_id = keep_run(view)
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE extra (x)", "nonsense")))
        as_a_new_process()
        with pytest.raises(UserError, match=r"store of runs .* cannot be used"):
            kept_runs()
    as_a_new_process()
    assert kept_runs() == [run_id]
    with sqlite3.connect(layout.store_file()) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (0,)


def test_a_newer_store_is_left_as_it_is(view):
    keep_run(view)
    with sqlite3.connect(layout.store_file()) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    as_a_new_process()
    before = layout.store_file().read_bytes()
    for ask in (kept_runs, store.list_runs, store.storage, lambda: keep_run(view), lambda: store.purge()):
        with pytest.raises(UserError, match=r"newer version of this app.*format 99.*nothing is kept"):
            ask()
    assert layout.store_file().read_bytes() == before
    assert aside() == []


# Locked


def holding(seconds: float, said: Callable[[], object] = lambda: None) -> threading.Timer:
    """Another program that holds the store for writing, and lets go by itself, having said so."""
    connection = sqlite3.connect(layout.store_file(), isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")

    def let_go() -> None:
        said()
        connection.execute("ROLLBACK")
        connection.close()

    timer = threading.Timer(seconds, let_go)
    timer.start()
    return timer


def test_a_store_that_is_held_for_a_moment_is_waited_for(view):
    first = keep_run(view)
    let_go = threading.Event()
    holding(0.5, let_go.set)
    assert kept_runs() == [first], "reading waits for nobody"
    second = keep_run(view)
    assert let_go.is_set(), "writing waits"
    assert set(kept_runs()) == {first, second}


def test_a_store_that_stays_locked_is_said_and_nothing_half_written_is_left(view, monkeypatch, tmp_path):
    first = keep_run(view)
    timer = holding(60)
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.1)
    for change in (
        lambda: keep_run(view),
        lambda: store.rename(first, "x"),
        lambda: keep_run(made_run(tmp_path), first),
    ):
        with pytest.raises(UserError, match="Another program holds it"):
            change()
    timer.cancel()
    timer.function()
    assert kept_runs() == [first]
    assert same(load_run(first), view)
    assert [folder.name for folder in layout.folders_of_runs()] == [first]
    assert len(list(layout.run_folder(first).glob("weights-*"))) == 1


# Read-only, or full


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("function", ["os.fsync", "pathlib.Path.mkdir", "pathlib.Path.replace"])
def test_a_disk_that_is_full_at_some_point_loses_nothing_that_was_kept(view, monkeypatch, tmp_path, function):
    run_id = keep_run(view)
    with monkeypatch.context() as patched:
        patched.setattr(function, full)
        for target in (run_id, ""):
            with pytest.raises(UserError, match="no room left on the disk"):
                keep_run(made_run(tmp_path, (1,)), target)
    assert same(load_run(run_id), view)
    assert kept_runs() == [run_id]
    assert [folder.name for folder in layout.folders_of_runs()] == [run_id]


def test_a_home_that_is_a_file_is_said(view, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "file"))
    with pytest.raises(UserError, match="Nothing can be kept"):
        keep_run(view)
    assert kept_runs() == []


@pytest.fixture
def disk(tmp_path, monkeypatch) -> Iterator[Path]:
    """A home on a disk of its own of 600 kB."""
    home = tmp_path / "disk"
    home.mkdir()
    try:
        command = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(home)]
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a disk of its own can only be mounted by root")
    monkeypatch.setenv("QTL_HOME", str(home))
    yield home
    subprocess.run(["umount", str(home)], check=True)


def test_a_run_too_large_for_the_disk_leaves_the_one_before(view, disk):
    run_id = keep_run(view)
    big = dataclasses.replace(view.checkpoint, weights={"pre_net.weight": np.zeros(100_000)})
    grown = dataclasses.replace(view, epochs=(*view.epochs[:-1], dataclasses.replace(view.epochs[-1], checkpoint=big)))
    with pytest.raises(UserError, match="no room left on the disk"):
        keep_run(grown, run_id)
    assert same(load_run(run_id), view)
    assert keep_run(view) in kept_runs(), "there is room again"


def test_on_a_disk_without_a_byte_left_runs_are_still_read(view, disk):
    run_id = keep_run(view, name="Before")
    with (disk / "filler").open("wb") as stream, pytest.raises(OSError, match="No space left"):
        while True:
            os.write(stream.fileno(), bytes(1024))
    as_a_new_process()
    assert [record.name for record in store.list_runs()] == ["Before"]
    assert same(load_run(run_id), view)
    for change in (lambda: keep_run(view), lambda: keep_run(view, run_id), lambda: store.rename(run_id, "x" * 100)):
        with pytest.raises(UserError, match=r"store of runs|could not be kept"):
            change()
    (disk / "filler").unlink()
    assert same(load_run(run_id), view)
    store.rename(run_id, "After")
    assert store.find_run(run_id).name == "After"
    assert keep_run(view) in kept_runs()


@pytest.mark.parametrize("known", [True, False], ids=["in use", "on opening"])
def test_what_may_only_be_read_is_read(view, disk, known):
    run_id = keep_run(view)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    if not known:
        as_a_new_process()
    assert (kept_runs(), [record.state for record in store.list_runs()]) == ([run_id], ["finished"])
    assert same(load_run(run_id), view)
    assert store.storage().runs == 1
    changes = (
        lambda: keep_run(view),
        lambda: keep_run(view, run_id),
        lambda: store.star(run_id, True),
        lambda: store.delete([run_id]),
    )
    for change in changes:
        with pytest.raises(UserError, match=r"written|only be read|cannot be used|could not be kept"):
            change()
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    store.star(run_id, True)
    assert store.find_run(run_id).starred


def test_an_empty_home_that_may_only_be_read_has_no_runs(disk):
    (disk / "runs").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    assert (kept_runs(), store.list_runs(), store.storage().runs) == ([], [], 0)


# The clock


def test_a_clock_set_back_changes_nothing_that_was_kept(view, monkeypatch):
    first = keep_run(view)
    store.delete([keep_run(view)])
    year_ago = time.time() - 365 * 24 * 3600
    monkeypatch.setattr(time, "time", lambda: year_ago)
    keep_run(view, first)
    second = keep_run(view)
    store.purge()
    record = store.find_run(first)
    assert record.updated >= record.created > year_ago
    assert store.find_run(second).created == year_ago
    assert len(store.list_runs(deleted=True)) == 1
    assert kept_runs() == [first, second]
