"""Processes killed with -9 at random moments of training and saving: the store opens, nothing finished is missing, and
what was cut off is gone on with to the very same end.

`make kills` does it fifty times; the suite a few. The moments are drawn with a fixed seed, from before a run is begun
to after some are kept; every other process writes to the store nearly all of the time, so that many die while writing.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from qtl_core.runs.store import list_runs, load_run, opening
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, continue_request, run
from tests.conftest import PROJECT
from tests.helpers.made_networks import made_weights, noisy_pictures
from tests.helpers.made_runs import GROUPS

KILLS = int(os.environ.get("QTL_KILLS", "12"))
PAUSES = ("0.2", "0.0")  # the store's own, and none
FEWEST_SECONDS = 0.0
RUNS = 2.5  # over how many runs' time the moments are spread
NETWORK = "mobilenet_v3_small"


@pytest.fixture
def settings(tmp_path) -> RunSettings:
    return RunSettings().changed(
        source="folder",
        folder=str(noisy_pictures(tmp_path / "pictures")),
        backbone=NETWORK,
        epochs=60,
        engine="torch",
        weights=str(made_weights(NETWORK, tmp_path)),
        learning_rate=0.02,
    )


def seen(request: RunRequest) -> RunView:
    view = request.before
    for event in run(request, lambda _: None, lambda: False):
        view = view.apply(event)
    return view


def figures(view: RunView) -> list[tuple[object, ...]]:
    return [
        (each.epoch, each.train_loss, each.train_accuracy, each.val_loss, each.val_accuracy, each.is_best)
        for each in view.epochs
    ]


def equal(one: RunView, other: RunView) -> bool:
    """Whether they agree to the last bit: every epoch's figures and predictions, and all of the last checkpoint."""
    groups = [(getattr(one.checkpoint, group), getattr(other.checkpoint, group)) for group in GROUPS]
    return (
        figures(one) == figures(other)
        and all(
            np.array_equal(mine.val_probabilities, theirs.val_probabilities)
            for mine, theirs in zip(one.epochs, other.epochs, strict=True)
        )
        and all(a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a) for a, b in groups)
    )


class Trainers:
    """Processes that train, made one after another; see train_until_killed.py."""

    def __init__(self, settings: Path) -> None:
        command = [sys.executable, "-m", "tests.helpers.train_until_killed", str(settings)]
        self.maker = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self.maker.stdout.readline() == "ready\n"

    def killed_after(self, seconds: float, pause: str) -> list[str]:
        """Lets one train, kills it so long after its start, and returns the runs it said were kept."""
        self.maker.stdin.write(f"{pause}\n")
        word, number = self.maker.stdout.readline().split()
        assert word == "process"
        time.sleep(seconds)
        os.kill(int(number), signal.SIGKILL)
        lines = [line.split() for line in iter(self.maker.stdout.readline, "gone\n")]
        assert all(len(line) == 2 and line[0] == "finished" for line in lines), lines
        return [name for _, name in lines]

    def close(self) -> None:
        self.maker.stdin.close()
        assert self.maker.wait() == 0
        self.maker.stdout.close()


def test_nothing_is_lost_whatever_moment_a_process_is_killed_at(settings, tmp_path, own_home):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(settings.to_dict()))
    unbroken = seen(RunRequest(settings, allow_fallback=False))
    began = time.perf_counter()
    seen(RunRequest(settings, allow_fallback=False))
    life = time.perf_counter() - began
    dice, trainers = np.random.default_rng(0), Trainers(file)
    finished, outcomes = {record.id for record in list_runs()}, []
    for number in range(KILLS):
        moment = dice.uniform(FEWEST_SECONDS, RUNS * life)
        finished.update(trainers.killed_after(moment, PAUSES[number % 2]))
        with sqlite3.connect(own_home / "runs/store.sqlite") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        records = {record.id: record for record in list_runs()}
        assert {name for name in finished if records[name].state != "finished"} == set()
        cut_off = [record for record in records.values() if record.state != "finished"]
        assert len(cut_off) <= 1
        for record in cut_off:
            assert record.state == "interrupted"
            outcomes.append(record.epochs)
            resumed = seen(continue_request(record.id))
            assert resumed.ended.run == record.id, resumed.ended.note
        finished |= {record.id for record in list_runs()}
        for name in set(finished) - set(records) | {record.id for record in cut_off}:
            assert equal(load_run(name), unbroken)
    trainers.close()
    assert all(equal(load_run(name), unbroken) for name in finished)
    opening._ready.clear()  # as the next process finds the store
    assert {record.id for record in list_runs()} == finished
    assert not list(own_home.glob("runs/*/.*.part")), "what a killed process left half written is cleared away"
    print(f"\n{KILLS} kills, {len(outcomes)} runs cut off, after epochs {sorted(outcomes)}; {len(finished)} runs kept.")
