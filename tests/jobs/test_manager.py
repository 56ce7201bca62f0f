"""The job manager against real worker processes: order, stops, failures, and what is left behind."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobManager, JobSnapshot, JobSpec, JobView, manager, messages, process, retention
from qtl_core.jobs.pool import WorkerPool
from qtl_core.jobs.scheduler import Scheduler
from tests.conftest import PROJECT
from tests.helpers import job_tasks

PATIENCE = 300.0  # seconds; a machine may be busy, so only what must be quick has a limit of its own
STOP_LIMIT = 3.0  # "within a second", with room for a busy machine


@pytest.fixture
def jobs() -> Iterator[JobManager]:
    """A manager of one slot."""
    made = JobManager(slots=1, threads=1)
    yield made
    made.close()


def wait_for(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Waits until `condition()` is true and returns its value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)
    return value


def spec(task: str, payload: Any = None, **more: Any) -> JobSpec[tuple]:
    """A job whose view is the tuple of its events."""
    more = {"when_failed": lambda view, *_: view, **more}
    return JobSpec(f"tests.helpers.job_tasks:{task}", payload, view=(), fold=lambda view, event: (*view, event), **more)


def over(jobs: JobManager, job_id: str, seconds: float = PATIENCE) -> JobSnapshot:
    """Waits until a job is over."""
    found = jobs.wait(job_id, seconds)
    assert found.is_over, "it never came to that"
    return found


def done(jobs: JobManager, task: str, payload: Any = None, **more: Any) -> JobSnapshot:
    """Does a job and waits until it is over."""
    return over(jobs, jobs.submit(spec(task, payload, **more)))


def begun(jobs: JobManager, task: str, payload: Any = None, **more: Any) -> str:
    """Submits a job and waits for its first event."""
    job_id = jobs.submit(spec(task, payload, **more))
    assert jobs.wait(job_id, PATIENCE, until=lambda job: job.view).view
    return job_id


def works(jobs: JobManager) -> bool:
    """Whether the next job is done properly."""
    return done(jobs, "count", 3).view == (0, 1, 2)


def is_gone(pid: int) -> bool:
    """Whether no process of this number does anything any more (one that only waits to be collected is gone)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


# What a job does


def test_a_job_is_done_and_all_its_events_arrive_in_order(jobs):
    found = done(jobs, "count", 500, owner="me")
    assert found.view == tuple(range(500))
    assert (found.state, found.error, found.place, found.owner) == ("done", None, 0, "me")
    assert found.created <= found.started <= found.ended


def test_the_version_grows_with_every_event(jobs):
    job_id = jobs.submit(spec("count", 10))
    before = jobs.snapshot(job_id).version
    assert over(jobs, job_id).version >= before + 10


def test_readers_are_spared_transient_events_that_come_too_fast(jobs):
    view = done(jobs, "tick", 20_000).view
    assert view[-1] == "end"
    assert 1 <= len(view[:-1]) < 10_000


def test_a_worker_is_used_again_and_is_given_its_threads_and_the_server_s_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # a relative QTL_HOME or picture folder means the same to both
    jobs = JobManager(slots=1, threads=3)
    (first,), (second,) = done(jobs, "where").view, done(jobs, "where").view
    jobs.close()
    assert first == second
    assert first[1:] == (str(tmp_path), "3")
    assert first[0] != os.getpid()


def test_a_warm_worker_takes_the_first_job(jobs):
    jobs.warm()
    jobs.warm()
    (worker,) = jobs.pool.idle
    ((pid, *_),) = done(jobs, "where").view
    assert pid == worker.process.pid


def test_a_worker_without_work_ends_after_a_while_and_the_next_job_has_another(monkeypatch):
    monkeypatch.setenv("QTL_IDLE_MINUTES", "5")
    jobs = JobManager(slots=1, threads=1)
    now = 100.0
    jobs.pool.clock = lambda: now
    jobs.warm()
    assert jobs.rounds.is_alive(), "a worker that never gets a job is looked for, too"
    assert works(jobs)
    (worker,) = jobs.pool.idle
    now += 299
    jobs.end_idle()
    assert works(jobs) and jobs.pool.idle == [worker], "it began to wait anew"
    now += 301
    jobs.end_idle()
    assert jobs.pool.idle == [] and is_gone(worker.process.pid)
    assert works(jobs)
    jobs.close()


