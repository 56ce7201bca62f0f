"""Versions: what was trained on stays, whatever is done to the set afterwards."""

from __future__ import annotations

import errno
import io
import os

import pytest
from PIL import Image

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import editing, layout, versions
from qtl_core.pictures.datasets.adding import Incoming, add_many, add_picture
from qtl_core.pictures.datasets.creating import create, delete, find
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import SplitSettings
from qtl_core.pictures.datasets.versions import check_can_train, current_version, find_version, freeze, load_version
from qtl_core.pictures.sources.folder import read_folder
from tests.helpers.own_sets import noise_picture, noise_set


@pytest.fixture
def pets():
    return noise_set(each=10)


def files_below(folder):
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_a_version_is_a_folder_as_every_other_one(pets):
    version = freeze(pets.id)
    assert (version.number, version.classes, version.counts) == (
        1,
        ("cats", "dogs"),
        {"train": 14, "val": 6, "test": 0},
    )
    assert files_below(version.folder) == sorted(
        f"{each.part}/{each.class_name}/{each.file}" for each in version.entries
    )
    read, loaded = read_folder(version.folder), load_version(pets.id, 1)
    assert (loaded.name, loaded.kind) == ("pets", "dataset")
    assert (loaded.classes, loaded.train, loaded.val) == (read.classes, read.train, read.val)
    picture = pictures_of(pets.id)[0]
    assert picture.path.stat().st_nlink == 2


def test_the_same_pictures_are_the_same_version(pets):
    assert current_version(pets.id) == 0
    first = freeze(pets.id)
    assert (freeze(pets.id), current_version(pets.id)) == (first, 1)
    editing.remove(pets.id, [1])
    assert current_version(pets.id) == 0
    assert freeze(pets.id).number == 2
    editing.undo(pets.id)
    assert freeze(pets.id) == first
    editing.rename(pets.id, "animals")
    assert freeze(pets.id) == first
    editing.rename_class(pets.id, 1, "lions")
    assert freeze(pets.id).number == 3
    editing.set_split(pets.id, SplitSettings(0.4))
    assert freeze(pets.id).number == 4
    editing.move(pets.id, [1], 2)
    assert freeze(pets.id).number == 5


def test_whatever_is_done_to_the_set_leaves_the_version(pets):
    loaded = load_version(pets.id)
    contents = {each.path: each.path.read_bytes() for each in (*loaded.train, *loaded.val)}
    editing.remove(pets.id, range(1, 8))
    editing.rename_class(pets.id, 2, "wolves")
    editing.remove_class(pets.id, 1)
    again = load_version(pets.id, 1)
    assert again == loaded
    assert {each.path: each.path.read_bytes() for each in (*again.train, *again.val)} == contents


def test_pictures_set_aside_are_neither_trained_on_nor_validated_with(pets):
    editing.set_split(pets.id, SplitSettings(0.2, 0.2))
    loaded = load_version(pets.id)
    assert (len(loaded.train), len(loaded.val), len(loaded.test)) == (12, 4, 4)
    assert {each.split for each in loaded.test} == {"test"}
    assert "4 pictures are set aside" in loaded.notes[0]
    assert find_version(pets.id, 1).counts["test"] == 4


def test_a_class_with_too_few_pictures_is_left_out_and_that_is_said(pets):
    editing.add_class(pets.id, "birds")
    fish = editing.add_class(pets.id, "fish")
    add_picture(pets.id, fish.id, noise_picture(1), "fish.png")
    loaded = load_version(pets.id)
    assert loaded.classes == ("cats", "dogs")
    assert [note.split(":")[0] for note in loaded.notes] == [
        "The class birds is left out",
        "The class fish is left out",
    ]


def test_a_class_without_validation_pictures_by_hand_is_left_out(pets):
    editing.set_part(pets.id, [each.id for each in pictures_of(pets.id, 1)], "train")
    with pytest.raises(UserError, match="none of its pictures is for validation"):
        load_version(pets.id)


