"""A study as one file: the same every time, opened as a stranger's, brought in twice, beside another, when newer."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load, save

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.exchange.run_files.container import packed, unpacked
from qtl_core.settings import RunSettings
from qtl_core.studies import study_file
from qtl_core.studies.execution import train_study
from qtl_core.studies.export import as_csv
from qtl_core.studies.plan import LONGEST_NAME, StudyPlan, axis_from
from qtl_core.studies.rows import Outcome, Row, outcome_of
from qtl_core.studies.store import StudyStore, delete_study, kept_studies
from qtl_core.studies.study_file import CURVES, MOST_LINES, README, ROWS, STUDY, STUDY_FILE, TABLE, bring_in, free_name

PLAN = StudyPlan("heads", RunSettings().changed(epochs=3), (axis_from("head=dressed,linear"),), 3)


def studied(plan: StudyPlan = PLAN) -> StudyStore:
    store, luck = StudyStore.create(plan), np.random.default_rng(0)
    outcomes = [
        outcome_of(key, run.seed, {name: luck.random(3) for name in FIGURES}, 2, 0.5 if number else None)
        for number, (key, run) in enumerate(plan.runs().items())
    ]
    outcomes[-1] = Outcome(Row(outcomes[-1].row.key, outcomes[-1].row.seed, broke_down=2))
    store.add(outcomes[:4])
    store.add(outcomes[4:])
    store.keep_fact("prepared", {"noun": "photos", "classes": ["ants", "bees"], "val_size": 153, "notes": []})
    store.keep_fact("seconds", 1.5)
    store.keep_fact("owner", "somebody")
    return store


def test_it_comes_back_as_it_went_and_equal_studies_give_equal_bytes():
    store = studied()
    content, rows = study_file.write(store), store.rows()
    curves = {key: store.curves(key) for key in rows}
    assert study_file.write(store) == content
    delete_study(store)
    (store.folder.parent / "deleted" / store.id).rename(store.folder.parent.parent / "aside")
    back = study_file.read(content)
    assert (back.id, back.plan, back.rows()) == (store.id, PLAN, rows) and study_file.write(back) == content
    assert len(curves) == 6
    for key, there in curves.items():
        assert there.keys() == back.curves(key).keys()
        for name, values in there.items():
            np.testing.assert_array_equal(back.curves(key)[name], values)
    assert back.fact("prepared")["val_size"] == 153 and back.fact("seconds") == 1.5 and back.fact("owner") is None


def test_for_people_there_is_a_table_and_a_page_of_words():
    _, entries = unpacked(study_file.write(studied()), STUDY_FILE)
    assert entries[TABLE].decode().count("\n") == 7 and b"head" in entries[TABLE]
    assert b"study import" in entries[README] and b"6 runs are trained" in entries[README]
    assert b"runs.csv" in entries[README]


def test_brought_in_twice_it_is_one_study_and_another_of_its_name_stays():
    store = studied()
    content = study_file.write(store)
    assert bring_in(content, "a.zip").was_here and len(kept_studies()) == 1
    store.add([])
    delete_study(store)
    other = StudyStore.create(replace(PLAN, seeds=1))
    found = bring_in(content, "a.zip")
    assert not found.was_here and found.called == "heads" and found.store.plan.name == "heads (2)"
    assert found.store.id != store.id, "the deleted one can be restored still"
    assert {each.plan.name for each in kept_studies()} == {"heads", "heads (2)"} and other.count() == 0


def test_one_of_its_identifier_that_went_on_stays_beside_it():
    plan = StudyPlan("half", PLAN.base, PLAN.axes, 3)
    store = StudyStore.create(plan)
    content = study_file.write(store)
    key, run = next(iter(plan.runs().items()))
    store.add([outcome_of(key, run.seed, {name: np.ones(3) for name in FIGURES}, 1, None)])
    found = bring_in(content, "a.zip")
    assert found.store.plan.name == "half (2)" and found.store.count() == 0 and store.count() == 1


def test_a_study_without_rows_goes_along_and_is_gone_on_with():
    moons = RunSettings().changed(source="points", shape="moons", points=60, epochs=2)
    store = StudyStore.create(StudyPlan("moons", moons, (axis_from("head=linear,mlp"),), 2))
    content = study_file.write(store)
    list(train_study(store, lambda _: None, never_stop))
    back = study_file.read(content)
    list(train_study(back, lambda _: None, never_stop))
    assert back.rows() == store.rows() and len(back.rows()) == 4


def test_names_are_told_apart():
    assert free_name("a", set()) == "a" and free_name("a", {"a"}) == "a (2)"
    assert free_name("a (2)", {"a (2)", "a"}) == "a (3)"
    longest = "a" * LONGEST_NAME
    assert len(free_name(longest, {longest})) <= LONGEST_NAME


def with_entry(name: str, change) -> bytes:
    """A study's file with one entry changed, its manifest made to fit."""
    study_id, entries = unpacked(study_file.write(studied()), STUDY_FILE)
    return packed(study_id, entries | {name: change(entries[name])}, STUDY_FILE)


