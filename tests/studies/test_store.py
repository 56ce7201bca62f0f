"""Kept studies: found by name, read and deleted; damage and a full disk are said."""

from __future__ import annotations

import errno
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from filelock import FileLock

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.rows import Outcome, Row, outcome_of
from qtl_core.studies.store import (
    StudyStore,
    delete_named,
    delete_study,
    find_study,
    kept_studies,
    restore_study,
    studies_folder,
)

PLAN = StudyPlan("heads", RunSettings(), (axis_from("head=dressed,linear"),), 3)
CURVES = {name: np.array([0.25, 0.5, 0.125]) for name in ("train_accuracy", "val_accuracy", "train_loss", "val_loss")}


def test_rows_and_curves_come_back_as_they_were_kept():
    store = StudyStore.create(PLAN)
    good, bad = outcome_of("a", 0, CURVES, 2, 0.75), Outcome(Row("b", 1, broke_down=3))
    store.add([good, bad])
    store.add([])
    again = find_study("heads")
    assert again.rows() == {"a": good.row, "b": bad.row} and again.count() == 2
    assert good.row.measure("best_val_accuracy") == 0.5 and good.row.measure("last_val_loss") == 0.125
    assert again.curves("b") == {}
    np.testing.assert_array_equal(again.curves("a")["val_loss"], CURVES["val_loss"])
    with pytest.raises(KeyError):
        again.curves("c")


def test_a_row_that_is_there_stays():
    store = StudyStore.create(PLAN)
    first = outcome_of("a", 0, CURVES, 2, None)
    store.add([first])
    store.add([Outcome(Row("a", 0, broke_down=1))])
    assert store.rows() == {"a": first.row}


def test_studies_are_listed_found_and_deleted_by_name_or_identifier():
    first, second = StudyStore.create(PLAN), StudyStore.create(StudyPlan("depths", RunSettings(), (), 1))
    assert {each.plan.name for each in kept_studies()} == {"heads", "depths"}
    assert find_study(first.id).plan == PLAN and find_study("depths").id == second.id
    with pytest.raises(UserError, match="already"):
        StudyStore.create(PLAN)
    delete_study(first)
    assert [each.id for each in kept_studies()] == [second.id]
    assert restore_study("heads").id == first.id and find_study("heads").plan == PLAN
    delete_study(first)
    same = StudyStore.create(PLAN)
    with pytest.raises(UserError, match="Another study"):
        restore_study(first.id)
    delete_study(same)
    for folder in (studies_folder() / "deleted").iterdir():
        os.utime(folder, (0, 0))
    delete_study(second)
    assert [folder.name for folder in (studies_folder() / "deleted").iterdir()] == [second.id], (
        "the others' days are over"
    )
    with pytest.raises(UserError, match="no deleted study"):
        restore_study("heads")
    assert restore_study("depths").id == second.id
    for gone in ("heads", first.id, "../heads"):
        with pytest.raises(UserError, match="no study"):
            find_study(gone)


def test_a_study_is_found_by_its_name_without_opening_the_others(monkeypatch):
    stores = [StudyStore.create(StudyPlan(f"study {number}", RunSettings(), (), 1)) for number in range(4)]
    (stores[3].folder / "name").unlink()  # as studies of the version before this one
    opened, whole = [], StudyStore.__init__
    monkeypatch.setattr(
        StudyStore, "__init__", lambda store, study_id: opened.append(study_id) or whole(store, study_id)
    )
    assert find_study("study 1").id == stores[1].id
    assert set(opened) == {stores[1].id, stores[3].id}
    assert find_study("study 3").id == stores[3].id


def test_a_study_that_is_trained_is_not_deleted():
    store = StudyStore.create(PLAN)
    with store.locked(), pytest.raises(UserError, match="being trained"):
        delete_study(StudyStore(store.id))
    assert store.folder.is_dir()