@pytest.mark.parametrize(("kept", "minutes", "left"), [(1, "5", ["b"]), (0, "5", []), (0, "0", ["a", "b"])])
def test_the_worker_that_began_to_wait_last_is_kept_warm(kept, minutes, left, monkeypatch):
    monkeypatch.setenv("QTL_IDLE_MINUTES", minutes)
    now = 0.0
    pool = WorkerPool(1, clock=lambda: now)
    workers = {name: SimpleNamespace(alive=True, is_worn=lambda: False) for name in "ab"}
    for worker in workers.values():
        assert pool.take_back(worker)
        now += 1
    now += 3600
    given_up = pool.let_go(retention.idle_seconds(), kept)
    assert pool.idle == [workers[name] for name in left]
    assert given_up == [each for name, each in workers.items() if name not in left]


@pytest.mark.parametrize(("said", "seconds"), [("", 600), ("3", 180), ("soon", 600), ("0", float("inf"))])
def test_how_long_a_worker_waits_is_a_setting_of_the_server(said, seconds, monkeypatch):
    monkeypatch.setenv("QTL_IDLE_MINUTES", said)
    assert retention.idle_seconds() == seconds


def test_what_a_task_prints_and_reads_does_not_get_between_the_messages(jobs, capfd):
    assert done(jobs, "chatters").view == (*range(100), b"")
    assert works(jobs)
    assert "raw bytes" not in capfd.readouterr().out


def test_ctrl_c_in_the_terminal_is_left_to_the_server(jobs):
    found = done(jobs, "interrupted")
    assert (found.state, found.view) == ("done", ("still there",))


def test_a_job_that_goes_on_takes_the_place_of_the_one_before_and_never_of_one_under_way(jobs):
    first = done(jobs, "count", 3, id="mine")
    assert first.id == "mine"
    job_id = begun(jobs, "until_stopped", id="mine")
    assert (job_id, jobs.active()) == ("mine", ["mine"])
    assert jobs.snapshot("mine").version > first.version
    with pytest.raises(UserError, match="under way already"):
        jobs.submit(spec("count", 3, id="mine"))
    assert jobs.active() == ["mine"]
    jobs.stop("mine")
    assert over(jobs, "mine").view == ("started", "ended by itself")


def test_what_an_owner_started_is_found_newest_first_and_no_one_elses(jobs):
    first, second = (done(jobs, "count", number, owner="me").id for number in (2, 3))
    done(jobs, "count", 1, owner="somebody else")
    assert jobs.owned("me") == [second, first]
    assert jobs.owned("nobody") == []


def test_what_a_server_that_is_gone_has_done_is_looked_at_like_a_job(jobs):
    jobs.adopt("theirs", ("kept",))
    jobs.adopt("theirs", ("another",))
    found = jobs.snapshot("theirs")
    assert (found.state, found.view, found.started, jobs.active()) == ("stopped", ("kept",), None, [])
    assert done(jobs, "count", 2, id="theirs").view == (0, 1)


# Waiting for a job


class Waiting:
    """A thread that waits for a job; `asked` is released whenever it looks whether it is time."""

    def __init__(self, jobs: JobManager, job_id: str) -> None:
        self.jobs, self.job_id, self.asked = jobs, job_id, threading.Semaphore(0)
        self.found: list[JobSnapshot | None] = []
        self.thread = threading.Thread(target=self._wait, daemon=True)
        self.thread.start()
        self.looks()

    def _wait(self) -> None:
        self.found.append(self.jobs.wait(self.job_id, until=lambda _: self.asked.release()))

    def looks(self) -> bool:
        """Whether it looks once more."""
        return self.asked.acquire(timeout=PATIENCE)

    def ends(self) -> JobSnapshot | None:
        """Returns what it was told, once it was."""
        self.thread.join(PATIENCE)
        (found,) = self.found
        return found