def described(**changes):
    return lambda content: json.dumps(json.loads(content) | changes).encode()


def arrays(**changes):
    def change(content: bytes) -> bytes:
        held = load(content)
        return save({**held, **{name: np.ascontiguousarray(each(held[name])) for name, each in changes.items()}})

    return change


def first(value):
    def change(column):
        column = column.copy()
        column[0] = value
        return column

    return change


BASE = PLAN.base.to_dict()
REMOTE = PLAN.to_dict() | {"base": BASE | {"data": BASE["data"] | {"source": "folder", "folder": "//host/share"}}}


TOO_MANY = (
    {"seeds": 3_000_000, "repeat": {"at": ["dressed"], "seeds": -3_000_000}},
    {"seeds": 50_000, "sampling": {"kind": "search", "trials": 1, "asked": [["dressed"], ["linear"], ["mlp"]]}},
    {"name": "\x1b[31mred"},
)
WRONG_FACTS = (
    {"seconds": "long"},
    {"seconds": 10**400},
    {"seconds": -1},
    {"seconds": True},
    {"over": 1},
    {"versions": {"python": 3}},
    {"prepared": {"most_val_size": "x", "val_size": 10}},
    {"prepared": {"classes": 5}},
    {"prepared": {"classes": None}},
    {"prepared": {"notes": 7}},
    {"prepared": {"notes": [7]}},
    {"prepared": {"train_size": "abc"}},
    {"prepared": {"train_size": [1]}},
    {"prepared": {"val_size": None}},
    {"prepared": {"test_size": 0.5}},
    {"prepared": {"noun": 3}},
)


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        (STUDY, lambda _: b"{", "damaged"),
        (STUDY, lambda _: b"[]", "not laid out"),
        (STUDY, described(plan={}), "plan cannot be used"),
        (STUDY, described(plan=PLAN.to_dict() | {"seeds": 10**6}), "plan cannot be used"),
        (STUDY, described(plan=REMOTE), "another machine"),
        (STUDY, described(plan=PLAN.to_dict() | {"seeds": 1}), "plan does not have"),
        (STUDY, described(facts={"owner": "me"}), "not known here"),
        (STUDY, described(facts={"prepared": {"a": {"b": {"c": 1}}}}), "not laid out"),
        (STUDY, described(facts={"prepared": {"noun": "x" * 2000}}), "not laid out"),
        *((STUDY, described(facts=facts), "not laid out") for facts in WRONG_FACTS),
        *((STUDY, described(plan=PLAN.to_dict() | harm), "plan cannot be used") for harm in TOO_MANY),
        (ROWS, lambda _: b"\x00" * 40, "damaged"),
        (ROWS, arrays(key=lambda keys: keys[:, :8]), "not laid out"),
        (ROWS, arrays(seed=lambda seeds: seeds.astype(np.int32)), "not laid out"),
        (ROWS, arrays(seed=lambda seeds: seeds + 1), "another seed"),
        (ROWS, arrays(key=lambda keys: np.repeat(keys[:1], 6, axis=0)), "run twice"),
        (ROWS, arrays(key=first(0x30)), "plan does not have"),
        (ROWS, arrays(epochs=first(-3)), "cannot be"),
        (ROWS, arrays(epochs=first(2)), "do not have the length"),
        (ROWS, arrays(best_epoch=first(4)), "best one that it does not have"),
        (ROWS, arrays(broke_down=first(1)), "broke down is said to have figures"),
        (ROWS, arrays(last_val_accuracy=first(0.123)), "does not follow"),
        (ROWS, arrays(test_accuracy=first(1.5)), "cannot be"),
        (ROWS, arrays(best_val_loss=first(np.nan)), "cannot be"),
        (CURVES, arrays(val_loss=first(np.nan)), "no finite numbers"),
        (CURVES, arrays(train_accuracy=first(2.0)), "cannot be"),
        (CURVES, lambda content: save({"val_loss": load(content)["val_loss"]}), "do not have the length"),
    ],
)
def test_what_contradicts_itself_is_refused_in_a_sentence_and_nothing_is_kept(name, change, why):
    content = with_entry(name, change)
    before = [each.id for each in kept_studies()]
    with pytest.raises(UserError, match="cannot be opened as a study") as refused:
        study_file.read(content, "x.qtl-study.zip")
    assert why in str(refused.value) and "x.qtl-study.zip" in str(refused.value)
    assert [each.id for each in kept_studies()] == before


