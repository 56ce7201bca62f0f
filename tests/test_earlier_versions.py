"""What an earlier version kept, sent and exported opens in this one, with the same figures to the last digit.

The files lie in `earlier_versions/`, whose README says which commit wrote them; `said.json` holds what it said of them.
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
from urllib.parse import parse_qs

import numpy as np
import pytest
import torch

from qtl_core import RunSettings, load_run
from qtl_core.learn.glossary.entries import find
from qtl_core.learn.topics import TOPICS
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.features.cache import FeatureCache
from qtl_core.runs.store import keep_run, provenance_of, rename, undelete
from tests.conftest import PROJECT
from tests.earlier_versions.write import digest
from tests.helpers.shell import shell
from ui.base.pages import PAGES
from ui.session.lesson import HIDEABLE
from ui.session.link import (
    SHOW_PARAMETER,
    STOP_PARAMETER,
    TERM_PARAMETER,
    TOPIC_PARAMETER,
    Link,
    query_of,
    read_link,
    text_of,
)
from ui.tour import STOPS

KEPT = PROJECT / "tests/earlier_versions/2026-11-26"
# Settings that there are since, with the value at which everything is as it was before there were any.
SINCE = {
    "training": {
        "class_weights": "none",
        "optimiser": "adam",
        "momentum": 0.9,
        "weight_decay": 0.0,
        "label_smoothing": 0.0,
        "standardise": False,
        "schedule": "step",
        "warm_up": 0,
        "patience": 0,
    },
    "data": {
        "dataset": "",
        "dataset_version": 0,
        "shape": "spirals",
        "turns": 1.52,
        "rotation_degrees": 0.0,
        "spread": 0.7,
        "points": 2000,
        "table": "",
        "label": "-1",
        "columns": "",
        "test_share": 0.0,
        "test_from": "validation",
        "per_class": 0,
        "divided_into": 0,
        "held_out": 1,
    },
}
GROUPS_SINCE = {
    "model": {"head": "dressed", "hidden_units": 16},
    "transfer": {"start_from": "", "carry": "pre_net,circuit,post_net", "freeze": ""},
    "readout": {
        "shots": 0,
        **dict.fromkeys(
            ("depolarizing_one", "depolarizing_two", "amplitude_damping", "phase_damping", "readout_flip"), 0.0
        ),
        "machine": "",
        "layout": "",
        "gate_times": 1.0,
    },
}
# Of what is known by these keys, what is said of it since.
MORE_SINCE: tuple[tuple[set[str], dict], ...] = (
    ({"val_sha256", "state"}, {"test_size": 0, "test_right": None, "test_looks": 0, "test_accuracy": None}),
    ({"val_sha256", "history"}, {"lineage": []}),
    ({"classes", "train", "val"}, {"test": []}),
    ({"prepared", "ended"}, {"tested": None, "test_looks": 0}),
    (
        {"val_files", "asked"},
        {
            **dict.fromkeys(("test_files", "test_labels", "lineage", "feature_names"), ()),
            **dict.fromkeys(("trained_parameters", "test_size"), 0),
        },
    ),
)


def with_what_is_said_since(said: dict) -> dict:
    """Returns what an earlier version said, with what it did not know yet."""
    if SINCE.keys() <= said.keys():
        return said | {group: more | said[group] for group, more in SINCE.items()} | GROUPS_SINCE
    for keys, more in MORE_SINCE:
        if keys <= said.keys():
            said |= {name: list(value) if value == () else value for name, value in more.items()}
    return said


SAID = json.loads((KEPT / "said.json").read_text(encoding="utf-8"), object_hook=with_what_is_said_since)
RUNS, RUN = SAID["runs"], SAID["runs"]["kept"]
PICTURES = sorted(file.name for file in (KEPT / "pictures").iterdir())
OF_ELSEWHERE = {"origin": "file", "starred": False}  # what coming in by a file changes of a run
OF_THIS_STORE = {"version", "updated", "size"}
A_MODULE = re.compile(rb"(qtl_core|ui|pages)\.[a-z]")


@pytest.fixture
def store(own_home) -> Path:
    """The home as the earlier version left it."""
    return shutil.copytree(KEPT / "home", own_home, dirs_exist_ok=True)


def lines(capsys, *words: object) -> list[dict]:
    done = shell(capsys, *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


# The store


def test_the_store_lists_the_same_runs_in_every_state(store, capsys):
    assert [record["state"] for record in SAID["list"]] == ["finished", "interrupted", "finished"]
    assert lines(capsys, "runs", "list") == SAID["list"]
    assert lines(capsys, "runs", "list", "--deleted") == SAID["deleted"]


@pytest.mark.parametrize("name", RUNS)
def test_a_run_is_shown_with_the_same_figures_and_circuit(store, capsys, name):
    (shown,) = lines(capsys, "runs", "show", RUNS[name])
    figures = shown.pop("figures")  # of every class, which no earlier version told
    assert shown == SAID["of"][name]["show"]
    assert [part["part"] for part in figures] == (["validation"] if shown["val_size"] and shown["epochs"] else [])
    assert shell(capsys, "draw", "--run", RUNS[name]).stdout == SAID["of"][name]["drawn"]


@pytest.mark.parametrize("name", RUNS)
def test_a_run_has_the_same_arrays_end_and_provenance(store, name):
    view, provenance, said = load_run(RUNS[name]), provenance_of(RUNS[name]), SAID["of"][name]
    for group, arrays in said["arrays"].items():
        assert {key: digest(values) for key, values in getattr(view.checkpoint, group).items()} == arrays
    assert [digest(epoch.val_probabilities) for epoch in view.epochs] == said["probabilities"]
    assert dataclasses.asdict(view.ended) == said["ended"]
    assert (provenance.data.sha256, provenance.versions) == (said["data_sha256"], said["versions"])


def test_what_people_wrote_on_a_run_is_there_and_can_be_changed(store, capsys):
    (record,) = (each for each in lines(capsys, "runs", "list") if each["id"] == RUN)
    written = (record["name"], record["note"], record["tags"], record["starred"])
    assert written == ("Ants at noon — ünï", "A *note*\nof two lines", ["lesson", "<b>"], True)
    rename(RUN, "Bees")
    undelete([RUNS["deleted"]])
    now = {each["id"]: each for each in lines(capsys, "runs", "list")}
    assert now[RUN] == record | {"name": "Bees", "size": now[RUN]["size"]}
    assert now.keys() == set(RUNS.values())


def test_the_store_found_without_its_tables_is_made_again_from_the_copies(store, capsys):
    (store / "runs/store.sqlite").unlink()
    found = {each["id"]: each for each in lines(capsys, "runs", "list")}
    expected = {each["id"]: each for each in SAID["list"]}
    assert found.keys() >= expected.keys()
    for run_id, record in expected.items():
        assert found[run_id] == record | {"size": found[run_id]["size"]}


def test_features_kept_before_are_found_under_the_same_name_and_read(store):
    with FeatureCache(resolve_backbone("efficientnet_lite0")) as kept:
        found = kept.read([(picture, 0) for picture in SAID["kept_features"]])
    hashes = {picture: hashlib.sha256(vector.tobytes()).hexdigest() for (picture, _), vector in found.items()}
    assert hashes == SAID["kept_features"]
    assert kept.notes == []
    assert len(list((store / "features").glob("*.sqlite"))) == 1


# Files


def test_a_run_file_opens_as_the_same_run(own_home, capsys):
    (found,) = lines(capsys, "runs", "import", KEPT / "kept.qtl.zip")
    assert (found["run"], found["was_here"], found["is_renamed"]) == (RUN, False, False)
    (shown,) = lines(capsys, "runs", "show", RUN)
    assert [part["part"] for part in shown.pop("figures")] == ["validation"]
    said = SAID["of"]["kept"]
    assert shown == said["show"] | OF_ELSEWHERE | {name: shown[name] for name in OF_THIS_STORE}
    best = load_run(RUN).checkpoint.best_weights
    assert {key: digest(values) for key, values in best.items()} == said["arrays"]["best_weights"]
    assert provenance_of(RUN).versions == said["versions"]


def test_a_run_file_of_a_run_in_the_store_is_known_to_be_the_same(store, capsys):
    (found,) = lines(capsys, "runs", "import", KEPT / "kept.qtl.zip")
    assert (found["run"], found["was_here"]) == (RUN, True)


def test_a_run_goes_out_again_with_the_same_contents(store, capsys, tmp_path):
    lines(capsys, "runs", "export", RUN, tmp_path / "again.qtl.zip")
    for name in ("weights.safetensors", "predictions.safetensors", "history.csv", "predictions.csv", "circuit.qasm"):
        assert entry(tmp_path / "again.qtl.zip", name) == entry(KEPT / "kept.qtl.zip", name)
    ours = json.loads(entry(tmp_path / "again.qtl.zip", "run.json"))
    assert ours == json.loads(entry(KEPT / "kept.qtl.zip", "run.json"), object_hook=with_what_is_said_since)


def entry(archive: Path, name: str) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(name)


@pytest.mark.parametrize("layout", ["demo", "paper"])
def test_a_head_comes_in_with_the_same_weights_and_goes_out_the_same(store, capsys, tmp_path, layout):
    file = KEPT / f"head-{layout}.pt"
    words = ("--depth", 2, "--layout", layout, "--backbone", "efficientnet_lite0")
    run_id = lines(capsys, "import-head", file, *words)[-1]["run"]
    best = load_run(run_id).checkpoint.best_weights
    assert {key: digest(values) for key, values in best.items()} == SAID["of"]["kept"]["arrays"]["best_weights"]
    for source in (run_id, RUN):
        shell(capsys, "export-head", "--run", source, "--layout", layout, tmp_path / "out.pt")
        ours, theirs = torch.load(tmp_path / "out.pt"), torch.load(file)
        assert list(ours) == list(theirs)
        assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


# Answers and links


@pytest.mark.parametrize("name", ["kept", "head"])
def test_pictures_get_the_same_answers(store, capsys, monkeypatch, name):
    """The two runs are one head, which went out and came in again."""
    monkeypatch.chdir(KEPT / "pictures")
    told = [json.loads(line) for line in (KEPT / "predictions.jsonl").read_text().splitlines()]
    answers = lines(capsys, "predict", "--run", RUNS[name], *PICTURES)
    assert len(answers) == len(told) == len(PICTURES)
    for ours, theirs in zip(answers, told, strict=True):
        shares = theirs.pop("probabilities")
        assert ours.pop("probabilities") == pytest.approx(shares, abs=1e-6)
        assert ours == theirs


def test_the_table_of_answers_has_the_same_columns_and_values(store, capsys, monkeypatch):
    monkeypatch.chdir(KEPT / "pictures")
    table = shell(capsys, "predict", "--run", RUN, *PICTURES, "--csv").stdout
    (columns, *ours), (expected, *theirs) = (
        list(csv.reader(io.StringIO(text))) for text in (table, (KEPT / "predictions.csv").read_text())
    )
    assert columns == expected
    assert len(ours) == len(theirs) == len(PICTURES)
    assert [row[:2] + row[4:] for row in ours] == [row[:2] + row[4:] for row in theirs]
    shares = [np.array([row[2:4] for row in rows], float) for rows in (ours, theirs)]
    assert shares[0] == pytest.approx(shares[1], abs=1e-6)


def test_a_link_means_the_same_and_is_written_the_same():
    query, settings = SAID["link"]["query"], RunSettings.from_dict(SAID["link"]["settings"])
    found = read_link(parse_qs(query), lambda _: settings, ("depth", "seed"))
    assert found == Link(settings, job="abc", run=RUN, hidden=frozenset({"depth", "seed"}))
    now = text_of(query_of(found))
    assert now == query.replace("&views=3", "")  # as published there are no views: what plays no part is left out
    assert settings.to_dict() == SAID["link"]["settings"]


def test_addresses_lead_where_they_led():
    was = json.loads((KEPT / "addresses.json").read_text(encoding="utf-8"))
    assert set(was["pages"]) <= {Path(entry.path).stem for entry in PAGES}
    now = {"topic": TOPIC_PARAMETER, "term": TERM_PARAMETER, "stop": STOP_PARAMETER, "show": SHOW_PARAMETER}
    assert now == was["parameters"]
    assert set(was["topics"]) <= set(TOPICS)
    assert [term for term in was["terms"] if find(term) is None] == []
    assert set(was["hideable"]) <= set(HIDEABLE)
    assert was["stops"] <= len(STOPS)


# What is written must not depend on where this code lies


def test_nothing_written_names_a_module_of_this_code(store, capsys, tmp_path):
    run_id = keep_run(load_run(RUN))
    lines(capsys, "runs", "export", run_id, tmp_path / "run.qtl.zip")
    shell(capsys, "export-head", "--run", run_id, tmp_path / "head.pt")
    written = {file.name: file.read_bytes() for file in (store / "runs").rglob("*") if file.is_file()}
    names = ("manifest.json", "run.json", "weights.safetensors", "predictions.safetensors")  # those that are read
    written |= {f"zip/{name}": entry(tmp_path / "run.qtl.zip", name) for name in names}
    written |= {"head.pt": (tmp_path / "head.pt").read_bytes()}
    assert {"store.sqlite", "run.json", "zip/run.json", "head.pt"} <= written.keys()
    assert [name for name, content in written.items() if A_MODULE.search(content)] == []
