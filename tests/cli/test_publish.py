"""`publish` from a shell: a folder, what is said of it, and what cannot be published."""

from __future__ import annotations

import json

import pytest

from tests.helpers.shell import shell

FILES = {"index.html": b"<!DOCTYPE html>", "page.js": b"answers"}


@pytest.fixture
def asked(monkeypatch) -> list:
    """What was asked for, while no real page is made: `tests/publish` makes one."""
    seen: list = []
    monkeypatch.setattr("qtl_core.publish.folder.page_files", lambda request: seen.append(request) or FILES)
    return seen


def test_it_writes_a_folder_and_says_where(asked, tmp_path, capsys):
    folder = tmp_path / "new" / "page"
    done = shell(capsys, "publish", "bundled", "--out", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == FILES
    assert str(folder) in done.stdout
    assert (asked[0].title, asked[0].model.key) == ("Ants or bees?", "bundled")


def test_as_json_it_says_what_each_file_weighs(asked, tmp_path, capsys):
    done = shell(capsys, "publish", "bundled", "--out", tmp_path, "--title", "Mine", "--json")
    assert json.loads(done.stdout) == {
        "run": "bundled",
        "folder": str(tmp_path),
        "files": {"index.html": 15, "page.js": 7},
    }
    assert asked[0].title == "Mine"


def test_a_folder_that_is_a_file_is_said_in_words(asked, tmp_path, capsys):
    file = tmp_path / "taken"
    file.write_bytes(b"")
    done = shell(capsys, "publish", "bundled", "--out", file)
    assert done.returncode == 2
    assert "is no folder" in done.stderr and asked == []


def test_a_page_is_replaced_and_nothing_else_is(asked, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "index.html").write_text('<script src="model.js">')
    assert shell(capsys, "publish", "bundled", "--out", tmp_path).returncode == 0
    assert {file.name for file in tmp_path.iterdir()} == {*FILES, "notes.txt"}
    done = shell(capsys, "publish", "bundled", "--out", tmp_path)  # the short page of these tests is none of a run
    assert done.returncode == 2 and "no page of a run" in done.stderr


def test_a_run_that_is_not_there_is_named(tmp_path, capsys):
    done = shell(capsys, "publish", "nowhere", "--out", tmp_path)
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_a_sites_own_files_are_not_overwritten_where_no_page_is(asked, tmp_path, capsys):
    (tmp_path / "page.css").write_text("my style")
    done = shell(capsys, "publish", "bundled", "--out", tmp_path)
    assert done.returncode == 2 and "page.css is there already" in done.stderr
    assert (tmp_path / "page.css").read_text() == "my style" and asked == []


@pytest.mark.parametrize(("named", "why"), [("", "empty"), (" ", "empty"), ("-", "standard output")])
def test_nothing_and_standard_output_are_no_folders(asked, tmp_path, monkeypatch, capsys, named, why):
    monkeypatch.chdir(tmp_path)
    done = shell(capsys, "publish", "bundled", "--out", named)
    assert done.returncode == 2 and why in done.stderr
    assert asked == [] and [*tmp_path.iterdir()] == []