def test_waiting_ends_at_once_where_the_job_is_over_or_unknown(jobs):
    job_id = done(jobs, "count", 3).id
    assert jobs.wait(job_id).view == (0, 1, 2)
    assert jobs.wait(job_id, until=lambda _: False).state == "done"
    jobs.forget(job_id)
    assert jobs.wait(job_id) is None
    assert jobs.wait("no such job") is None


def test_who_has_waited_long_enough_gets_the_job_as_it_is(jobs):
    job_id = begun(jobs, "until_stopped")
    found = jobs.wait(job_id, 0.0)
    assert (found.state, found.view) == ("running", ("started",))


def test_one_can_wait_for_less_than_the_end(jobs, tmp_path):
    job_id = jobs.submit(spec("until_file", str(tmp_path / "never")))
    assert jobs.wait(job_id, until=lambda job: job.state == "running").state == "running"
    assert jobs.wait(job_id, until=lambda job: job.view).view == ("started",)
    assert not jobs.snapshot(job_id).is_over


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (lambda jobs, gate, _: gate.touch(), "done"),
        (lambda jobs, _, job_id: jobs.stop(job_id), "stopped"),
        (lambda jobs, _, job_id: os.kill(jobs.jobs[job_id].worker.process.pid, signal.SIGKILL), "failed"),
        (lambda jobs, *_: jobs.close(), "stopped"),
    ],
    ids=["done", "stopped", "its worker dies", "the manager closes"],
)
def test_whoever_waits_is_woken_by_the_end_however_it_comes(jobs, tmp_path, end, state):
    gate = tmp_path / "gate"
    job_id = begun(jobs, "until_file", str(gate))
    waiting = [Waiting(jobs, job_id) for _ in range(3)]
    end(jobs, gate, job_id)
    assert [each.ends().state for each in waiting] == [state] * 3


def test_whoever_waits_in_the_queue_is_woken_as_well(jobs):
    first, second = begun(jobs, "until_stopped"), jobs.submit(spec("count", 3))
    waiting = Waiting(jobs, second)
    jobs.stop(second)
    assert waiting.ends().state == "stopped"
    assert jobs.active() == [first]


def test_whoever_waits_for_a_job_that_is_dropped_is_told_that_there_is_none(jobs):
    job_id = begun(jobs, "until_stopped")
    waiting = Waiting(jobs, job_id)
    jobs.drop(job_id)
    assert waiting.ends() is None


def test_others_use_the_manager_while_somebody_waits(jobs):
    job_id = begun(jobs, "until_stopped")
    waiting = Waiting(jobs, job_id)
    assert jobs.lock.acquire(timeout=PATIENCE)  # of this thread's own: it would never come if the lock were held
    jobs.lock.release()
    jobs.stop(job_id)
    assert waiting.ends().view == ("started", "ended by itself")


def test_who_waits_for_a_silent_job_looks_at_it_so_that_it_does_not_pass_for_abandoned(jobs, monkeypatch):
    monkeypatch.setattr(manager, "round_seconds", lambda: 0.01)
    job_id = begun(jobs, "until_stopped")
    waiting = Waiting(jobs, job_id)
    assert all(waiting.looks() for _ in range(10))
    jobs.stop(job_id)
    assert waiting.ends().state == "stopped"


# The queue


def test_jobs_wait_in_order_and_see_their_place(jobs, tmp_path):
    gates = [str(tmp_path / str(number)) for number in range(3)]
    ids = [jobs.submit(spec("until_file", gate)) for gate in gates]
    jobs.wait(ids[0], PATIENCE, until=lambda job: job.view)
    assert [(jobs.snapshot(each).state, jobs.snapshot(each).place) for each in ids] == [
        ("running", 0),
        ("queued", 1),
        ("queued", 2),
    ]
    Path(gates[0]).touch()
    jobs.wait(ids[1], PATIENCE, until=lambda job: job.view)
    assert [jobs.snapshot(each).place for each in ids] == [0, 0, 1]
    jobs.stop(ids[1])
    Path(gates[2]).touch()
    assert [over(jobs, each).state for each in ids] == ["done", "stopped", "done"]
    assert jobs.snapshot(ids[0]).ended <= jobs.snapshot(ids[1]).started


