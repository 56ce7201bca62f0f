"""A data set goes into one file and comes out as it was; a stranger's file is believed where it agrees with itself."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.pictures.archives.data_files import data_file_name, data_file_of, data_file_of_version, write_data_file
from qtl_core.pictures.archives.plan import ArchivePlan, Source
from qtl_core.pictures.archives.scan import is_table
from qtl_core.pictures.archives.taking_over import take_over
from qtl_core.pictures.archives.understanding import understand
from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.editing import recolour_class, set_part, set_split
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import SplitSettings
from qtl_core.pictures.datasets.versions import freeze, load_version
from qtl_core.pictures.sources.folder import read_folder
from tests.helpers.own_sets import noise_picture


def made() -> str:
    """A set with groups, a chosen part, a split, colours, a note, odd names, and two pictures of one name."""
    record = create("Käfer & Co.", ["🐞 beetle", "ant", "empty"], note="From the garden.\nIn May.")
    beetle, ant, _ = record.classes
    recolour_class(record.id, ant.id, 4)
    names = ["a.png", "a.png", "Blüte <b>.png", "c.png", "d.png", "e.png"]
    incoming = [
        Incoming(klass.id, noise_picture(100 * klass.id + number), name, "burst 1" if number in (3, 4) else "")
        for klass in (beetle, ant)
        for number, name in enumerate(names)
    ]
    assert not [each.reason for each in add_many(record.id, incoming) if each.reason]
    set_split(record.id, SplitSettings(0.4, 0.2, 7))
    set_part(record.id, [pictures_of(record.id)[0].id], "test")
    return record.id


def file_of(set_id: str) -> bytes:
    return b"".join(write_data_file(data_file_of(set_id)))


def told(set_id: str) -> tuple[object, ...]:
    """All of a set that a file takes along."""
    record = find(set_id)
    classes = {each.id: each.name for each in record.classes}
    pictures = [
        (each.sha256, each.name, classes[each.class_id], each.group, each.chosen_part, each.part)
        for each in pictures_of(set_id)
    ]
    return record.name, record.note, record.split, [(each.name, each.colour) for each in record.classes], pictures


def opened(tmp_path: Path, content: bytes, name: str = "x.zip") -> ArchivePlan:
    (tmp_path / name).write_bytes(content)
    return understand(Source(name, tmp_path / name))


def test_it_comes_out_as_it_went_in(tmp_path: Path):
    set_id = made()
    plan = opened(tmp_path, file_of(set_id))
    again = create(plan.title)
    taken = take_over(plan, again.id)
    assert (taken.added, taken.skipped, taken.changed) == (12, (), ())
    assert told(again.id) == told(set_id)
    assert freeze(again.id).digest == freeze(set_id).digest


def test_equal_sets_give_equal_bytes(tmp_path: Path):
    set_id = made()
    again = create("other name")
    take_over(opened(tmp_path, file_of(set_id)), again.id)
    assert file_of(set_id) == file_of(set_id)
    name = json.dumps("other name").encode()
    assert file_of(again.id) != file_of(set_id)
    assert name in zipfile.ZipFile(io.BytesIO(file_of(again.id))).read("manifest.json")


def test_other_programs_read_it_as_a_folder_of_pictures(tmp_path: Path):
    set_id = made()
    with zipfile.ZipFile(io.BytesIO(file_of(set_id))) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "set")
    found, own = read_folder(tmp_path / "set"), load_version(set_id)
    assert found.classes == own.classes
    assert [each.path.read_bytes() for each in found.train] == [each.path.read_bytes() for each in own.train]
    lines = (tmp_path / "set/labels.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "file,class,part,group" and len(lines) == 13
    readme = (tmp_path / "set/README.txt").read_text("utf-8")
    assert "12 pictures in 3 classes:" in readme and "From the garden." in readme


def test_a_version_goes_out_as_it_was(tmp_path: Path):
    set_id = made()
    version = freeze(set_id)
    add_many(set_id, [Incoming(find(set_id).classes[0].id, noise_picture(999), "later.png")])
    plan = opened(tmp_path, b"".join(write_data_file(data_file_of_version(set_id, version.number))))
    again = create("again")
    take_over(plan, again.id)
    assert {(each.sha256, each.part) for each in pictures_of(again.id)} == {
        (each.sha256, each.part) for each in version.entries
    }


def test_a_set_that_has_something_keeps_its_own_split(tmp_path: Path):
    plan = opened(tmp_path, file_of(made()))
    other = create("other", ["ant"])
    add_many(other.id, [Incoming(other.classes[0].id, noise_picture(1), "one.png")])
    take_over(plan, other.id)
    assert find(other.id).split == SplitSettings()
    assert {each.name: each.count for each in find(other.id).classes} == {"ant": 7, "🐞 beetle": 6}


def test_a_set_that_was_just_made_becomes_what_the_file_says(tmp_path: Path):
    set_id = made()
    new = create("Data set 1", ["Class 1", "Class 2"])
    take_over(opened(tmp_path, file_of(set_id)), new.id)
    _, note, split, classes, pictures = told(new.id)
    assert (note, split, pictures) == told(set_id)[1:3] + told(set_id)[4:]
    assert classes == told(set_id)[3]


def test_it_is_named_as_every_disk_takes_it():
    assert data_file_name("Käfer & Co.") == "Kafer-Co.qtl-data.zip"
    assert data_file_name("../..") == data_file_name("猫") == "pictures.qtl-data.zip"


def test_nothing_is_written_of_an_empty_set():
    with pytest.raises(UserError, match="has no pictures to take along yet"):
        data_file_of(create("empty").id)


def test_a_picture_that_was_changed_on_disk_is_not_taken_along():
    set_id = made()
    path = pictures_of(set_id)[3].path
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="is not what it was when it was added"):
        file_of(set_id)
    path.unlink()
    with pytest.raises(UserError, match=r"cannot be read. It is not there."):
        file_of(set_id)


def test_writing_tells_how_far_it_is_and_can_be_stopped():
    data, seen = data_file_of(made()), []
    assert list(write_data_file(data, lambda done, total: seen.append((done, total))))
    assert seen == [(number, 12) for number in range(1, 13)]
    with pytest.raises(StoppedByUser):
        list(write_data_file(data, should_stop=lambda: True))


def changed(content: bytes, change: Callable[[dict[str, Any]], object], **files: bytes) -> bytes:
    """The file with its manifest changed, and other files in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        manifest = json.loads(before.read("manifest.json"))
        change(manifest)
        after.writestr("manifest.json", files.pop("manifest", json.dumps(manifest).encode()))
        for name in before.namelist()[1:]:
            after.writestr(name, files.get(name, before.read(name)))
    return file.getvalue()