@pytest.mark.parametrize("harm", ["text", "cut", "other program", "newer", "no plan", "no JSON", "number"])
def test_damage_is_said_and_leaves_the_others_alone(harm):
    store, other = StudyStore.create(PLAN), StudyStore.create(StudyPlan("other", RunSettings(), (), 1))
    file = store.folder / "study.sqlite"
    if harm == "text":
        file.write_text("no database" * 100)
    elif harm == "cut":
        os.truncate(file, 3000)
    else:
        statement = {
            "other program": "PRAGMA application_id = 5",
            "newer": "PRAGMA user_version = 99",
            "no plan": "UPDATE facts SET value = '{}'",
            "no JSON": "UPDATE facts SET value = '{bad'",
            "number": "UPDATE facts SET value = x'ff00'",
        }[harm]
        with sqlite3.connect(file) as connection:
            connection.execute(statement)
    with pytest.raises(UserError):
        StudyStore(store.id)
    assert [each.id for each in kept_studies()] == [other.id]
    assert delete_named("heads") == (store.id, "heads"), "its words say to delete it"
    with pytest.raises(UserError, match="cannot be brought back"):
        restore_study("heads")
    assert StudyStore.create(PLAN).id != store.id
    assert delete_named(other.id) == (other.id, "other") and restore_study("other").id == other.id


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_FULL, "no room left"),
        (sqlite3.SQLITE_CANTOPEN, "full, or may only be read"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "full, or may only be read"),
        (sqlite3.SQLITE_READONLY_CANTINIT, "only be read"),
        (sqlite3.SQLITE_BUSY, "else is using it"),
        (sqlite3.SQLITE_CORRUPT, "damaged"),
        (sqlite3.SQLITE_NOTADB, "damaged"),
        (sqlite3.SQLITE_ERROR, "damaged"),
    ],
)
def test_a_disk_in_the_way_is_no_damage(monkeypatch, code, said):
    store, error = StudyStore.create(PLAN), sqlite3.OperationalError("of the library")
    error.sqlite_errorcode = code

    def refuse(*_arguments, **_named):
        raise error

    monkeypatch.setattr(sqlite3, "connect", refuse)
    for action in (lambda: StudyStore(store.id), store.count, lambda: store.keep_fact("seconds", 1)):
        with pytest.raises(UserError, match=said) as raised:
            action()
        assert ("Delete it" in str(raised.value)) == (said == "damaged") and "library" not in str(raised.value)
    if said != "damaged":
        with pytest.raises(UserError, match=said):
            StudyStore.create(StudyPlan("new", RunSettings(), (), 1))
        assert [folder.name for folder in studies_folder().iterdir() if folder.is_dir()] == [store.id]


def test_a_disk_that_may_only_be_read_is_said(monkeypatch):
    store = StudyStore.create(PLAN)

    def refuse(*_arguments, **_named):
        raise OSError(errno.EROFS, "Read-only file system", "/secret/lock")

    monkeypatch.setattr(FileLock, "acquire", refuse)
    for action in (lambda: delete_study(store), lambda: StudyStore.create(StudyPlan("new", RunSettings(), (), 1))):
        with pytest.raises(UserError, match="may only be read") as raised:
            action()
        assert "/secret" not in str(raised.value)


def test_of_many_that_take_one_name_at_once_one_has_it():
    def take(_number: int) -> bool:
        try:
            return bool(StudyStore.create(PLAN))
        except UserError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(8))) == 1
    assert len(kept_studies()) == 1


def test_curves_that_are_gone_are_said():
    store = StudyStore.create(PLAN)
    store.add([outcome_of("a", 0, CURVES, 2, None)])
    next(store.folder.glob("curves-*.parquet")).unlink()
    with pytest.raises(UserError, match="damaged"):
        store.curves("a")


def test_a_full_disk_is_said_and_what_was_there_stays(monkeypatch):
    import pyarrow.parquet

    store = StudyStore.create(PLAN)
    store.add([outcome_of("a", 0, CURVES, 2, None)])

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pyarrow.parquet, "write_table", full)
    with pytest.raises(UserError, match="cannot be written"):
        store.add([outcome_of("b", 1, CURVES, 2, None)])
    assert store.rows().keys() == {"a"}