@pytest.mark.parametrize("slots", [1, 2, 3])
def test_no_more_jobs_run_at_once_than_there_are_slots(slots, tmp_path):
    jobs = JobManager(slots=slots, threads=1)
    gate = tmp_path / "gate"
    ids = [jobs.submit(spec("until_file", str(gate))) for _ in range(5)]
    wait_for(lambda: sum(bool(jobs.snapshot(each).view) for each in ids) == slots)
    assert [jobs.snapshot(each).state for each in ids].count("running") == slots
    gate.touch()
    assert {over(jobs, each).state for each in ids} == {"done"}
    assert len(jobs.pool.idle) <= slots
    jobs.close()


def test_a_queued_job_is_stopped_without_ever_starting(jobs):
    first = begun(jobs, "until_stopped")
    second = jobs.submit(spec("count", 3, when_stopped=lambda view: (*view, "put away")))
    jobs.stop(second)
    found = jobs.snapshot(second)
    assert (found.state, found.view, found.started) == ("stopped", ("put away",), None)
    assert jobs.active() == [first]


def test_two_people_see_their_own_jobs(jobs):
    mine, yours = begun(jobs, "until_stopped", owner="me"), jobs.submit(spec("count", 1, owner="you"))
    assert (jobs.active("me"), jobs.active("you"), jobs.active()) == ([mine], [yours], [mine, yours])
    jobs.stop(mine)
    assert over(jobs, yours).view == (0,)
    assert jobs.active() == []


def test_turns_go_round_and_places_are_the_order_in_which_jobs_really_start(jobs, tmp_path):
    gate = str(tmp_path / "gate")
    first = begun(jobs, "until_file", gate, owner="greedy")
    asked = ["greedy", "greedy", "greedy", "modest", "late", "modest"]
    waiting = [jobs.submit(spec("count", 1, owner=owner)) for owner in asked]
    assert [jobs.snapshot(each).place for each in waiting] == [3, 5, 6, 1, 2, 4]
    promised = [each for _, each in sorted((jobs.snapshot(each).place, each) for each in waiting)]
    Path(gate).touch()
    for each in (first, *waiting):
        over(jobs, each)
    assert sorted(waiting, key=lambda each: jobs.jobs[each].began) == promised


def test_one_person_cannot_fill_the_queue_and_others_are_not_held_up(jobs):
    jobs.scheduler = Scheduler(each=3, most=5)
    mine = [jobs.submit(spec("until_stopped", owner="me")) for _ in range(3)]
    with pytest.raises(UserError, match="3 jobs under way or waiting already"):
        jobs.submit(spec("count", 1, owner="me"))
    yours = jobs.submit(spec("count", 1, owner="you"))
    assert jobs.snapshot(yours).place == 1
    jobs.submit(spec("count", 1, owner="another"))
    with pytest.raises(UserError, match="5 jobs are waiting on this server"):
        jobs.submit(spec("count", 1, owner="a sixth"))
    jobs.stop(mine[0])
    assert over(jobs, yours).state == "done"


def test_many_at_once_from_many_threads(jobs):
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.append(jobs.submit(spec("count", 5)))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {over(jobs, each).view for each in ids} == {tuple(range(5))}


def test_an_unknown_job_is_none_and_cannot_be_stopped(jobs):
    jobs.stop("no such job")
    assert jobs.snapshot("no such job") is None


def test_the_oldest_ended_jobs_are_forgotten(jobs):
    jobs.kept = 2
    ids = [done(jobs, "count", 1).id for _ in range(4)]
    last = jobs.submit(spec("count", 1))
    assert [jobs.snapshot(each) is None for each in ids] == [True, True, False, False]
    assert over(jobs, last).state == "done"