def test_newer_foreign_and_dangerous_files_are_refused():
    content = study_file.write(studied())
    study_id, entries = unpacked(content, STUDY_FILE)
    newer = packed(study_id, entries, replace(STUDY_FILE, version=2))
    inside = content.index(ROWS.encode()) + len(ROWS) + 50
    for harmed, why in (
        (newer, "newer version"),
        (packed(study_id, entries, replace(STUDY_FILE, version=-5)), "never was"),
        (content + content, "two files in one"),
        (packed(study_id, entries, replace(STUDY_FILE, form="qtl-run")), "says nothing of a study"),
        (packed("../up", entries, STUDY_FILE), "identifier"),
        (packed(study_id, entries | {"../evil": b""}, STUDY_FILE), "no entry of a study's file"),
        (content[:-40], "cut short"),
        (content[:inside] + bytes([content[inside] ^ 1]) + content[inside + 1 :], "damaged"),
        (b"", "no zip file"),
        (without_manifest(content), "missing"),
    ):
        with pytest.raises(UserError, match="cannot be opened as a study") as refused:
            study_file.read(harmed)
        assert why in str(refused.value)


def without_manifest(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist()[1:]:
            new.writestr(name, old.read(name))
    return file.getvalue()


def test_what_is_said_of_pictures_in_part_is_said_anew_when_the_study_goes_on():
    moons = RunSettings().changed(source="points", shape="moons", points=60, epochs=2)
    store = StudyStore.create(StudyPlan("moons", moons, (), 1))
    store.keep_fact("prepared", {"noun": "photos"})
    assert len(list(train_study(store, lambda _: None, never_stop))) == 1 and store.fact("prepared")["classes"]


def test_no_cell_of_the_table_is_read_as_a_formula():
    plan = StudyPlan("a", PLAN.base.changed(source="table"), (axis_from('label==HYPERLINK("x")|@b|plain|-'),), 1)
    rows = {key: Row(key, run.seed, broke_down=1) for key, run in plan.runs().items()}
    first = [next(csv.reader([line]))[0] for line in as_csv(plan, rows).splitlines()]
    assert first == ["label", '\'=HYPERLINK("x")', "'@b", "plain", "-"]


def test_a_disk_that_is_full_leaves_nothing_behind(monkeypatch):
    store = studied()
    content = study_file.write(store)
    delete_study(store)

    def full(*_arguments):
        raise UserError("The study cannot be written.", "The disk is full.", "")

    monkeypatch.setattr(StudyStore, "add", full)
    with pytest.raises(UserError, match="cannot be written"):
        study_file.read(content)
    assert kept_studies() == []


def test_a_table_with_too_many_lines_is_left_out(monkeypatch):
    monkeypatch.setattr(study_file, "MOST_LINES", 5)
    _, entries = unpacked(study_file.write(studied()), STUDY_FILE)
    assert TABLE not in entries and b"runs.csv" not in entries[README] and MOST_LINES > 5
