"""The drawn set: the same pictures everywhere, kept whole on disk, and not to be told apart by colour alone."""

from __future__ import annotations

import errno
import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.pictures.sources.dataset import labels_of
from qtl_core.pictures.sources.drawn import draw_picture, store
from qtl_core.pictures.sources.drawn.contents import COUNTS
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.plan import HARDSHIPS, SCENES, plan_picture
from qtl_core.pictures.sources.drawn.store import load_drawn
from tests.conftest import PROJECT

SOME = [("train", "ants", 0), ("train", "bees", 7), ("val", "ants", 12), ("val", "bees", 3)]
HASH_THEM = f"""
import hashlib
from qtl_core.pictures.sources.drawn import draw_picture
for key in {SOME!r}:
    print(hashlib.sha256(draw_picture(*key).tobytes()).hexdigest())
"""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Makes the set a small one of six pictures, to see how it is kept without drawing all of it."""
    monkeypatch.setitem(COUNTS, "train", {"ants": 2, "bees": 2})
    monkeypatch.setitem(COUNTS, "val", {"ants": 1, "bees": 1})
    return 6


def files_below(folder: Path) -> list[Path]:
    """Everything but the empty lock file, which stays: removing it while others wait for it would let two draw."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock")


def test_there_are_as_many_pictures_of_each_class_as_real_photos() -> None:
    assert COUNTS == {"train": {"ants": 123, "bees": 121}, "val": {"ants": 70, "bees": 83}}
    assert len(list(store.all_pictures())) == 244 + 153


def test_two_processes_draw_the_same_pixels() -> None:
    told = subprocess.run([sys.executable, "-c", HASH_THEM], cwd=PROJECT, capture_output=True, text=True, check=True)
    here = [hashlib.sha256(draw_picture(*key).tobytes()).hexdigest() for key in SOME]
    assert told.stdout.split() == here
    assert len(set(here)) == len(SOME)


def test_a_picture_is_rgb_of_320_by_240_and_not_empty() -> None:
    for split, class_name, number in SOME:
        picture = draw_picture(split, class_name, number)
        assert (picture.mode, picture.size) == ("RGB", (320, 240))
        assert np.asarray(picture).std() > 8


@pytest.mark.parametrize("class_name", ["ants", "bees"])
def test_every_background_and_every_hardship_comes_up(class_name: str) -> None:
    plans = [plan_picture(class_name, Dice("plans", number)) for number in range(1000)]
    assert {plan.scene for plan in plans} == set(SCENES[class_name])
    assert {plan.hardship for plan in plans} == set(HARDSHIPS)
    assert len({plan.coat for plan in plans}) >= 12
    assert {plan.winged for plan in plans} == ({True, False} if class_name == "ants" else {False})


def test_the_set_says_what_it_is(few: int) -> None:
    data = load_drawn()
    assert (data.kind, data.classes) == ("drawn", ("ants", "bees"))
    assert "drawn" in data.name and "not photographs" in data.notes[0]
    assert labels_of(data.train) == [0, 0, 1, 1] and labels_of(data.val) == [0, 1]
    for picture in (*data.train, *data.val):
        assert picture.path.parent.name == data.classes[picture.label]
        assert picture.path.parent.parent.name == picture.split


def test_kept_pictures_are_those_drawn_but_for_compression(few: int) -> None:
    kept = np.asarray(Image.open(load_drawn().val[1].path), np.float32)
    assert np.abs(kept - np.asarray(draw_picture("val", "bees", 0), np.float32)).mean() < 5


def test_it_is_drawn_once_and_progress_is_told(few: int, own_home: Path) -> None:
    told: list[tuple[int, int]] = []
    first = load_drawn(progress=lambda done, total: told.append((done, total)))
    assert told == [(done, few) for done in range(1, few + 1)]
    assert load_drawn(progress=lambda done, total: pytest.fail("drawn again")) == first
    assert len(files_below(own_home)) == few + 1, "the pictures and their seal, nothing left over"


