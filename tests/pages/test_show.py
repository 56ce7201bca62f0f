"""Show mode without a browser: rounds come one after another, each with a new seed, and nothing piles up."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.drawing.angles import untrained_angles
from qtl_core.jobs import JobManager
from qtl_core.settings import RunSettings
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures
from tests.pages.conftest import forget_managers
from ui.home.show_view import round_data
from ui.session.show_loop import AGAIN_SECONDS, ROUND_SECONDS, Round, ShowLoop

PATIENCE = 300  # seconds for a worker to start and to load an image network, on a machine that is busy


class Clock:
    """Time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def jobs() -> Iterator[JobManager]:
    manager = JobManager(slots=1, threads=1)
    yield manager
    manager.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def director(jobs: JobManager, clock: Clock, tmp_path: Path) -> ShowLoop:
    folder = made_pictures(tmp_path / "pictures")
    settings = RunSettings().changed(
        source="folder", folder=str(folder), backbone="efficientnet_lite0", epochs=3, engine="torch"
    )
    return ShowLoop(jobs, jobs, "me", settings, clock)


def next_round(director: ShowLoop) -> Round:
    """Turns until there is another round than before."""
    before, deadline = director.ready, time.monotonic() + PATIENCE
    while director.refresh() is before and time.monotonic() < deadline:
        assert not director.problem
        time.sleep(0.05)
    assert director.ready is not before
    return director.ready


def forgotten(jobs: JobManager) -> bool:
    """Whether the manager knows of no job any more, a moment after the last was let go of."""
    deadline = time.monotonic() + 10
    while jobs.jobs and time.monotonic() < deadline:
        time.sleep(0.05)
    return not jobs.jobs


def test_round_after_round_with_new_seeds_and_nothing_left_behind(director, clock, jobs, own_home):
    first = next_round(director)
    assert forgotten(jobs)
    assert director.refresh() is first, "the next begins only when its time has come"
    assert not jobs.jobs
    clock.now += ROUND_SECONDS
    second = next_round(director)
    assert second.seed != first.seed
    assert forgotten(jobs)
    assert len(second.run.epochs) == 3
    assert second.map is not None
    assert [trace.picture.truth for trace in second.traces] == ["ants", "bees", "ants"]
    assert not list((own_home / "runs").glob("*")), "what is shown is not kept on disk"


def test_a_round_becomes_data_that_says_what_was_computed(director):
    made = next_round(director)
    data = round_data(made)
    json.dumps(data)
    run = data["run"]
    assert run["right"] == [round(epoch.val_accuracy * 6) for epoch in made.run.epochs]
    import base64

    sent = np.frombuffer(base64.b64decode(run["weights"]), "<f4").reshape(3, -1)
    for row, epoch in zip(sent, made.run.epochs, strict=True):
        np.testing.assert_array_equal(row, epoch.checkpoint.weights["q_params"])
    start = untrained_angles(made.run.prepared.settings, made.run.prepared.feature_size)
    most = float(np.degrees(np.abs(sent[run["best"] - 1] - start).max()))
    assert run["turned"].endswith(f"start is {most:.1f}°." if most >= 0.05 else "start is less than 0.1°.")
    trained = [box["weight"] for box in data["circuit"]["boxes"] if "weight" in box]
    assert sorted(trained) == list(range(sent.shape[1]))


def test_what_fails_is_tried_again_after_a_while_and_the_show_goes_on(director, clock, jobs):
    first = next_round(director)
    clock.now += ROUND_SECONDS
    director.refresh()
    jobs.stop(director.job["id"])
    deadline = time.monotonic() + PATIENCE
    while director.job and time.monotonic() < deadline:
        assert director.refresh() is first
        time.sleep(0.05)
    assert director.refresh() is first
    assert not director.job
    clock.now += AGAIN_SECONDS
    assert next_round(director).seed != first.seed


def test_a_closed_manager_is_no_error(director, jobs, clock):
    jobs.close()
    assert director.refresh() is None
    assert "closed" in director.problem


def test_whoever_goes_leaves_no_job(jobs, tmp_path):
    director = ShowLoop(
        jobs, jobs, "me", RunSettings().changed(source="folder", folder=str(made_pictures(tmp_path)), epochs=100)
    )
    director.refresh()
    assert len(jobs.jobs) == 1
    del director
    assert forgotten(jobs)


def test_the_page_shows_it_by_its_link_and_not_without():
    forget_managers()
    try:
        app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
        app.query_params["show"] = "1"
        app.run()
        assert not app.exception
        shown = json.loads(app.get("bidi_component")[0].proto.json)
        assert shown["id"].startswith("opening")
        assert "circuit" in shown
        del app.query_params["show"]
        app.run()
        assert "waiting" in json.loads(app.get("bidi_component")[0].proto.json)
    finally:
        forget_managers()
