"""Frames on their way to a worker: one a watcher, together where the run is the same, and everybody is told."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from qtl_core.common.errors import UserError
from qtl_core.inference.live_answers import LiveAnswer, LiveRun
from ui.session import frame_queue
from ui.session.frame_pace import FramePace
from ui.session.frame_queue import FrameQueue

ANTS, PETS = LiveRun("ants", 1), LiveRun("pets", 1)
LIMIT = 30


class Worker:
    """Stands in for a job manager: answers once it is let go, and notes what it was asked together."""

    def __init__(self) -> None:
        self.go, self.asked, self.dropped = threading.Event(), [], []
        self.error, self.is_over, self.raises = None, True, None

    def submit(self, spec) -> str:
        if self.raises:
            raise self.raises
        self.asked.append(spec.payload)
        return str(len(self.asked) - 1)

    def wait(self, job: str, timeout: float):
        assert self.go.wait(LIMIT)
        frames = self.asked[int(job)][1]
        view = SimpleNamespace(error=self.error, result=tuple(LiveAnswer(frame.id) for frame in frames))
        return SimpleNamespace(is_over=self.is_over, view=view)

    def drop(self, job: str) -> None:
        self.dropped.append(job)


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def queue(worker: Worker) -> FrameQueue:
    return FrameQueue(lambda: worker, FramePace())


def answer_of(found: Future[LiveAnswer]) -> LiveAnswer:
    return found.result(LIMIT)


def busy(queue: FrameQueue, worker: Worker) -> Future[LiveAnswer]:
    """Has the worker at work with a first frame, so that what comes next waits."""
    found = queue.ask("first", ANTS, b"0")
    for _ in range(LIMIT * 100):
        if worker.asked:
            return found
        threading.Event().wait(0.01)
    raise AssertionError("the worker was never asked")


def test_frames_for_one_run_go_together_and_each_watcher_gets_its_own_answer(queue: FrameQueue, worker: Worker):
    first = busy(queue, worker)
    found = {name: queue.ask(name, run, b"1") for name, run in (("a", ANTS), ("b", PETS), ("c", ANTS))}
    worker.go.set()
    assert answer_of(first).id == "first"
    assert {name: answer_of(each).id for name, each in found.items()} == {"a": "a", "b": "b", "c": "c"}
    together = [(run.id, [frame.id for frame in frames]) for run, frames in worker.asked]
    assert together == [("ants", ["first"]), ("ants", ["a", "c"]), ("pets", ["b"])]


def test_jobs_are_let_go(queue: FrameQueue, worker: Worker):
    worker.go.set()
    answer_of(queue.ask("a", ANTS, b"1"))
    answer_of(queue.ask("a", ANTS, b"2"))
    assert worker.dropped == ["0", "1"]


def test_a_newer_frame_takes_the_place_of_one_that_still_waits(queue: FrameQueue, worker: Worker):
    busy(queue, worker)
    old, new = queue.ask("a", ANTS, b"old"), queue.ask("a", ANTS, b"new")
    with pytest.raises(UserError, match="newer"):
        answer_of(old)
    worker.go.set()
    answer_of(new)
    assert [frame.content for frame in worker.asked[1][1]] == [b"new"]


def test_more_than_fit_are_refused_and_those_who_wait_are_answered(queue, worker, monkeypatch):
    monkeypatch.setattr(frame_queue, "MOST_WAITING", 2)
    busy(queue, worker)
    found = [queue.ask(name, ANTS, b"1") for name in "abc"]
    with pytest.raises(UserError, match="Too many watch"):
        answer_of(found[2])
    worker.go.set()
    assert [answer_of(each).id for each in found[:2]] == ["a", "b"]


def test_what_goes_wrong_is_told_and_the_next_frame_is_answered(queue: FrameQueue, worker: Worker):
    worker.go.set()
    worker.error = ("There is no such run.", "", "Choose another.")
    with pytest.raises(UserError, match="no such run"):
        answer_of(queue.ask("a", ANTS, b"1"))
    worker.error, worker.raises = None, ValueError("a bug")
    with pytest.raises(UserError, match="fault of ours"):
        answer_of(queue.ask("a", ANTS, b"1"))
    worker.raises, worker.is_over = None, False
    with pytest.raises(UserError, match="busy"):
        answer_of(queue.ask("a", ANTS, b"1"))
    worker.is_over = True
    assert answer_of(queue.ask("a", ANTS, b"1")).id == "a"


def test_who_has_left_holds_nobody_up(queue: FrameQueue, worker: Worker):
    busy(queue, worker)
    gone, there = queue.ask("gone", ANTS, b"1"), queue.ask("there", ANTS, b"1")
    assert gone.cancel()
    worker.go.set()
    assert answer_of(there).id == "there"