def test_stopping_leaves_nothing_behind(few: int, own_home: Path) -> None:
    answers = iter([False, False, True])
    with pytest.raises(StoppedByUser):
        load_drawn(should_stop=lambda: next(answers))
    assert files_below(own_home) == []


@pytest.mark.parametrize("damage", ["gone", "cut short", "no seal", "changed"])
def test_a_damaged_set_is_noticed_and_drawn_again(few: int, damage: str) -> None:
    data = load_drawn()
    file = data.train[1].path
    whole = file.read_bytes()
    if damage == "gone":
        file.unlink()
    elif damage == "no seal":
        (file.parent.parent.parent / store.SEAL).unlink()
    else:
        file.write_bytes(whole[:1000] if damage == "cut short" else whole[:-9] + b"123456789")
    assert load_drawn() == data
    assert file.read_bytes() == whole


def test_whoever_asks_while_it_is_drawn_waits_for_it(few: int, own_home: Path) -> None:
    drawn, other = [], []
    second = threading.Thread(target=lambda: other.append(load_drawn(lambda done, total: drawn.append("again"))))

    def note(done: int, total: int) -> None:
        drawn.append("once")
        if done == 1:
            second.start()

    data = load_drawn(note)
    second.join()
    assert other == [data]
    assert drawn == ["once"] * few


def test_what_an_interrupted_drawing_left_behind_goes(few: int, own_home: Path) -> None:
    leftover = own_home / "datasets" / f".{Path(store.FOLDER).name}-killed"
    leftover.mkdir(parents=True)
    load_drawn()
    assert not leftover.exists()


def test_a_copy_in_a_shared_folder_is_used(few: int, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = load_drawn()
    monkeypatch.setenv("QTL_SHARED", str(own_home))
    monkeypatch.setenv("QTL_HOME", str(own_home / "elsewhere"))
    assert load_drawn() == made
    assert not (own_home / "elsewhere").exists()


def test_with_a_home_that_cannot_be_written_it_is_drawn_elsewhere(
    few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "a file, not a folder"
    in_the_way.write_text("")
    monkeypatch.setenv("QTL_HOME", str(in_the_way))
    store._temporary.cache_clear()
    data = load_drawn()
    assert len(data.notes) == 2 and str(in_the_way) in data.notes[1]
    assert all(picture.path.exists() for picture in data.train)
    store._temporary.cache_clear()


def test_a_full_disk_is_said_and_nothing_is_left(few: int, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match="no room left on the disk"):
        load_drawn()
    assert files_below(own_home) == []


def colours_of(split: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean, spread and histogram of each colour channel, and labels of -1 and 1."""
    rows, labels = [], []
    for label, class_name in ((-1, "ants"), (1, "bees")):
        for number in range(count):
            pixels = np.asarray(draw_picture(split, class_name, number), np.float64) / 255
            shares = [np.histogram(pixels[..., i], 8, (0, 1))[0] / pixels[..., i].size for i in range(3)]
            rows.append(np.concatenate([pixels.mean((0, 1)), pixels.std((0, 1)), *shares]))
            labels.append(label)
    return np.array(rows), np.array(labels)


def test_colour_alone_does_not_tell_ants_from_bees() -> None:
    (train, train_labels), (val, val_labels) = colours_of("train", 50), colours_of("val", 30)
    mean, spread = train.mean(0), train.std(0) + 1e-9
    x, held_out = (train - mean) / spread, (val - mean) / spread
    weights = np.linalg.solve(x.T @ x + 5.0 * np.eye(x.shape[1]), x.T @ train_labels)  # ridge regression
    accuracy = float((np.sign(held_out @ weights) == val_labels).mean())
    assert 0.5 < accuracy < 0.85  # better than a coin (bees like flowers), far from what shapes give (0.94)