def test_ended_jobs_that_weigh_too_much_together_are_forgotten_those_looked_at_longest_ago_first(jobs, monkeypatch):
    monkeypatch.setattr(retention, "KEPT_BYTES", 250_000)
    ids = [done(jobs, "weighs", 100_000).id for _ in range(3)]
    jobs.snapshot(ids[0])
    jobs.submit(spec("count", 1))
    assert [each in jobs.jobs for each in ids] == [True, False, True]


def test_ended_jobs_nobody_has_looked_at_for_long_are_forgotten(jobs, monkeypatch):
    job_id = done(jobs, "count", 1).id
    monkeypatch.setattr(retention, "KEPT_SECONDS", 0.0)
    jobs.submit(spec("count", 1))
    assert job_id not in jobs.jobs


def test_an_open_job_is_never_forgotten(jobs):
    jobs.kept = 0
    first = begun(jobs, "until_stopped")
    second = jobs.submit(spec("count", 1))
    jobs.forget(first)
    assert jobs.active() == [first, second]


def test_a_job_that_is_over_can_be_forgotten(jobs):
    job_id = done(jobs, "count", 1).id
    jobs.forget(job_id)
    assert jobs.snapshot(job_id) is None


# Stops


def test_a_task_that_listens_ends_by_itself(jobs):
    job_id = begun(jobs, "until_stopped", when_stopped=lambda view: (*view, "put away"))
    jobs.stop(job_id)
    found = over(jobs, job_id, STOP_LIMIT)
    assert (found.state, found.view) == ("stopped", ("started", "ended by itself", "put away"))
    assert len(jobs.pool.idle) == 1, "its worker is kept for the next job"
    assert works(jobs)


def test_work_that_raises_because_it_was_stopped_is_stopped_and_not_failed(jobs):
    job_id = begun(jobs, "raises_stopped")
    jobs.stop(job_id)
    assert (over(jobs, job_id, STOP_LIMIT).state, jobs.snapshot(job_id).error) == ("stopped", None)
    assert works(jobs)


@pytest.mark.parametrize("task", ["deaf", "deaf_and_busy"])
def test_a_task_that_does_not_listen_is_stopped_within_a_second(jobs, task):
    job_id = begun(jobs, task, when_stopped=lambda view: (*view, "put away"))
    jobs.stop(job_id)
    found = over(jobs, job_id, STOP_LIMIT)
    assert (found.state, found.error, found.view[-1]) == ("stopped", None, "put away")
    assert works(jobs)


def test_a_job_of_the_same_identifier_is_not_stopped_for_the_one_before_it(jobs):
    for _ in range(2):
        job_id = begun(jobs, "until_stopped", id="run")
        time.sleep(0.2)
        assert not jobs.snapshot(job_id).is_over
        jobs.stop(job_id)
        assert over(jobs, job_id, STOP_LIMIT).state == "stopped"
    assert works(jobs)


def test_a_stop_at_once_after_the_start(jobs):
    for _ in range(5):
        job_id = jobs.submit(spec("deaf"))
        jobs.stop(job_id)
        assert over(jobs, job_id).state == "stopped"
    assert works(jobs)


def test_twenty_stops_are_one(jobs):
    job_id = begun(jobs, "until_stopped", when_stopped=lambda view: (*view, "put away"))
    for _ in range(20):
        jobs.stop(job_id)
    found = over(jobs, job_id, STOP_LIMIT)
    jobs.stop(job_id)
    assert jobs.snapshot(job_id) == found
    assert found.view.count("put away") == 1


def test_a_job_grows_older_while_it_waits_for_its_turn_and_until_it_is_over(jobs):
    running, waiting = begun(jobs, "until_stopped"), jobs.submit(spec("until_stopped"))
    first = jobs.snapshot(waiting)
    assert (first.state, first.seconds) == ("queued", None)
    assert 0 < first.age < jobs.snapshot(waiting).age < jobs.snapshot(running).age
    jobs.stop(waiting)
    assert over(jobs, waiting).age == 0


def test_twenty_jobs_stopped_one_after_another(jobs):
    for _ in range(20):
        job_id = begun(jobs, "until_stopped")
        jobs.stop(job_id)
        assert over(jobs, job_id).state == "stopped"
    assert works(jobs)