def of_picture(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["pictures"][0].update(values)


REFUSED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a newer version": (lambda each: each.update(version=2), "It was written by a newer version of this app."),
    "no version": (lambda each: each.pop("version"), "It was written by a newer version of this app."),
    "no classes": (lambda each: each.pop("classes"), "Its manifest lists nothing, or more than there can be."),
    "a class twice": (lambda each: each["classes"].append(each["classes"][0]), "There is a class 🐞 beetle already."),
    "a class that leads out": (lambda each: each["classes"][0].update(name="../x"), "cannot be the name of a class"),
    "51 classes": (
        lambda each: each.update(classes=[{"name": str(number), "colour": 0} for number in range(51)]),
        "Its manifest lists nothing, or more than there can be.",
    ),
    "a colour that there is not": (
        lambda each: each["classes"][0].update(colour=99),
        "Its list of classes is damaged.",
    ),
    "a picture without a hash": (lambda each: each["pictures"][0].pop("sha256"), "Its list of pictures is damaged."),
    "a hash that is none": (of_picture(sha256="x"), "a class or a part that there is not"),
    "a class that there is not": (of_picture(**{"class": "bee"}), "a class or a part that there is not"),
    "a part that there is not": (of_picture(part="exam"), "a class or a part that there is not"),
    "a picture twice": (lambda each: each["pictures"].append(each["pictures"][0]), "A picture is listed twice in it."),
    "a group that is too long": (of_picture(group="x" * 5000), "Its list of pictures is damaged."),
    "a size below nothing": (of_picture(bytes=-1), "Its list of pictures is damaged."),
    "one more field": (of_picture(owner="me"), "Its list of pictures is damaged."),
    "a split beyond all": (lambda each: each["split"].update(val_share=7), "Its split is damaged."),
    "a split of no rule": (lambda each: each["split"].update(rule=3), "Its split is damaged."),
    "a split of text": (lambda each: each["split"].update(seed="1"), "Its split is damaged."),
    "a name that is a number": (lambda each: each.update(name=5), "A name in it is no text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_manifest_that_is_not_what_it_should_be_is_refused(name: str, tmp_path: Path):
    change, says = REFUSED[name]
    with pytest.raises(UserError) as caught:
        opened(tmp_path, changed(file_of(made()), change))
    assert caught.value.what == "x.zip cannot be opened as a data set."
    assert says in caught.value.why


@pytest.mark.parametrize(
    "manifest",
    [
        b'{"format": "qtl-data", "version": NaN}',
        b'{"format": "qtl-data"',
        b'{"format": "qtl-data", "format": "qtl-data"}',
    ],
)
def test_a_damaged_manifest_is_said(manifest: bytes, tmp_path: Path):
    with pytest.raises(UserError, match="Its manifest is damaged"):
        opened(tmp_path, changed(file_of(made()), lambda each: None, manifest=manifest))


def test_a_file_of_before_there_was_a_second_rule_is_divided_by_the_first(tmp_path: Path):
    plan = opened(tmp_path, changed(file_of(made()), lambda each: each["split"].pop("rule")))
    assert plan.described is not None and plan.described.split == SplitSettings(0.4, 0.2, 7, 1)


def test_the_manifest_of_another_program_means_nothing(tmp_path: Path):
    plan = opened(tmp_path, changed(file_of(made()), lambda each: None, manifest=b'{"name": "my extension"}'))
    assert {each.name: each.count for each in plan.classes} == {"ant": 6, "🐞 beetle": 6}
    assert plan.described is None


def test_a_picture_that_is_not_what_the_manifest_says_is_left_out_and_said(tmp_path: Path):
    content = file_of(made())
    path = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("manifest.json"))["pictures"][0]["path"]
    other = noise_picture(12345)
    plan = opened(tmp_path, changed(content, lambda each: None, **{path: other}))
    again = create("again")
    taken = take_over(plan, again.id)
    assert taken.added == 11
    assert [each.reason for each in taken.skipped] == ["It is not what the manifest says: it was changed or damaged."]
    assert hashlib.sha256(other).hexdigest() not in {each.sha256 for each in pictures_of(again.id)}


def test_what_is_not_listed_or_not_there_is_said(tmp_path: Path):
    def move(manifest: dict[str, Any]) -> None:
        manifest["pictures"][0]["path"] = "train/ant/none.png"

    plan = opened(tmp_path, changed(file_of(made()), move))
    assert sorted(each.reason for each in plan.skipped) == [
        "The manifest does not list it.",
        "The manifest lists it, and it is not there.",
    ]


def test_what_is_named_as_systems_name_their_own_files_comes_back(tmp_path: Path):
    record = create("odd", ["lost+found", "__pycache__", "plain"])
    incoming = [Incoming(number % 3 + 1, noise_picture(number), f"~${number}.png") for number in range(6)]
    assert not [each.reason for each in add_many(record.id, incoming) if each.reason]
    target = create("back")
    taken = take_over(opened(tmp_path, file_of(record.id)), target.id)
    assert (taken.added, taken.skipped) == (6, ())
    assert told(target.id)[3:] == told(record.id)[3:]
    version = freeze(record.id)
    content = b"".join(write_data_file(data_file_of_version(record.id, version.number)))
    assert len(opened(tmp_path, content, "version.zip").pictures) == 6


def test_a_manifest_of_the_largest_set_is_read_as_one():
    assert is_table("manifest.json", 40_000_000)
    assert not is_table("other.csv", 40_000_000)


def test_names_with_commas_do_not_spoil_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("qtl_core.pictures.archives.data_file_plan.MOST_FILES", 10)
    monkeypatch.setattr("qtl_core.pictures.archives.data_file_plan.MOST_CLASSES", 3)
    record = create("commas", ["a, b, c", "d"])
    incoming = [Incoming(1, noise_picture(number), f"1, 2, 3, 4, {number}.png") for number in range(10)]
    add_many(record.id, incoming)
    assert len(opened(tmp_path, file_of(record.id)).pictures) == 10


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(version=-5),
        lambda manifest: manifest.update(version=0),
        lambda manifest: manifest.update(pictures=[]),
        lambda manifest: manifest.update(pictures=[], classes=[]),
    ],
)
def test_a_manifest_of_nothing_is_refused(change: Callable[[dict[str, Any]], object], tmp_path: Path):
    with pytest.raises(UserError, match="cannot be opened as a data set"):
        opened(tmp_path, changed(file_of(made()), change))


def test_what_a_manifest_names_cannot_rule_a_screen(tmp_path: Path):
    plan = opened(tmp_path, changed(file_of(made()), of_picture(path="train/a\nNote: all fine\u202egpj")))
    assert plan.skipped[0].name == "train/a?Note: all fine?gpj"


def test_only_files_and_folders_are_read(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(UserError, match="neither a file nor a folder"):
            understand(Source(path.name, path))
    (tmp_path / "photo.png").write_bytes(noise_picture())
    plan = understand(Source("folder", tmp_path), into="cats")
    assert [each.name for each in plan.skipped] == ["pipe"]
