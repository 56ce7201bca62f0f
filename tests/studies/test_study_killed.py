"""Studies whose processes are killed with -9 at random moments: every row is whole, none is missing, none comes twice.

`make study-kills` kills thirty times: the process that writes, processes that train for it, and nodes of a Ray cluster
(`workers/test_ray_cluster.py`), ten of each; the suite a few. The moments are drawn with a fixed seed.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from qtl_core.common.progress import never_stop
from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.settings import RunSettings
from qtl_core.studies import execution, workers
from qtl_core.studies.execution import train_study
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.store import StudyStore
from qtl_core.studies.stored_curves import curves_of
from tests.conftest import PROJECT

KILLS = int(os.environ.get("QTL_KILLS", "2"))  # of each kind
MOONS = RunSettings().changed(source="points", shape="moons", points=60, learning_rate=0.05)
AXES = tuple(axis_from(axis) for axis in ("head=dressed,mlp,linear", "epochs=2:21"))


def study(name: str) -> StudyStore:
    return StudyStore.create(StudyPlan(name, MOONS, AXES, 10))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> StudyStore:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(tmp_path_factory.mktemp("undisturbed")))
        store = study("undisturbed")
        assert len([*train_study(store, lambda _: None, never_stop, workers.in_process())]) == len(store.plan.runs())
        return store


def check_whole(store: StudyStore) -> None:
    """Every row that is there is one of the plan's and has its curves; the file is sound."""
    with sqlite3.connect(store.folder / "study.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows, losses = store.rows(), curves_of(store, "val_loss")
    assert rows.keys() <= store.plan.runs().keys()
    assert {key: len(losses[key]) for key in rows} == {key: row.epochs for key, row in rows.items()}


def check_equal(store: StudyStore, undisturbed: StudyStore) -> None:
    """All is as in the study that nobody disturbed, to the last bit."""
    assert store.rows() == undisturbed.rows()
    for figure in FIGURES:
        mine, theirs = curves_of(store, figure), curves_of(undisturbed, figure)
        assert mine.keys() == theirs.keys()
        assert all(np.array_equal(mine[key], theirs[key]) for key in mine)


def printed_until_killed(store: StudyStore, rows: int, seconds: float) -> list[str]:
    """Has a process go on with a study, kills it so long after it printed so many rows, and returns their keys."""
    words = [sys.executable, "-m", "qtl_core", "study", "resume", store.plan.name, "--workers", "2", "--json"]
    with subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        lines = [line for _, line in zip(range(rows), process.stdout, strict=False)]
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
        lines += process.stdout.readlines()
    whole = [json.loads(line) for line in lines if line.endswith("\n")]
    return [line["key"] for line in whole if "key" in line]


def test_nothing_is_lost_whatever_moment_the_process_that_writes_is_killed_at(undisturbed):
    dice, store, printed = np.random.default_rng(0), study("killed"), []
    for number in range(KILLS):
        printed += printed_until_killed(store, int(dice.integers(1, 40)), dice.uniform(0, 0.2))
        check_whole(store)
        assert set(printed) <= store.rows().keys() and len(set(printed)) == len(printed)
        if store.count() == len(store.plan.runs()):
            check_equal(store, undisturbed)
            store, printed = study(f"killed after {number}"), []
    before = store.count()
    assert len([*train_study(store, lambda _: None, never_stop)]) == len(store.plan.runs()) - before
    check_equal(store, undisturbed)


def test_nothing_is_lost_whatever_moment_processes_that_train_are_killed_at(undisturbed, monkeypatch):
    monkeypatch.setattr(execution, "MOST_LOSSES", 1_000)  # here it is not the chunk that ends them
    dice, pool, killed, name = np.random.default_rng(1), workers.local(2), 0, 0
    while killed < KILLS:
        store, came, over = study(f"hunted {(name := name + 1)}"), [], threading.Event()

        def hunt(over=over) -> None:
            nonlocal killed
            while killed < KILLS and not over.wait(dice.uniform(0, 0.5)):
                for worker in [*pool.working][: int(dice.integers(1, 3))]:
                    os.kill(worker.process.pid, signal.SIGKILL)
                    killed += 1

        hunter = threading.Thread(target=hunt)
        hunter.start()
        for row in train_study(store, lambda _: None, never_stop, pool):
            came.append(row.key)
        over.set()
        hunter.join()
        assert sorted(came) == sorted(store.plan.runs())
        check_whole(store)
        check_equal(store, undisturbed)
    pool.close()