def test_a_stop_of_one_job_does_not_touch_the_next_one_in_the_same_worker(jobs):
    first = begun(jobs, "until_stopped")
    second = jobs.submit(spec("until_stopped"))
    jobs.stop(first)
    jobs.wait(second, PATIENCE, until=lambda job: job.view)
    time.sleep(2 * manager.STOP_SECONDS)  # past the moment at which the first would have been ended by force
    assert jobs.snapshot(second).state == "running"


def test_nothing_arrives_after_the_end(jobs):
    job_id = begun(jobs, "deaf_and_busy")
    jobs.stop(job_id)
    found = over(jobs, job_id)
    assert works(jobs)
    assert jobs.snapshot(job_id) == found


@pytest.mark.parametrize("task", ["deaf_and_busy", "deaf", "until_stopped"])
def test_a_job_nobody_looks_at_is_stopped_be_it_busy_or_silent(jobs, monkeypatch, task):
    monkeypatch.setattr(retention, "ABANDONED_SECONDS", 0.2)
    job_id = jobs.submit(spec(task))
    wait_for(lambda: not jobs.active())  # which does not count as looking
    assert jobs.snapshot(job_id).state == "stopped"


def test_a_job_nobody_looks_at_is_stopped_in_the_queue_as_well(jobs, monkeypatch):
    monkeypatch.setattr(retention, "ABANDONED_SECONDS", 3)  # longer than a busy machine lets nobody look
    watched, queued = jobs.submit(spec("until_stopped")), jobs.submit(spec("count", 3))
    wait_for(lambda: jobs.snapshot(watched) and jobs.active() == [watched])
    assert (jobs.snapshot(queued).state, jobs.snapshot(queued).started) == ("stopped", None)


def test_a_job_that_is_looked_at_or_asked_to_go_on_is_not_abandoned(jobs):
    watched, kept = jobs.submit(spec("until_stopped")), jobs.submit(spec("until_stopped"))
    jobs.go_on(kept, True)
    for job in jobs.jobs.values():
        job.watched -= 2 * retention.ABANDONED_SECONDS
    assert retention.abandoned(jobs.jobs.values()) == [jobs.jobs[watched]]
    assert jobs.snapshot(watched).state == "running"
    assert retention.abandoned(jobs.jobs.values()) == []
    jobs.go_on(kept, False)
    assert retention.abandoned(jobs.jobs.values()) == [jobs.jobs[kept]]


# Failures

OUR_FAULT = "It is a fault of ours."  # visitors see neither an error's name nor its words, which are in the log


@pytest.mark.parametrize(
    ("task", "payload", "what", "why"),
    [
        ("refuses", None, "The folder is empty.", "No picture is in it."),
        ("raises", ZeroDivisionError("by nought"), "Something went wrong", OUR_FAULT),
        ("raises", MemoryError(), "There was not enough memory.", ""),
        ("leaves", 0, "ended unexpectedly", "exit code was 0"),
        ("leaves", 7, "ended unexpectedly", "exit code was 7"),
        ("exits", 5, "ended unexpectedly", "exit code was 5"),
        ("killed", None, "ended unexpectedly", "when memory runs out"),
        ("unsendable", None, "Something went wrong", OUR_FAULT),
        ("springs", None, "ended unexpectedly", ""),
        ("no_such_task", None, "Something went wrong", OUR_FAULT),
    ],
)
def test_a_failure_in_the_middle_is_told_and_the_next_job_works(jobs, task, payload, what, why):
    found = done(jobs, task, payload, when_failed=lambda view, *words: (*view, words))
    assert found.state == "failed"
    assert what in found.error[0]
    assert why in found.error[1]
    assert found.view == (() if task == "no_such_task" else ("half",)) + (found.error,)
    assert not any(name in " ".join(found.error) for name in ("Error", "pickle", "no_such_task", "by nought"))
    assert works(jobs)


