"""Files of curves stay few, whatever is read or killed meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.settings import RunSettings
from qtl_core.studies import curve_files
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.rows import Outcome, Row, outcome_of
from qtl_core.studies.store import StudyStore
from qtl_core.studies.stored_curves import curves_of

FIGURES = ("train_accuracy", "val_accuracy", "train_loss", "val_loss")


def outcome(number: int) -> Outcome:
    if number % 7 == 3:
        return Outcome(Row(f"{number}", number, broke_down=2))
    return outcome_of(f"{number}", number, {name: np.full(1 + number % 3, number / 8) for name in FIGURES}, 1, None)


@pytest.fixture
def store(monkeypatch) -> StudyStore:
    monkeypatch.setattr(curve_files, "MOST_LOOSE", 4)
    return StudyStore.create(StudyPlan("files", RunSettings(), (), 1))


def names(store: StudyStore) -> list[str]:
    return sorted(file.name for file in store.folder.glob(curve_files.PATTERN))


def check(store: StudyStore, count: int) -> None:
    """All curves are read, one by one and together."""
    together = curves_of(store, "val_loss")
    for number in range(count):
        expected = outcome(number).curves.get("val_loss")
        if expected is None:
            assert store.curves(f"{number}") == {} and f"{number}" not in together
        else:
            np.testing.assert_array_equal(store.curves(f"{number}")["val_loss"], expected)
            np.testing.assert_array_equal(together[f"{number}"], expected)


def test_files_of_many_chunks_become_one_and_say_the_same(store):
    for number in range(0, 36, 2):
        store.add([outcome(number), outcome(number + 1)])
        assert len(curve_files.loose_files(store.folder)) < 4
    assert len(names(store)) == 18 // 4 + 18 % 4
    check(store, 36)
    store.tidy()
    assert len(names(store)) == 18 // 4 + 1
    check(store, 36)


def test_a_process_killed_while_files_are_made_one_leaves_nothing_missing(store, monkeypatch):
    for number in range(3):
        store.add([outcome(number)])

    def killed(*_arguments):
        raise KeyboardInterrupt

    for step in ("merged", "remove"):  # before the rows name the new file, and after
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(curve_files, step, killed)
            store.add([outcome(3)])
        check(store, 4)
    curve_files.write_curves(store.folder, [outcome(4)])  # killed before its row was written
    store.tidy()
    assert len(names(store)) == 1
    check(store, 4)


def test_a_reader_that_came_before_files_were_made_one_reads_them_after(store, monkeypatch):
    for number in range(3):
        store.add([outcome(number)])
    before, read = store._curves_file("1"), curve_files.read_curves
    asked = []

    def read_late(file, key):
        if not asked:
            store.tidy()
        asked.append(file.name)
        return read(file, key)

    monkeypatch.setattr(curve_files, "read_curves", read_late)
    np.testing.assert_array_equal(store.curves("1")["val_loss"], outcome(1).curves["val_loss"])
    assert asked == [before, *names(store)]


def test_a_damaged_file_harms_its_own_runs_alone(store):
    for number in range(3):
        store.add([outcome(number)])
    (store.folder / store._curves_file("0")).write_bytes(b"no parquet")
    store.add([outcome(4)])
    store.tidy()
    np.testing.assert_array_equal(store.curves("4")["val_loss"], outcome(4).curves["val_loss"])
