"""Data sets made, filled, listed, divided and deleted from a shell."""

from __future__ import annotations

import json

import pytest

from qtl_core.cli.options import data_named
from qtl_core.pictures.datasets.creating import find, list_datasets
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.runs.store import find_run
from tests.helpers.own_sets import noise_picture, noise_set
from tests.helpers.shell import shell


def told(capsys, *words, code=0):
    done = shell(capsys, "data", *words, "--json")
    assert done.returncode == code, done.stderr
    return [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(10):
        (folder / f"cat{seed}.png").write_bytes(noise_picture(seed))
    (folder / "notes.txt").write_text("no picture")
    (folder / ".DS_Store").write_text("of the system")
    return folder


def test_a_set_is_made_filled_and_shown(capsys, photos):
    (made,) = told(capsys, "new", "pets", "dogs", "--note", "ours")
    assert (made["name"], made["classes"], made["note"]) == (
        "pets",
        {"dogs": {"train": 0, "val": 0, "test": 0}},
        "ours",
    )
    (added,) = told(capsys, "add", "pets", "cats", photos, code=1)
    assert (added["id"], added["added"]) == (made["id"], 10)
    assert [each["file"] for each in added["skipped"]] == [str(photos / "notes.txt")]
    assert "not a picture" in added["skipped"][0]["reason"]
    (shown,) = told(capsys, "show", made["id"])
    assert shown["classes"]["cats"] == {"train": 7, "val": 3, "test": 0}
    lines = shell(capsys, "data", "show", "pets").stdout
    assert "0 dogs, 10 cats" in lines
    assert "cats: 7 to train on, 3 for validation" in lines
    assert "ours" in lines


def test_files_of_a_group_stay_together_and_a_part_can_be_chosen(capsys, photos):
    told(capsys, "new", "pets")
    files = sorted(photos.glob("*.png"))
    told(capsys, "add", "pets", "cats", *files[:5], "--group", "burst 1")
    told(capsys, "add", "pets", "cats", *files[5:], "--part", "test")
    pictures = pictures_of(find("pets").id)
    assert {each.group for each in pictures} == {"burst 1", ""}
    assert [each.part for each in pictures[5:]] == ["test"] * 5
    done = shell(capsys, "data", "split", "pets", "--no-chosen")
    assert done.returncode == 0
    pictures = pictures_of(find("pets").id)
    assert len({each.part for each in pictures[:5]}) == 1
    assert {each.part for each in pictures} == {"train", "val"}


def test_the_split_is_changed_by_share_and_seed(capsys):
    made = noise_set(each=10)
    (shown,) = told(capsys, "split", "pets", "--val", "20%", "--test", "0.2", "--seed", "3")
    assert shown["split"] == {"val": 0.2, "test": 0.2, "seed": 3}
    assert shown["classes"]["cats"] == {"train": 6, "val": 2, "test": 2}
    assert "2 set aside" in shell(capsys, "data", "show", made.id).stdout
    for words in (["--val", "0.9"], ["--val", "nan"], ["--seed", "-1"], []):
        assert shell(capsys, "data", "split", "pets", *words).returncode == 2


def test_sets_are_listed_deleted_and_taken_back(capsys):
    made = noise_set()
    assert [each["id"] for each in told(capsys, "list")] == [made.id]
    assert "6 cats, 6 dogs" in shell(capsys, "data", "list").stdout
    assert shell(capsys, "data", "delete", "pets", "nothing").returncode == 2
    assert list_datasets()
    done = shell(capsys, "data", "delete", "pets")
    assert f"--undo {made.id}" in done.stdout
    assert told(capsys, "list") == []
    assert [each["name"] for each in told(capsys, "list", "--deleted")] == ["pets"]
    assert told(capsys, "delete", "--undo", made.id) == [{"id": made.id, "name": "pets", "is": "restored"}]
    assert find("pets").count == 12


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "nothing"], "There is no data set 'nothing'"),
        (["new", " "], "needs a name"),
        (["add", "pets", "../x", "file"], "cannot be the name of a class"),
        (["burn", "pets"], "there is no command burn"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(capsys, words, said):
    noise_set()
    done = shell(capsys, "data", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_not_there_is_said_and_the_others_are_added(capsys, photos):
    told(capsys, "new", "pets")
    (added,) = told(capsys, "add", "pets", "cats", photos / "gone.png", photos / "cat1.png", code=1)
    assert (added["added"], len(added["skipped"])) == (1, 1)


def test_train_takes_a_set_by_its_name_and_a_folder_before_it(capsys, tmp_path, monkeypatch):
    made = noise_set(each=4)
    quick = ["--backbone", "efficientnet_lite0", "--epochs", "1", "--qubits", "2", "--depth", "1", "--json"]
    for name in ("pets", made.id):
        done = shell(capsys, "train", "--data", name, *quick)
        assert done.returncode == 0, done.stderr
        last = json.loads(done.stdout.splitlines()[-1])
        assert (last["source"], last["train_size"], last["val_size"]) == ("dataset", 6, 2)
        assert find_run(last["run"]).settings.data.dataset_version == 1
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pets").mkdir()
    assert data_named("pets") == {"source": "folder", "folder": str(tmp_path / "pets")}
    assert data_named("nothing") == {"source": "folder", "folder": "nothing"}
    assert "The folder" in shell(capsys, "train", "--data", "nothing", *quick).stderr