def test_more_memory_than_a_worker_may_have_is_said_and_the_next_job_gets_a_new_one(monkeypatch):
    monkeypatch.setenv("QTL_WORKER_MB", "400")
    jobs = JobManager(slots=1, threads=1)
    found = done(jobs, "fills", 2**31)
    assert (found.state, found.view, found.error[0]) == ("failed", ("half",), "There was not enough memory.")
    assert done(jobs, "fills", 2**20).view == ("half", "filled")
    jobs.close()


@pytest.mark.parametrize(
    "said", ["[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory", "CUDA out of memory."]
)
def test_what_torch_says_when_memory_runs_out_is_worded_like_a_memory_error(said):
    assert messages.error_message(RuntimeError(said))[0] == "There was not enough memory."
    assert messages.error_message(RuntimeError("shapes differ"))[0] == "Something went wrong inside the app."


def test_a_clock_that_is_set_back_changes_no_duration(jobs, monkeypatch):
    job_id = begun(jobs, "until_stopped")
    before = jobs.snapshot(job_id).seconds
    monkeypatch.setattr(manager.time, "time", lambda: 0.0)
    time.sleep(0.02)
    assert jobs.snapshot(job_id).seconds > before >= 0.0
    jobs.stop(job_id)
    found = over(jobs, job_id)
    assert found.ended < found.started
    assert found.seconds > before
    assert works(jobs)


@pytest.mark.parametrize("payload", [lambda: None, threading.Lock()], ids=["lambda", "lock"])
def test_a_payload_that_cannot_be_sent_fails_at_once(jobs, payload):
    found = done(jobs, "count", payload)
    assert (found.state, found.error[0]) == ("failed", "Something went wrong inside the app.")
    assert works(jobs)


def test_a_payload_that_cannot_be_read_fails_and_the_worker_lives_on(jobs):
    jobs.warm()
    (worker,) = jobs.pool.idle
    found = done(jobs, "count", job_tasks.Trap())
    assert (found.state, found.error[1]) == ("failed", "It is a fault of ours.")
    assert works(jobs)
    assert jobs.pool.idle == [worker]


def test_an_event_that_cannot_be_folded_fails_the_job_and_not_the_queue(jobs, capfd):
    def fold(view: JobView, event: Any) -> JobView:
        raise KeyError(event)

    job_id = jobs.submit(JobSpec("tests.helpers.job_tasks:count", 3, fold=fold))
    assert over(jobs, job_id).error[1] == OUR_FAULT
    assert "KeyError: 0" in capfd.readouterr().err
    assert works(jobs)


def test_an_end_that_cannot_be_put_away_does_not_stop_the_queue(jobs):
    job_id = begun(jobs, "until_stopped", when_stopped=lambda view: 1 / 0)
    waiting = jobs.submit(spec("count", 3))
    jobs.stop(job_id)
    assert over(jobs, job_id).view == ("started", "ended by itself")
    assert over(jobs, waiting).view == (0, 1, 2)


def test_a_worker_that_dies_while_idle_is_replaced(jobs):
    jobs.warm()
    (worker,) = jobs.pool.idle
    os.kill(worker.process.pid, signal.SIGKILL)
    wait_for(lambda: not worker.alive)
    assert works(jobs)


