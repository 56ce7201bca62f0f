"""Data sets come in from zips and folders and go out as one file, from a shell."""

from __future__ import annotations

import json

import pytest

from qtl_core.pictures.datasets.creating import find, list_datasets
from qtl_core.pictures.datasets.versions import freeze
from tests.helpers.odd_archives import pictures, tarred, two_classes, written, zipped
from tests.helpers.own_sets import noise_set
from tests.helpers.shell import shell


def told(capsys, *words, code=0):
    done = shell(capsys, "data", *words, "--json")
    assert done.returncode == code, done.stderr
    (line,) = done.stdout.splitlines()
    return json.loads(line, parse_constant=pytest.fail)


@pytest.fixture
def pets(tmp_path):
    file = tmp_path / "my pets.zip"
    files = two_classes("train/") | two_classes("val/", 1) | {"readme.txt": b"hello", "__MACOSX/._x": b""}
    file.write_bytes(zipped(files))
    return file


def test_a_zip_comes_in_as_one_object(capsys, pets):
    found = told(capsys, "import", pets, "--name", "pets")
    assert found == {
        "id": find("pets").id,
        "name": "pets",
        "added": 6,
        "classes": {"cat": {"train": 2, "val": 1, "test": 0}, "dog": {"train": 2, "val": 1, "test": 0}},
        "skipped": [
            {
                "file": "readme.txt",
                "reason": "It is not a picture of a kind read here (JPEG, PNG, WebP, HEIC, BMP, TIFF, GIF or AVIF).",
            }
        ],
        "notes": ["1 file that systems and programs put there is left out: __MACOSX."],
    }


def test_words_go_where_they_belong(capsys, pets):
    done = shell(capsys, "data", "import", pets)
    assert done.returncode == 0
    assert done.stdout == f"6 added to my pets ({find('my pets').id}), which has 6 pictures now.\n"
    assert "Not added: readme.txt: It is not a picture" in done.stderr
    assert "Note: 1 file that systems and programs put there" in done.stderr


@pytest.mark.parametrize("kind", ["folder", "tar"])
def test_a_folder_and_a_tar_come_in(capsys, tmp_path, kind):
    place = tmp_path / "pets"
    if kind == "folder":
        written(place, two_classes())
    else:
        place.write_bytes(tarred(two_classes(), "w:gz"))
    assert told(capsys, "import", place)["added"] == 4
    assert find("pets").count == 4


def test_it_can_come_into_a_set_and_a_class(capsys, tmp_path, pets):
    made = noise_set(each=2)
    found = told(capsys, "import", pets, "--to", made.id, "--into", "cats")
    assert (found["id"], found["added"]) == (made.id, 6)
    assert {each.name: each.count for each in find(made.id).classes} == {"cats": 8, "dogs": 2}


def test_a_dry_run_says_it_and_takes_nothing(capsys, pets):
    found = told(capsys, "import", pets, "--dry-run")
    assert found["classes"]["cat"] == {"train": 2, "val": 1, "test": 0, "undivided": 0}
    assert list_datasets() == ()


def test_what_is_not_sure_is_refused_with_what_to_say(capsys, tmp_path):
    (tmp_path / "pets.zip").write_bytes(zipped(pictures("cat1.jpg", "cat2.jpg", "dog1.jpg", "dog2.jpg")))
    done = shell(capsys, "data", "import", tmp_path / "pets.zip")
    assert done.returncode == 2
    assert "Then say --by-name or --into pets." in done.stderr
    assert list_datasets() == ()
    assert told(capsys, "import", tmp_path / "pets.zip", "--by-name")["added"] == 4


def test_a_picture_left_out_is_exit_code_1(capsys, tmp_path):
    (tmp_path / "pets.zip").write_bytes(zipped(two_classes() | {"cat/broken.jpg": b"\xff\xd8\xff"}))
    assert told(capsys, "import", tmp_path / "pets.zip", code=1)["added"] == 4


@pytest.mark.parametrize("content", [b"", b"Rar!\x1a\7\1\0", zipped({})])
def test_what_is_no_archive_is_refused_and_leaves_no_set(capsys, tmp_path, content):
    (tmp_path / "pets.zip").write_bytes(content)
    done = shell(capsys, "data", "import", tmp_path / "pets.zip", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert list_datasets() == ()


def test_a_set_goes_out_and_comes_in_again(capsys, tmp_path):
    made = noise_set()
    out = told(capsys, "export", "pets", tmp_path / "out.qtl-data.zip")
    assert (out["id"], out["pictures"], out["bytes"]) == (made.id, 12, (tmp_path / "out.qtl-data.zip").stat().st_size)
    found = told(capsys, "import", tmp_path / "out.qtl-data.zip")
    assert (found["name"], found["added"]) == ("pets", 12)
    assert found["id"] != made.id
    again = told(capsys, "export", found["id"], tmp_path / "again.qtl-data.zip")
    assert again["bytes"] == out["bytes"]
    assert (tmp_path / "out.qtl-data.zip").read_bytes() == (tmp_path / "again.qtl-data.zip").read_bytes()


def test_a_version_goes_out_as_it_was(capsys, tmp_path):
    made = noise_set()
    number = freeze(made.id).number
    kept = told(capsys, "export", "pets", tmp_path / "now.zip")["pictures"]
    shell(capsys, "data", "add", "pets", "cats", written(tmp_path / "more", pictures("later.jpg")))
    assert told(capsys, "export", "pets", tmp_path / "then.zip", "--version", number)["pictures"] == kept
    for wrong in ("x", "99"):
        assert shell(capsys, "data", "export", "pets", tmp_path / "no.zip", "--version", wrong).returncode == 2


def test_it_is_named_after_the_set(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    noise_set("Our pets")
    assert told(capsys, "export", "Our pets")["file"] == "Our-pets.qtl-data.zip"
    assert [each.name for each in tmp_path.iterdir()] == ["Our-pets.qtl-data.zip"]


def test_a_set_that_cannot_go_out_leaves_no_file(capsys, tmp_path):
    shell(capsys, "data", "new", "pets", "cats")
    done = shell(capsys, "data", "export", "pets", tmp_path / "out.zip")
    assert done.returncode == 2
    made = noise_set("others")
    from qtl_core.pictures.datasets.reading import pictures_of

    pictures_of(made.id)[-1].path.unlink()
    done = shell(capsys, "data", "export", "others", tmp_path / "out.zip")
    assert done.returncode == 2 and "cannot be read" in done.stderr
    assert list(tmp_path.iterdir()) == []
