"""A store of many runs, as tests/made_store.py fills it: all listed, any of them opened, quickly."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from qtl_core import store
from tests.made_store import fill_store

RUNS = 210
SECONDS_EACH = 0.5 / 5_000  # of one core: what a table of 5,000 runs may take of half a second


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


def test_any_of_them_can_be_opened(runs):
    for record in store.list_runs()[::30]:
        view = store.load_run(record.id)
        assert (len(view.epochs), view.best.val_accuracy) == (record.epochs, record.best_val_accuracy)
        assert record.right == round(record.best_val_accuracy * record.val_size)
        assert store.provenance_of(record.id).data.val_sha256 == record.val_sha256


def test_listing_them_takes_a_moment(runs):
    def seconds() -> float:
        began = time.process_time()
        store.list_runs()
        return time.process_time() - began

    assert min(seconds() for _ in range(10)) < RUNS * SECONDS_EACH
