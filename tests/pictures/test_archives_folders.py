"""A folder of this computer, and one that is dropped in a browser, are understood as a zip of the same files is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.pictures.archives.plan import ArchivePlan, Source, by_reason
from qtl_core.pictures.archives.understanding import understand, understand_names
from tests.helpers.odd_archives import picture, pictures, two_classes, written, zipped

KINDS = {
    "classes alone": two_classes(),
    "in parts": two_classes("train/") | two_classes("val/", 1),
    "too deep": two_classes("pets/data/"),
    "a table": pictures("a.jpg", "b.jpg", "c.jpg") | {"l.csv": b"f,label\na.jpg,x\nb.jpg,y\nc.jpg,x\n"},
    "odd files": two_classes()
    | {"cat/Thumbs.db": b"x", "cat/._0.jpg": b"x", "dog/a.txt": b"hello", "dog/b.gif": picture(1, "GIF")},
    "emoji and accents": pictures("🐱/é 1.JPG", "Käfer/2.jpeg"),
}


def told(plan: ArchivePlan) -> tuple[object, ...]:
    """All of a plan but where its files are and how these are called there."""
    pictures = sorted((each.name, each.class_name, each.part) for each in plan.pictures)
    notes = [note for note in plan.notes if "systems and programs" not in note]
    return pictures, sorted((each.name, each.reason) for each in plan.skipped), notes, plan.classes


@pytest.mark.parametrize("name", KINDS)
def test_a_folder_and_dropped_files_give_the_plan_of_their_zip(name: str, tmp_path: Path):
    files = KINDS[name]
    (tmp_path / "set.zip").write_bytes(zipped(files))
    folder = written(tmp_path / "set", files)
    of_zip = understand(Source("set.zip", tmp_path / "set.zip"))
    of_folder = understand(Source("set", folder))
    of_files = understand(Source("set", files=tuple((each, folder / each) for each in files)))
    assert told(of_zip) == told(of_folder) == told(of_files)


def test_a_dropped_folder_is_understood_by_its_names_alone():
    files = two_classes("pets/train/") | two_classes("pets/val/", 1) | {"pets/.DS_Store": b"", "pets/notes.txt": b""}
    plan = understand_names(files, "pets")
    assert [(each.name, each.train, each.val) for each in plan.classes] == [("cat", 2, 1), ("dog", 2, 1)]
    assert [(each.name, each.reason) for each in plan.skipped] == [
        ("pets/notes.txt", "It is not called as pictures are.")
    ]
    assert {each.path for each in plan.pictures} <= set(files)


def test_links_lead_nowhere_outside(tmp_path: Path):
    outside = written(tmp_path / "outside", pictures("1.jpg"))
    folder = written(tmp_path / "set", two_classes())
    (folder / "cat/9.jpg").symlink_to(outside / "1.jpg")
    (folder / "bird").symlink_to(outside)
    plan = understand(Source("set", folder))
    assert {each.name: each.count for each in plan.classes} == {"cat": 2, "dog": 2}
    assert by_reason(plan.skipped) == {"It is a link that leads out of the folder.": ("bird", "cat/9.jpg")}


def test_folders_that_nobody_sees_are_no_classes(tmp_path: Path):
    folder = written(tmp_path / "set", two_classes() | {".git/config": b"[core]", "__pycache__/a.pyc": b"x"})
    assert understand(Source("set", folder)).notes == ()


def test_an_open_server_reads_its_own_folders_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QTL_OPEN", "1")
    with pytest.raises(UserError, match="This server is open to others"):
        understand(Source("set", written(tmp_path / "set", two_classes())))


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_text_are_said(tmp_path: Path):
    folder = written(tmp_path / "set", two_classes())
    Path(os.fsdecode(os.fsencode(folder / "cat") + b"/\xff.jpg")).write_bytes(picture())
    plan = understand(Source("set", folder))
    assert [each.reason for each in plan.skipped] == ["Its name holds bytes that are no text; give it another one."]


def test_too_many_files_are_refused(tmp_path: Path):
    with pytest.raises(UserError, match="These are 25,001 files; up to 25,000 files are looked at"):
        understand(Source("set", files=tuple((f"{number}.jpg", tmp_path) for number in range(25_001))))


def test_a_file_that_is_gone_is_said(tmp_path: Path):
    folder = written(tmp_path / "set", two_classes())
    files = tuple((each, folder / each) for each in (*two_classes(), "cat/7.jpg"))
    assert [each.reason for each in understand(Source("set", files=files)).skipped] == [
        "It cannot be read. It is not there."
    ]


def test_it_can_be_stopped_and_tells_how_far_it_is(tmp_path: Path):
    seen: list[tuple[int, int]] = []
    folder = written(tmp_path / "set", two_classes())
    understand(Source("set", folder), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    with pytest.raises(StoppedByUser):
        understand(Source("set", folder), should_stop=lambda: True)