def test_no_process_can_be_started(jobs, monkeypatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(12, "Cannot allocate memory")

    with monkeypatch.context() as patched:
        patched.setattr(process.subprocess, "Popen", refuse)
        found = done(jobs, "count", 3)
    assert (found.state, found.error) == ("failed", messages.NO_MEMORY)
    assert works(jobs)


def test_a_large_payload_and_a_large_event_pass(jobs):
    payload = os.urandom(2_000_000).hex()
    found = done(jobs, "raises", UserError("It is too long.", payload))
    assert found.state == "failed"
    assert found.error[1] == payload


def test_pages_do_not_wait_for_a_worker_that_does_not_read(jobs):
    jobs.warm()
    (worker,) = jobs.pool.idle
    os.kill(worker.process.pid, signal.SIGSTOP)
    job_id = jobs.submit(spec("count", os.urandom(4_000_000)))
    wait_for(lambda: jobs.jobs[job_id].worker)
    stopping = threading.Thread(target=jobs.stop, args=[job_id])
    stopping.start()
    assert jobs.snapshot(job_id) is not None
    assert over(jobs, job_id, STOP_LIMIT).state == "stopped"
    stopping.join(PATIENCE)
    assert works(jobs)


# What is left behind


def test_a_worker_that_has_grown_is_replaced(jobs, monkeypatch):
    monkeypatch.setattr(process, "WORN_BYTES", 300 * 2**20)
    (slim,) = done(jobs, "hoards", 1).view
    (grown,) = done(jobs, "hoards", 400 * 2**20).view
    assert slim == grown
    wait_for(lambda: is_gone(grown))
    assert done(jobs, "hoards", 1).view != (grown,)


def test_a_worker_that_has_done_very_many_jobs_is_replaced(jobs, monkeypatch):
    monkeypatch.setattr(process, "WORN_JOBS", 2)
    workers = [done(jobs, "hoards", 1).view for _ in range(3)]
    assert workers[0] == workers[1] != workers[2]


def test_closing_leaves_no_process_and_no_open_job():
    jobs = JobManager(slots=2, threads=1)
    (pid,) = jobs.snapshot(begun(jobs, "deaf")).view
    idle = done(jobs, "where").view[0][0]
    running = jobs.active()
    waiting = [jobs.submit(spec("deaf", when_stopped=lambda view: (*view, "put away"))) for _ in range(2)]
    jobs.close()
    wait_for(lambda: is_gone(pid) and is_gone(idle))
    assert [over(jobs, each).state for each in (*running, *waiting)] == ["stopped"] * 3
    assert jobs.snapshot(waiting[-1]).view[-1:] == ("put away",)
    with pytest.raises(RuntimeError, match="closed"):
        jobs.submit(spec("count", 1))
    jobs.warm()
    assert jobs.pool.idle == []
    jobs.close()


def test_closing_lets_a_stopped_job_be_put_away(tmp_path):
    jobs = JobManager(slots=1, threads=1)
    begun(jobs, "deaf", when_stopped=lambda view: (tmp_path / "kept").write_text("kept"))
    jobs.close()
    assert (tmp_path / "kept").read_text() == "kept"


@pytest.mark.parametrize("task", ["deaf", "deaf_and_busy", "until_stopped"])
def test_a_worker_ends_when_its_manager_is_killed(task):
    code = f"""
import time
from qtl_core.jobs import JobManager, JobSpec
jobs = JobManager(slots=1, threads=1)
job = jobs.submit(JobSpec("tests.helpers.job_tasks:{task}", None))
jobs.wait(job, until=lambda seen: seen.version)
print(jobs.jobs[job].worker.process.pid, flush=True)
time.sleep(3600)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    assert not is_gone(worker)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: is_gone(worker))


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_worker_ends_when_its_input_does_even_in_the_middle_of_a_message(share):
    worker = process.WorkerProcess(threads=1)
    message = pickle.dumps(("run", "a job", "tests.helpers.job_tasks:count", pickle.dumps(3)))
    worker.process.stdin.write(message[: int(share * len(message))])
    worker.process.stdin.close()
    assert worker.process.wait(PATIENCE) == 0
    worker.end()


def test_a_dropped_job_is_stopped_and_nothing_of_it_is_kept(jobs):
    running, queued = begun(jobs, "until_stopped"), jobs.submit(spec("count", 3))
    jobs.drop(queued)
    assert jobs.snapshot(queued) is None
    jobs.drop(running)
    assert jobs.wait(running, PATIENCE) is None
    finished = done(jobs, "count", 3)
    jobs.drop(finished.id)
    assert jobs.snapshot(finished.id) is None


def test_what_a_job_was_given_is_freed_with_its_end(jobs):
    ended = done(jobs, "count", 3)
    assert jobs.jobs[ended.id].spec.payload is None


@pytest.mark.parametrize(("said", "slots"), [("1", 1), ("9", 2), ("0", 2), ("many", 2), ("", 2)])
def test_whoever_runs_a_small_server_may_allow_fewer_workers(said: str, slots: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QTL_WORKERS", said)
    assert JobManager(slots=2, threads=1).slots == slots
