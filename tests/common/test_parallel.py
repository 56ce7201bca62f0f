"""Work in threads: order, bounds, stops and failures."""

from __future__ import annotations

import threading

import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.parallel import PREFETCH, in_threads
from qtl_core.common.progress import never_stop


def nothing():
    pass


def test_results_come_in_order_whichever_is_ready_first():
    second_done = threading.Event()

    def work(item):
        if item == 0:
            second_done.wait(5)
        if item == 1:
            second_done.set()
        return item * item

    assert list(in_threads(work, range(20), 2, never_stop, nothing)) == [item * item for item in range(20)]


def test_no_more_is_begun_than_stated():
    taken = []
    results = in_threads(lambda item: item, (taken.append(item) or item for item in range(100)), 2, never_stop, nothing)
    next(results)
    assert len(taken) <= 2 * PREFETCH + 1
    results.close()


def test_every_thread_is_prepared_before_it_works():
    prepared = threading.local()

    def prepare():
        prepared.yes = True

    assert all(in_threads(lambda _: prepared.yes, range(10), 3, never_stop, prepare))


def test_a_stop_is_felt_while_a_result_is_waited_for():
    release, asked = threading.Event(), []

    def should_stop():
        asked.append(True)
        return len(asked) == 3

    with pytest.raises(StoppedByUser):
        list(in_threads(lambda _: release.wait(30), [1], 1, should_stop, nothing))
    assert not release.is_set()  # the work was still going on
    release.set()


def test_a_failure_reaches_the_caller_and_ends_the_rest():
    begun = []

    def work(item):
        begun.append(item)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        list(in_threads(work, range(100), 1, never_stop, nothing))
    assert len(begun) < 10
