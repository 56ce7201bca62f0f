"""A session's questions about its answers, each asked of a worker once; they go with the pictures and the session.

What a worker finds out about a picture is nobody else's, so it is not shared as forecasts are
(`job_managers.SharedJobs`).
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from qtl_core.jobs import JobManager, JobSnapshot, JobSpec

MAX_JOBS = 24  # answers to look at again without waiting: some ten kilobytes each


class ExplanationJobs:
    """The questions of one session.

    Args:
        jobs: Where it is found out.
    """

    def __init__(self, jobs: JobManager) -> None:
        self.jobs, self.lock = jobs, threading.Lock()  # a page run may begin while an older one still looks
        self.ids: OrderedDict[Hashable, str] = OrderedDict()
        weakref.finalize(self, _drop, jobs, self.ids).atexit = False

    def find_or_start(self, key: Hashable, make: Callable[[], JobSpec[Any]]) -> JobSnapshot[Any]:
        """Returns the job of this key; one that there is none of, or that was stopped, is started."""
        with self.lock:
            snapshot = self.jobs.snapshot(self.ids[key]) if key in self.ids else None
            if snapshot is None or snapshot.state == "stopped":
                self.ids[key] = self.jobs.submit(make())
                snapshot = self.jobs.snapshot(self.ids[key])
            assert snapshot is not None, "it was there, or was just submitted"
            self.ids.move_to_end(key)
            while len(self.ids) > MAX_JOBS:
                self.jobs.drop(self.ids.popitem(last=False)[1])
            return snapshot

    def clear(self) -> None:
        """Forgets everything, because the pictures are gone."""
        with self.lock:
            while self.ids:
                self.jobs.drop(self.ids.popitem()[1])


def _drop(jobs: JobManager, ids: OrderedDict[Hashable, str]) -> None:
    # In a thread, because the garbage collector may call from anywhere, also from within the manager.
    def drop_all() -> None:
        for each in ids.values():
            jobs.drop(each)

    threading.Thread(target=drop_all, daemon=True).start()
