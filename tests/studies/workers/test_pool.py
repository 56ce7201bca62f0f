"""Studies trained by processes of this machine: equal rows, and nothing lost with a process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import never_stop
from qtl_core.settings import RunSettings
from qtl_core.studies.execution import train_study
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.store import StudyStore
from qtl_core.studies.workers import Workers, in_process, local
from qtl_core.studies.workers.pool import FEATURES

MOONS = RunSettings().changed(source="points", shape="moons", points=60, epochs=2, learning_rate=0.05)


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    workers = local(2)
    yield workers
    workers.close()


def study(*axes: str, seeds: int = 4, name: str = "moons") -> StudyStore:
    return StudyStore.create(StudyPlan(name, MOONS, tuple(axis_from(axis) for axis in axes), seeds))


def train(store: StudyStore, workers: Workers) -> list[str]:
    return [row.key for row in train_study(store, lambda _: None, never_stop, workers)]


def test_rows_are_those_of_the_process_itself_whoever_trains_and_whoever_is_killed_meanwhile(pool):
    axes = "head=dressed,mlp,linear", "test_share=0,0.3"
    alone, together = study(*axes, name="alone"), study(*axes, name="together")
    train(alone, in_process())
    came = []
    for row in train_study(together, lambda _: None, never_stop, pool):
        came.append(row.key)
        for worker in pool.pool.idle[:1]:
            os.kill(worker.process.pid, signal.SIGKILL)
    assert sorted(came) == sorted(together.plan.runs())
    assert together.rows() == alone.rows()
    for key in came[::5]:
        assert {name: list(values) for name, values in together.curves(key).items()} == {
            name: list(values) for name, values in alone.curves(key).items()
        }
    assert not (together.folder / FEATURES).exists()


def test_a_stop_ends_what_is_trained_and_keeps_what_came(pool):
    store, came = study("head=dressed,linear", "depth=1:4"), []
    with pytest.raises(StoppedByUser):
        for row in train_study(store, lambda _: None, lambda: bool(came), pool):
            came.append(row.key)
    assert 0 < len(came) == store.count() < len(store.plan.runs())
    assert sorted(came + train(store, pool)) == sorted(store.plan.runs())


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no niceness")
def test_processes_stand_back_as_far_as_the_one_that_asks(pool):
    train(study("head=dressed,linear", name="nice"), pool)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert {os.getpriority(os.PRIO_PROCESS, worker.process.pid) for worker in pool.pool.idle} == {own}


def test_what_no_worker_can_train_is_said_in_its_words(pool):
    with pytest.raises(UserError, match="5,000"):
        train(study("per_class=5000"), pool)
