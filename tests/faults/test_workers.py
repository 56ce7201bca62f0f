"""What can happen to the process that trains, and to the files it trains from: a clear word, and the next run works."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobManager, JobSpec
from qtl_core.pictures.fetching.download import download
from qtl_core.runs.store import delete, kept_runs, list_runs, load_run, purge
from qtl_core.training import run as training
from qtl_core.training.run import RunRequest, continued, training_job
from tests.faults.conftest import Lab
from tests.helpers.serve import Server


@pytest.fixture(scope="module")
def open_lab(tmp_path_factory) -> Iterator[Lab]:
    made = Lab(tmp_path_factory.mktemp("lab"))
    yield made
    made.jobs.close()


@pytest.fixture
def lab(open_lab, own_home, monkeypatch) -> Iterator[Lab]:
    """One lab for all tests of this file, as a worker takes seconds to start and each test leaves one that works."""
    monkeypatch.setenv("QTL_HOME", str(open_lab.pictures.parent / "home"))
    weights = open_lab.weights.read_bytes()
    yield open_lab
    open_lab.weights.write_bytes(weights)
    runs = kept_runs()
    delete(runs)
    purge(runs)


def test_a_worker_that_is_killed_loses_no_epoch(lab):
    job_id = lab.under_way()
    os.kill(lab.worker(job_id), signal.SIGKILL)
    found = lab.over(job_id)
    assert found.state == "failed"
    assert "ended unexpectedly" in found.view.failed.what
    assert "memory runs out" in found.view.failed.why
    assert len(load_run(found.view.failed.run).epochs) >= len(found.view.epochs) >= 3  # it writes before it tells
    assert lab.next_run_works()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's memory so")
def test_a_worker_that_runs_out_of_memory_says_so_and_loses_nothing(new_lab, monkeypatch):
    lab = new_lab
    monkeypatch.setenv("QTL_WORKER_MB", "4000")
    finished = lab.over(lab.start()).view.ended.run
    worker = lab.jobs.pool.idle[0].process.pid
    greedy = JobSpec("tests.helpers.job_tasks:fills", 2**33)
    found = lab.over(lab.jobs.submit(greedy))
    assert (found.view.result, found.error[0]) == ("half", "There was not enough memory.")
    assert lab.next_run_works()
    assert worker != lab.jobs.pool.idle[0].process.pid, "what filled it may still be in the old one"
    assert len(load_run(finished).epochs) == 3


def test_a_worker_that_hangs_is_stopped_all_the_same_and_loses_no_epoch(lab):
    job_id = lab.under_way()
    os.kill(lab.worker(job_id), signal.SIGSTOP)
    found = lab.stopped(job_id)
    assert (found.state, found.view.ended.how) == ("stopped", "stopped")
    assert len(load_run(found.id).epochs) >= len(found.view.epochs)  # it writes before it tells
    assert lab.next_run_works()


def test_stop_pressed_twenty_times_is_one_stop(lab):
    job_id = lab.under_way()
    pressing = [threading.Thread(target=lab.jobs.stop, args=[job_id]) for _ in range(20)]
    for each in pressing:
        each.start()
    for each in pressing:
        each.join()
    ended = lab.over(job_id).view.ended
    assert (ended.how, kept_runs()) == ("stopped", [ended.run])
    assert lab.next_run_works()


def test_start_in_two_tabs_at_once_makes_two_runs_and_going_on_twice_one(lab):
    barrier, ids, refused = threading.Barrier(2), [], []

    def press(request: RunRequest, owner: str) -> None:
        barrier.wait()
        try:
            ids.append(lab.jobs.submit(training_job(request, owner)))
        except UserError as error:
            refused.append(error.what)

    def both(request: RunRequest) -> None:
        tabs = [threading.Thread(target=press, args=[request, owner]) for owner in ("one tab", "another")]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()

    both(RunRequest(lab.settings))
    first, second = (lab.over(each).view.ended for each in ids)
    assert {first.run, second.run} == set(kept_runs())
    assert first.run != second.run
    both(continued(lab.jobs.snapshot(first.run).view, 2))
    assert refused == ["This is under way already."]
    assert lab.over(first.run).view.ended.epochs == 5
    assert len(kept_runs()) == 2


def test_a_weights_file_swapped_in_the_middle_changes_no_run_under_way(lab):
    job_id = lab.under_way()
    good = lab.weights.read_bytes()
    lab.weights.write_bytes(b"no weights at all")
    ended = lab.stopped(job_id).view.ended
    assert ended.run
    failed = lab.over(lab.start()).view.failed
    assert "cannot be read as weights" in failed.what
    lab.weights.write_bytes(good)
    assert lab.next_run_works()


def test_a_weights_file_swapped_between_naming_and_reading_is_refused(lab):
    from qtl_core.pictures.backbones.loading import load_backbone
    from qtl_core.pictures.backbones.resolve import resolve_backbone

    resolved = resolve_backbone("mobilenet_v3_small", str(lab.weights))
    content = bytearray(lab.weights.read_bytes())
    content[len(content) // 2] ^= 0xFF
    lab.weights.write_bytes(bytes(content))
    with pytest.raises(UserError, match="has changed since this run began"):
        load_backbone(resolved)


def test_a_clock_that_is_set_back_in_the_middle_changes_no_result(lab, monkeypatch):
    ahead = []
    now = time.time
    for event in training.run(RunRequest(lab.settings), lambda _: None, lambda: False):
        ahead.append(event)
        monkeypatch.setattr(time, "time", lambda: now() - 86_400 * 365)
    ended = ahead[-1]
    assert (ended.how, ended.epochs) == ("finished", 3)
    assert ended.seconds_training > 0
    assert [record.id for record in list_runs()] == [ended.run]
    monkeypatch.setattr(time, "time", now)
    assert len(load_run(ended.run).epochs) == 3


def test_a_server_that_is_gone_leaves_its_run_to_be_found_under_the_same_name(lab):
    job_id = lab.under_way()
    os.kill(lab.worker(job_id), signal.SIGSTOP)  # as good as gone: it keeps nothing any more
    reached = len(lab.jobs.snapshot(job_id).view.epochs)
    os.kill(lab.worker(job_id), signal.SIGKILL)
    lab.over(job_id)
    another = JobManager(slots=1, threads=1)
    another.adopt(job_id, load_run(job_id))
    view = another.snapshot(job_id).view
    assert len(view.epochs) >= reached >= 3
    again = another.submit(training_job(continued(view, 2), "me"))
    assert again == job_id
    found = another.wait(again, 180)
    assert found.view.ended.epochs == len(view.epochs) + 2
    another.close()


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        ({"pause": 0.3, "step": 10}, "Almost nothing arrived"),
        ({"silence": 5.0}, "did not answer"),
        ({"cut_after": 10_000}, "broke"),
    ],
    ids=["trickle", "silent", "gone"],
)
def test_a_network_that_fails_in_the_middle_of_a_download_is_said_and_tried_again_it_works(tmp_path, behaviour, says):
    body, patience = np.random.default_rng(0).bytes(300_000), 1.0 if "silence" in behaviour else 30.0
    with Server(body=body, **behaviour) as server:
        with pytest.raises(UserError) as raised:
            download(server.url, tmp_path / "file.zip", connect_timeout=patience, stall_timeout=1.0)
        assert says in str(raised.value)
        assert not (tmp_path / "file.zip").exists(), "nothing half is taken for whole"
        server.behaviour.__init__(body=body)
        assert download(server.url, tmp_path / "file.zip").read_bytes() == body
