"""A session's jobs are done once, and leave the job manager when they are dropped, or with the session."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator

import pytest

from qtl_core.jobs import JobManager, JobSpec, JobView
from ui.session.session_jobs import SessionJobs

PATIENCE = 300  # seconds: a worker starts, on a machine that may be busy


@pytest.fixture
def jobs() -> Iterator[JobManager]:
    manager = JobManager(slots=1, threads=1)
    yield manager
    manager.close()


def counting(numbers: int) -> Callable[[], JobSpec]:
    return lambda: JobSpec("tests.helpers.job_tasks:count", numbers, fold=JobView.collect)


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_was_asked_is_not_asked_again(jobs):
    book = SessionJobs(jobs)
    first = book.find_or_start("a", counting(3)).id
    jobs.wait(first, PATIENCE)
    again = book.find_or_start("a", counting(9))
    assert (again.id, again.view.result) == (first, (0, 1, 2))
    assert book.find_or_start("b", counting(1)).id != first


def test_pictures_that_are_taken_away_leave_nothing(jobs):
    book = SessionJobs(jobs)
    for name in "abc":
        book.find_or_start(name, counting(2))
    book.clear()
    until(lambda: not jobs.jobs)
    assert not book.ids


def test_the_oldest_goes_first(jobs):
    book = SessionJobs(jobs, kept=2)
    for name in "aabac":
        book.find_or_start(name, counting(1))
    assert list(book.ids) == ["a", "c"]
    until(lambda: set(jobs.jobs) == set(book.ids.values()))


def test_a_question_that_was_stopped_is_asked_again(jobs):
    book = SessionJobs(jobs)
    first = book.find_or_start("a", lambda: JobSpec("tests.helpers.job_tasks:until_stopped", None)).id
    jobs.stop(first)
    jobs.wait(first, PATIENCE)
    assert book.find_or_start("a", counting(1)).id != first


def test_one_that_is_dropped_is_stopped_and_no_other(jobs):
    book = SessionJobs(jobs)
    book.find_or_start("a", lambda: JobSpec("tests.helpers.job_tasks:until_stopped", None))
    other = book.find_or_start("b", counting(1)).id
    book.drop("a")
    book.drop("never asked")
    until(lambda: set(jobs.jobs) == {other})
    assert book.find("a") is None
    assert book.find("b") is not None


def test_a_session_that_ends_leaves_nothing(jobs):
    book = SessionJobs(jobs)
    book.find_or_start("a", counting(1))
    del book
    gc.collect()
    until(lambda: not jobs.jobs)
