"""A store of many runs, as tools/made_store.py fills it: all listed, any of them opened."""

from __future__ import annotations

import sqlite3
from collections import Counter
from itertools import islice

import pytest

from qtl_core.runs import store
from qtl_core.runs.store import layout, reading
from tests.helpers.asked import statements
from tools.made_store import fill_store

RUNS = 210


@pytest.fixture
def runs(own_home) -> list[str]:
    return fill_store(RUNS, epochs=5)


def test_all_are_listed_newest_first_in_every_state(runs):
    records = store.list_runs()
    assert [record.id for record in records] == runs[::-1]
    assert Counter(record.state for record in records) == {
        "finished": 120,
        "stopped": 30,
        "failed": 30,
        "interrupted": 30,
    }
    assert store.kept_runs() == runs[::-1]
    assert store.storage().bytes == sum(record.size for record in records)


def test_the_first_few_of_them_are_all_that_is_asked_for(runs, monkeypatch):
    asked = statements(monkeypatch)
    assert [record.id for record in islice(store.newest_runs(), 50)] == runs[::-1][:50]
    assert len([each for each in asked if "FROM runs" in each]) == 1
    assert list(store.newest_runs()) == store.list_runs()


def test_runs_of_one_moment_are_all_among_the_newest(runs, monkeypatch):
    with sqlite3.connect(layout.store_file()) as connection:
        connection.execute("UPDATE runs SET created = 5")
    assert [record.id for record in store.newest_runs()] == [record.id for record in store.list_runs()]


def test_any_of_them_can_be_opened(runs):
    some = store.list_runs()[::30]
    assert len(some) > 1
    for record in some:
        view = store.load_run(record.id)
        assert (len(view.epochs), view.best.val_accuracy) == (record.epochs, record.best_val_accuracy)
        assert record.right == round(record.best_val_accuracy * record.val_size)
        assert store.provenance_of(record.id).data.val_sha256 == record.val_sha256


def test_listing_them_is_one_question_and_no_look_at_the_folder_of_a_run_that_is_over(runs, monkeypatch):
    """What makes a table of thousands quick; `make page-speed` measures how quick."""
    asked, looked_at = statements(monkeypatch), []
    monkeypatch.setattr(reading, "is_locked", looked_at.append)
    records = store.list_runs()
    assert len([each for each in asked if "FROM runs" in each]) == 1
    assert sorted(looked_at) == sorted(record.id for record in records if record.state == "interrupted")