@pytest.mark.parametrize("classes", [[], ["cats"], ["cats", "dogs"]])
def test_what_cannot_be_trained_on_yet_is_said(classes):
    made = create("pets", classes)
    for do in (freeze, load_version, check_can_train, current_version):
        with pytest.raises(UserError, match="cannot be trained on yet"):
            do(made.id)


def test_a_class_of_one_burst_trains_and_says_that_its_figure_flatters():
    made = create("pets", ["cats", "dogs"])
    add_many(made.id, [Incoming(1, noise_picture(seed), f"{seed}.png", group="burst 1") for seed in range(10)])
    add_many(made.id, [Incoming(2, noise_picture(50 + seed), f"{seed}.png") for seed in range(10)])
    loaded = load_version(made.id)
    assert [each.path.name for each in loaded.val if each.label == 0] == ["7.png", "8.png", "9.png"]
    assert "as good as seen them" in loaded.notes[0]


def test_near_copies_across_the_parts_are_found(pets):
    picture = next(each for each in pictures_of(pets.id) if each.part == "train")
    large = noise_picture(3, (200, 200))
    stream = io.BytesIO()
    Image.open(io.BytesIO(large)).save(stream, "JPEG", quality=90)
    one = add_picture(pets.id, picture.class_id, large, "large.png", part="train").picture
    other = add_picture(pets.id, picture.class_id, stream.getvalue(), "again.jpg", part="val").picture
    loaded = load_version(pets.id)
    assert [(copy.one.path.name, copy.other.path.name) for copy in loaded.copies] == [(one.name, other.name)]
    assert "1 of 7 validation pictures is a copy" in loaded.notes[0]
    assert load_version(pets.id, comparing=False).copies == ()


def test_files_of_one_name_in_a_class_are_told_apart():
    made = create("pets", ["cats", "dogs"])
    for class_id in (1, 2):
        names = ["a.png", "A.PNG", "a.png", "b.png"]
        add_many(
            made.id, [Incoming(class_id, noise_picture(10 * class_id + at), name) for at, name in enumerate(names)]
        )
    version = freeze(made.id)
    names = [each.file.casefold() for each in version.entries if each.class_name == "cats"]
    assert len(set(names)) == 4
    assert len(files_below(version.folder)) == 8


def test_where_no_links_can_be_made_copies_are(pets, monkeypatch):
    def refuse(source, target):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    version = freeze(pets.id)
    assert len(files_below(version.folder)) == 20
    assert pictures_of(pets.id)[0].path.stat().st_nlink == 1


def test_a_version_whose_folder_lost_files_gets_them_back(pets):
    version = freeze(pets.id)
    files = list(version.folder.rglob("*.png"))
    for file in files[:5]:
        file.unlink()
    assert find_version(pets.id, 1) == version
    assert all(file.exists() for file in files)


def test_what_is_gone_for_good_is_said(pets):
    version = freeze(pets.id)
    lost = version.entries[0]
    (version.folder / lost.part / lost.class_name / lost.file).unlink()
    layout.picture_file(pets.id, lost.sha256, lost.name).unlink()
    with pytest.raises(UserError, match="1 of its 20 pictures are no longer on this computer"):
        load_version(pets.id, 1)
    with pytest.raises(UserError, match="has no version 7"):
        find_version(pets.id, 7)
    delete(pets.id)
    with pytest.raises(UserError, match="There is no data set"):
        load_version(pets.id, 1)


def test_a_freeze_that_was_cut_off_before_its_row_is_made_again(pets, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(versions, "writing", lambda *_args, **_options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            freeze(pets.id)
    assert layout.version_folder(pets.id, 1).is_dir()
    editing.remove(pets.id, [1])
    version = freeze(pets.id)
    assert (version.number, len(files_below(version.folder))) == (1, 19)
    assert find(pets.id).count == 19


def test_a_full_disk_leaves_no_half_a_version(pets, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr("shutil.copy2", full)
    with pytest.raises(UserError, match="no room left on the disk"):
        freeze(pets.id)
    assert [entry.name for entry in layout.version_folder(pets.id, 1).parent.iterdir()] == []
