"""Runs of every kind, data sets, tables and studies of earlier versions: those there were none of in the first."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from qtl_core.common.progress import never_stop
from qtl_core.runs.store import keep_run, load_run
from qtl_core.settings.heads import HEADS
from qtl_core.studies.comparisons import compared
from qtl_core.studies.execution import train_study
from qtl_core.studies.store import StudyStore, delete_study, find_study
from qtl_core.studies.study_file import bring_in
from qtl_core.training.preparation import prepare
from qtl_core.training.run import continued, run
from tests.earlier_versions.kinds import KINDS, ROWS
from tests.helpers.earlier import NEWEST
from tests.helpers.shell import shell

STUDY = "heads — ünï"
*PRINTED, LAST = NEWEST.lines("study.jsonl")


@pytest.fixture
def home(own_home) -> Path:
    """The home as that version left it."""
    return shutil.copytree(NEWEST.folder / "home", own_home, dirs_exist_ok=True)


def lines(capsys, *words: object) -> list[dict]:
    done = shell(capsys, *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_there_is_a_run_of_every_head():
    assert {NEWEST.said["of"][name]["show"]["settings"]["model"]["head"] for name in KINDS} >= HEADS.keys()


def test_numbers_get_the_same_answers_from_every_kind(home, capsys):
    told = iter(NEWEST.lines("points.jsonl"))
    for name in KINDS:
        for ours, theirs in zip(lines(capsys, "predict", "--run", NEWEST.runs[name], *ROWS), told, strict=False):
            for part in ("probabilities", "hidden", "angles", "expectations"):
                assert ours.pop(part, None) == pytest.approx(theirs.pop(part, None), abs=1e-6), (name, part)
            assert ours == theirs
    assert next(told, None) is None


def test_points_a_table_and_own_pictures_are_still_those_it_was_trained_on(home):
    for name in ("dressed", "mlp", "carried", "table", "own_pictures"):
        settings = load_run(NEWEST.runs[name]).prepared.settings
        found = prepare(settings, lambda _: None, never_stop, allow_fallback=False)
        assert found.data.sha256 == NEWEST.said["of"][name]["data_sha256"], name


@pytest.mark.parametrize("name", ["bottleneck", "linear", "noisy", "carried", "own_pictures"])
def test_a_run_goes_on_from_where_it_was(home, name):
    before = load_run(NEWEST.runs[name])
    view = before
    for event in run(continued(before, 1), lambda _: None, never_stop):
        view = view.apply(event)
    assert view.failed is None
    assert [epoch.epoch for epoch in view.epochs] == [*(epoch.epoch for epoch in before.epochs), len(before.epochs) + 1]


def test_a_carried_run_knows_its_ancestor(home, capsys):
    (shown,) = lines(capsys, "runs", "show", NEWEST.runs["carried"])
    (ancestor,) = shown["lineage"]
    assert (ancestor["run"], ancestor["kept"]) == (NEWEST.runs["dressed"], True)


def test_a_run_finds_its_pictures_in_a_home_that_was_moved(home):
    prepared = load_run(NEWEST.runs["own_pictures"]).prepared
    assert prepared.val_files and all(Path(file).is_file() for file in prepared.val_files)
    assert all(Path(file).is_relative_to(home / "own_data") for file in prepared.val_files)


def test_a_run_that_came_in_as_a_file_is_shown_no_picture_that_its_paths_alone_name(home):
    view = load_run(NEWEST.runs["own_pictures"])
    named = tuple(file.replace(str(home), "/elsewhere") for file in view.prepared.val_files)
    run_id = keep_run(replace(view, prepared=replace(view.prepared, val_files=named)), origin="file")
    assert load_run(run_id).prepared.val_files == named


# Data sets and studies


def test_a_data_set_has_its_pictures_and_its_file_opens_as_a_set_with_the_same(home, capsys):
    (said,) = NEWEST.said["data"]
    (shown,) = lines(capsys, "data", "show", said["id"])
    assert {name: shown.get(name) for name in said} == said
    lines(capsys, "data", "import", NEWEST.folder / "pets.qtl-data.zip")
    sets = [each for each in lines(capsys, "data", "list") if each["id"] != said["id"]]
    assert [each["name"] for each in sets] == [said["name"]]
    assert lines(capsys, "data", "show", sets[0]["id"])[0]["classes"] == said["classes"]


@pytest.fixture
def study(home) -> StudyStore:
    return find_study(STUDY)


def test_a_study_has_the_rows_and_comparisons_it_printed_and_nothing_is_trained_again(study):
    rows = study.rows()
    assert {row["key"]: row["test_accuracy"] for row in PRINTED} == {
        key: row.test_accuracy for key, row in rows.items()
    }
    found = compared(study.plan, rows, LAST["measure"])
    names = ("a", "b", "pairs", "difference", "p", "p_corrected")
    assert [[getattr(each, name) for name in names] for each in found] == [
        [each[name] for name in names] for each in LAST["comparisons"]
    ]
    assert list(train_study(study, lambda _: None, never_stop)) == []


def test_its_file_opens_as_the_same_study(study):
    content = (NEWEST.folder / "heads.qtl-study.zip").read_bytes()
    rows, plan = study.rows(), study.plan
    assert bring_in(content, "heads").was_here
    delete_study(study)
    brought = bring_in(content, "heads").store
    assert (brought.plan, brought.rows()) == (plan, rows)
