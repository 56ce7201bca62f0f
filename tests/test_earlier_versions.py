"""What an earlier version kept, sent and exported opens in this one, with the same figures to the last digit.

The files lie in `earlier_versions/`, whose README says which commit wrote them; `said.json` holds what it said of them.
Links are in `test_earlier_links.py`, what only the newer versions wrote in `test_earlier_kinds.py`.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from qtl_core import load_run
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.features.cache import FeatureCache
from qtl_core.runs.store import keep_run, provenance_of, rename, undelete
from tests.earlier_versions.asking import digest
from tests.helpers.earlier import VERSIONS, Version, with_what_is_said_since
from tests.helpers.shell import shell

PICTURES_MOVED = "Its validation pictures are not where they were, so they are shown by name alone."

OF_ELSEWHERE = {"origin": "file", "starred": False}  # what coming in by a file changes of a run
OF_THIS_STORE = {"version", "updated", "size"}
A_MODULE = re.compile(rb"(qtl_core|ui|pages)\.[a-z]")


@pytest.fixture(params=VERSIONS, ids=lambda version: version.folder.name)
def version(request) -> Version:
    """Each version in turn."""
    return request.param


@pytest.fixture
def store(version, own_home) -> Path:
    """The home as that version left it."""
    return shutil.copytree(version.folder / "home", own_home, dirs_exist_ok=True)


def lines(capsys, *words: object) -> list[dict]:
    done = shell(capsys, *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def said_again(now: dict, then: dict) -> dict:
    """Returns of what is said now that which was said then; new figures may stand beside it.

    Runs name their pictures by where they lay on the machine that learnt from them, which is another one.
    """
    found = {name: now.get(name) for name in then}
    if "needs" in then:
        found["needs"] = [need for need in now["needs"] if need in then["needs"] or need != PICTURES_MOVED]
    return found


# The store


def test_the_store_lists_the_same_runs_in_every_state(version, store, capsys):
    assert {record["state"] for record in version.said["list"]} == {"finished", "interrupted"}
    assert lines(capsys, "runs", "list") == version.said["list"]
    assert lines(capsys, "runs", "list", "--deleted") == version.said["deleted"]


def test_every_run_is_shown_with_the_same_figures_and_circuit(version, store, capsys):
    shown = {name: lines(capsys, "runs", "show", run_id)[0] for name, run_id in version.runs.items()}
    said = {name: each["show"] for name, each in version.said["of"].items()}
    assert {name: said_again(shown[name], said[name]) for name in said} == said
    for name, each in shown.items():
        parts = [part["part"] for part in each["figures"] if part["part"] != "test"]
        assert parts == (["validation"] if each["val_size"] and each["epochs"] else []), name
    drawn = {name: each["drawn"] for name, each in version.said["of"].items() if each["drawn"]}
    assert {name: shell(capsys, "draw", "--run", version.runs[name]).stdout for name in drawn} == drawn


def test_every_run_has_the_same_arrays_end_and_provenance(version, store):
    assert version.said["of"].keys() == version.runs.keys()
    for name, said in version.said["of"].items():
        view, provenance = load_run(version.runs[name]), provenance_of(version.runs[name])
        for group, arrays in said["arrays"].items():
            assert {key: digest(values) for key, values in getattr(view.checkpoint, group).items()} == arrays, name
        assert [digest(epoch.val_probabilities) for epoch in view.epochs] == said["probabilities"], name
        assert (dataclasses.asdict(view.ended) if view.ended else None) == said["ended"], name
        assert (provenance.data.sha256 if provenance.data else None) == said["data_sha256"], name
        assert provenance.versions == said["versions"], name


def test_what_people_wrote_on_a_run_is_there_and_can_be_changed(version, store, capsys):
    run_id = version.runs["kept"]
    (record,) = (each for each in lines(capsys, "runs", "list") if each["id"] == run_id)
    written = (record["name"], record["note"], record["tags"], record["starred"])
    assert written == ("Ants at noon — ünï", "A *note*\nof two lines", ["lesson", "<b>"], True)
    rename(run_id, "Bees")
    undelete([version.runs["deleted"]])
    now = {each["id"]: each for each in lines(capsys, "runs", "list")}
    assert now[run_id] == record | {"name": "Bees", "size": now[run_id]["size"]}
    assert now.keys() == set(version.runs.values())


def test_the_store_found_without_its_tables_is_made_again_from_the_copies(version, store, capsys):
    (store / "runs/store.sqlite").unlink()
    found = {each["id"]: each for each in lines(capsys, "runs", "list")}
    expected = {each["id"]: each for each in version.said["list"]}
    assert found.keys() >= expected.keys()
    for run_id, record in expected.items():
        assert found[run_id] == record | {"size": found[run_id]["size"]}


def test_features_kept_before_are_found_under_the_same_name_and_read(version, store):
    with FeatureCache(resolve_backbone("efficientnet_lite0")) as kept:
        found = kept.read([(picture, 0) for picture in version.said["kept_features"]])
    hashes = {picture: hashlib.sha256(vector.tobytes()).hexdigest() for (picture, _), vector in found.items()}
    assert hashes == version.said["kept_features"]
    assert kept.notes == []
    assert len(list((store / "features").glob("*.sqlite"))) == 1


# Files


def test_run_files_open_as_the_same_runs(version, own_home, capsys):
    files = sorted(version.folder.glob("*.qtl.zip"))
    assert version.folder / "kept.qtl.zip" in files
    for file in files:
        run_id, said = version.runs[file.name.removesuffix(".qtl.zip")], version.said["of"][file.name[:-8]]
        (found,) = lines(capsys, "runs", "import", file)
        assert (found["run"], found["was_here"], found["is_renamed"]) == (run_id, False, False)
        (shown,) = lines(capsys, "runs", "show", run_id)
        of_this_store = {name: shown[name] for name in OF_THIS_STORE}
        of_this_store["lineage"] = [each | {"kept": False} for each in said["show"]["lineage"]]  # not the ancestors
        assert said_again(shown, said["show"]) == said["show"] | OF_ELSEWHERE | of_this_store
        best = load_run(run_id).checkpoint.best_weights
        assert {key: digest(values) for key, values in best.items()} == said["arrays"]["best_weights"]
        assert provenance_of(run_id).versions == said["versions"]


def test_a_run_file_of_a_run_in_the_store_is_known_to_be_the_same(version, store, capsys):
    (found,) = lines(capsys, "runs", "import", version.folder / "kept.qtl.zip")
    assert (found["run"], found["was_here"]) == (version.runs["kept"], True)


def test_a_run_goes_out_again_with_the_same_contents(version, store, capsys, tmp_path):
    lines(capsys, "runs", "export", version.runs["kept"], tmp_path / "again.qtl.zip")
    before = version.folder / "kept.qtl.zip"
    for name in ("weights.safetensors", "predictions.safetensors", "history.csv", "predictions.csv", "circuit.qasm"):
        assert entry(tmp_path / "again.qtl.zip", name) == entry(before, name)
    ours = json.loads(entry(tmp_path / "again.qtl.zip", "run.json"))
    assert ours == json.loads(entry(before, "run.json"), object_hook=with_what_is_said_since)


def entry(archive: Path, name: str) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(name)


@pytest.mark.parametrize("layout", ["demo", "paper"])
def test_a_head_comes_in_with_the_same_weights_and_goes_out_the_same(version, store, capsys, tmp_path, layout):
    file = version.folder / f"head-{layout}.pt"
    words = ("--depth", 2, "--layout", layout, "--backbone", "efficientnet_lite0")
    run_id = lines(capsys, "import-head", file, *words)[-1]["run"]
    best = load_run(run_id).checkpoint.best_weights
    assert {key: digest(values) for key, values in best.items()} == version.said["of"]["kept"]["arrays"]["best_weights"]
    for source in (run_id, version.runs["kept"]):
        shell(capsys, "export-head", "--run", source, "--layout", layout, tmp_path / "out.pt")
        ours, theirs = torch.load(tmp_path / "out.pt"), torch.load(file)
        assert list(ours) == list(theirs)
        assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


# Answers


@pytest.mark.parametrize("name", ["kept", "head"])
def test_pictures_get_the_same_answers(version, store, capsys, monkeypatch, name):
    """The two runs are one head, which went out and came in again."""
    monkeypatch.chdir(version.folder / "pictures")
    told, pictures = version.lines("predictions.jsonl"), pictures_of(version)
    answers = lines(capsys, "predict", "--run", version.runs[name], *pictures)
    assert len(answers) == len(told) == len(pictures)
    for ours, theirs in zip(answers, told, strict=True):
        shares = theirs.pop("probabilities")
        assert ours.pop("probabilities") == pytest.approx(shares, abs=1e-6)
        assert ours == theirs


def test_the_table_of_answers_has_the_same_columns_and_values(version, store, capsys, monkeypatch):
    monkeypatch.chdir(version.folder / "pictures")
    pictures, said = pictures_of(version), (version.folder / "predictions.csv").read_text()
    table = shell(capsys, "predict", "--run", version.runs["kept"], *pictures, "--csv").stdout
    (columns, *ours), (expected, *theirs) = (list(csv.reader(io.StringIO(text))) for text in (table, said))
    assert columns == expected
    assert len(ours) == len(theirs) == len(pictures)
    assert [row[:2] + row[4:] for row in ours] == [row[:2] + row[4:] for row in theirs]
    shares = [np.array([row[2:4] for row in rows], float) for rows in (ours, theirs)]
    assert shares[0] == pytest.approx(shares[1], abs=1e-6)


def pictures_of(version: Version) -> list[str]:
    """The names of the pictures that the version was asked about."""
    return sorted(file.name for file in (version.folder / "pictures").iterdir())


# What is written must not depend on where this code lies


def test_nothing_written_names_a_module_of_this_code(version, store, capsys, tmp_path):
    run_id = keep_run(load_run(version.runs["kept"]))
    lines(capsys, "runs", "export", run_id, tmp_path / "run.qtl.zip")
    shell(capsys, "export-head", "--run", run_id, tmp_path / "head.pt")
    written = {file.name: file.read_bytes() for file in (store / "runs").rglob("*") if file.is_file()}
    names = ("manifest.json", "run.json", "weights.safetensors", "predictions.safetensors")  # those that are read
    written |= {f"zip/{name}": entry(tmp_path / "run.qtl.zip", name) for name in names}
    written |= {"head.pt": (tmp_path / "head.pt").read_bytes()}
    assert {"store.sqlite", "run.json", "zip/run.json", "head.pt"} <= written.keys()
    assert [name for name, content in written.items() if A_MODULE.search(content)] == []
