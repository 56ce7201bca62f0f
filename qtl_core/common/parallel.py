"""Work spread over threads, a bounded number of items ahead, with results in order and a stop that is felt at once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import TypeVar

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import LOOK_EVERY, ShouldStop

Item = TypeVar("Item")
Result = TypeVar("Result")

PREFETCH = 2  # results for each thread that may wait to be taken: bounds the memory


def in_threads(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    threads: int,
    should_stop: ShouldStop,
    prepare_thread: Callable[[], None],
) -> Generator[Result, None, None]:
    """Yields `work(item)` for every item, in order.

    Leaving early abandons what has not begun; what has begun ends by itself in the background.

    Args:
        work: Called in a thread.
        items: What to work on.
        threads: How many at a time.
        should_stop: Looked at ten times a second while a result is waited for.
        prepare_thread: Called once in each thread before anything else.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="features", initializer=prepare_thread)
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            pending.append(pool.submit(work, item))
            if len(pending) > threads * PREFETCH:
                yield _taken(pending.popleft(), should_stop)
        while pending:
            yield _taken(pending.popleft(), should_stop)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def on_every_core(work: Callable[[Item], Result], items: Iterable[Item], should_stop: ShouldStop) -> Iterator[Result]:
    """As `in_threads`, with one thread per core and torch limited to one thread in each.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    import torch

    before = torch.get_num_threads()
    try:
        cores, one = os.cpu_count() or 1, lambda: torch.set_num_threads(1)
        with closing(in_threads(work, items, cores, should_stop, prepare_thread=one)) as results:
            yield from results
    finally:
        torch.set_num_threads(before)  # threads made later, by anyone, start with the number that was set last


def _taken(future: Future[Result], should_stop: ShouldStop) -> Result:
    while True:
        if should_stop():
            raise StoppedByUser
        if wait([future], timeout=LOOK_EVERY).done:
            return future.result()
