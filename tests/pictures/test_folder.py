"""Folders of pictures as people have them: read whole, or refused with the sentence that helps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.pictures.sources import folder as reading
from qtl_core.pictures.sources.dataset import labels_of
from qtl_core.pictures.sources.folder import SPLIT_NOTE, read_folder
from tests.conftest import SHARED, needs_shared


def put(root: Path, *names: str) -> Path:
    """Makes small real pictures under the given names."""
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), (number, 0, 0)).save(root / name)
    return root


def names(root: Path, pictures) -> list[str]:
    return [picture.path.relative_to(root).as_posix() for picture in pictures]


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    return put(
        tmp_path / "pets", "train/dog/2.jpg", "train/dog/10.jpg", "train/cat/1.png", "val/dog/3.jpg", "val/cat/4.jpg"
    )


def sentence(root: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_folder(root)
    return str(caught.value)


def test_train_and_val(pets: Path) -> None:
    data = read_folder(pets)
    assert (data.name, data.kind, data.classes) == ("pets", "folder", ("cat", "dog"))
    assert names(pets, data.train) == ["train/cat/1.png", "train/dog/10.jpg", "train/dog/2.jpg"]
    assert names(pets, data.val) == ["val/cat/4.jpg", "val/dog/3.jpg"]
    assert labels_of(data.train) == [0, 1, 1] and {picture.split for picture in data.val} == {"val"}
    assert data.skipped == data.notes == ()


def test_hidden_files_are_ignored_and_others_passed_over_with_a_reason(pets: Path) -> None:
    (pets / "train/dog/.DS_Store").write_text("x")
    (pets / "__MACOSX").mkdir()
    (pets / "train/dog/notes.txt").write_text("good dogs")
    (pets / "train/dog/empty.jpg").touch()
    put(pets, "train/dog/puppies/5.jpg")
    os.mkfifo(pets / "train/dog/pipe.jpg")
    data = read_folder(pets)
    assert len(data.train) == 3
    assert {each.path.name: each.reason.split(";")[0] for each in data.skipped} == {
        "empty.jpg": "The file is empty.",
        "notes.txt": "It is not a picture of a kind read here (JPEG, PNG, WebP, HEIC, BMP, TIFF, GIF or AVIF).",
        "pipe.jpg": "It is not a file.",
        "puppies": "It is a folder",
    }


def test_a_name_that_is_no_text_is_passed_over_and_a_class_of_such_a_name_refused(pets: Path) -> None:
    """It could be written to no page and no file."""
    put(pets, os.fsdecode(b"train/dog/\xff.jpg"))
    ((path, reason),) = [(str(each.path), each.reason) for each in read_folder(pets).skipped]
    assert path == f"{pets}/train/dog/?.jpg"
    assert "no text" in reason
    put(pets, os.fsdecode(b"train/\xfe/1.jpg"))
    assert sentence(pets) == f"{pets}/train/? has a name that is no text. Give the folder another name."


def test_links_are_followed_inside_the_folder_only(pets: Path, tmp_path: Path) -> None:
    put(tmp_path, "secret.jpg")
    (pets / "train/dog/out.jpg").symlink_to(tmp_path / "secret.jpg")
    (pets / "train/dog/in.jpg").symlink_to(pets / "train/dog/2.jpg")
    data = read_folder(pets)
    assert "train/dog/in.jpg" in names(pets, data.train)
    assert [(each.path.name, each.reason) for each in data.skipped] == [
        ("out.jpg", "It is a link that leads out of the folder.")
    ]
    put(tmp_path, "bird/1.jpg")
    (pets / "train/bird").symlink_to(tmp_path / "bird")
    skipped = {each.path.name: each.reason for each in read_folder(pets).skipped}
    assert skipped == dict.fromkeys(("bird", "out.jpg"), "It is a link that leads out of the folder.")


def test_classes_alone_are_split_the_same_way_every_time(tmp_path: Path) -> None:
    files = [f"{name}/{number}.png" for name in ("a", "b", "c") for number in range(10)]
    first, second = put(tmp_path / "one", *files), put(tmp_path / "two", *reversed(files))
    data = read_folder(first)
    assert (len(data.train), len(data.val), data.notes) == (21, 9, (SPLIT_NOTE,))
    assert "70%" in SPLIT_NOTE
    assert [labels_of(data.val).count(label) for label in range(3)] == [3, 3, 3]
    assert sorted(names(first, data.train) + names(first, data.val)) == sorted(files)
    again = read_folder(second)
    assert names(first, data.train) == names(second, again.train) and names(first, data.val) == names(second, again.val)


def test_two_pictures_a_class_are_enough(tmp_path: Path) -> None:
    data = read_folder(put(tmp_path, "a/1.png", "a/2.png", "b/1.png", "b/2.png"))
    assert labels_of(data.train) == labels_of(data.val) == [0, 1]
    (tmp_path / "b/2.png").unlink()
    assert "The class b" in sentence(tmp_path) and "one usable picture only" in sentence(tmp_path)


def test_a_set_has_its_folders_name_however_it_is_named(pets: Path) -> None:
    assert {read_folder(path).name for path in (pets, pets / "train/..", pets / ".", Path(f"{pets}/"))} == {"pets"}


def test_a_folder_around_the_folder_is_stepped_into(pets: Path) -> None:
    outer = pets.parent / "outer"
    outer.mkdir()
    pets.rename(outer / "pets")
    assert len(read_folder(outer).train) == 3


def test_missing_empty_and_no_folder_at_all(tmp_path: Path) -> None:
    assert f"The folder {tmp_path / 'none'} cannot be read. It is not there." in sentence(tmp_path / "none")
    assert "has no class folders" in sentence(tmp_path)
    (tmp_path / "file").touch()
    assert "file where a folder should be" in sentence(tmp_path / "file")
    assert "cannot be found" in sentence(Path("~nobody-of-this-name/x"))
    assert "cannot be read" in sentence(Path("a\0b")) and "cannot be read" in sentence(Path("x" * 5000))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_folder_without_permission(pets: Path) -> None:
    (pets / "train/dog").chmod(0)
    try:
        assert "Permission denied" in sentence(pets)
    finally:
        (pets / "train/dog").chmod(0o755)


def test_one_class_only(tmp_path: Path) -> None:
    assert "has one class only, ant" in sentence(put(tmp_path / "x", "ant/1.png", "ant/2.png"))
    assert "has one class only, ant" in sentence(put(tmp_path / "y", "train/ant/1.png", "val/ant/2.png"))


def test_train_without_val(tmp_path: Path) -> None:
    assert "has train but no val" in sentence(put(tmp_path, "train/a/1.png", "train/b/1.png"))


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    assert read_folder(put(tmp_path, "bus/1.png", "bus/2.png", "train/1.png", "train/2.png")).classes == (
        "bus",
        "train",
    )


def test_classes_that_differ_are_named(pets: Path) -> None:
    put(pets, "val/fox/1.jpg", "train/emu/1.jpg", "train/cow/1.jpg")
    assert "hold different classes. Only train has cow, emu. Only val has fox." in sentence(pets)


def test_a_class_without_usable_pictures(pets: Path) -> None:
    (pets / "val/dog/3.jpg").write_text("")
    assert f"{pets / 'val/dog'} has no picture that can be used. 1 passed over; 3.jpg: The file is empty." in sentence(
        pets
    )
    (pets / "val/dog/3.jpg").unlink()
    assert f"{pets / 'val/dog'} has no picture that can be used. It is empty." in sentence(pets)


def test_too_many_files(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_FILES", 4)
    assert "holds 5 files. Up to 4 are read" in sentence(pets)


def test_progress_and_stop(pets: Path) -> None:
    seen = []
    read_folder(pets, progress=lambda *at: seen.append(at))
    assert seen == [(done, 5) for done in range(1, 6)]
    with pytest.raises(StoppedByUser):
        read_folder(pets, should_stop=lambda: True)


@pytest.mark.shared
@needs_shared
def test_the_real_photos_are_those_of_the_recipe() -> None:
    data = read_folder(SHARED / "datasets/hymenoptera_data")
    assert (data.classes, len(data.train), len(data.val)) == (("ants", "bees"), 244, 153)
    assert [each.path.name for each in data.skipped] == ["imageNotFound.gif"]
