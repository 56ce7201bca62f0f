"""A session's own jobs, each done once and found by what it was asked; they go with the session.

What a worker finds out about somebody's picture, or makes of somebody's run, is nobody else's, so it is not shared as
forecasts are (`job_managers.SharedJobs`).
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from qtl_core.jobs import JobManager, JobSnapshot, JobSpec

MAX_JOBS = 24  # answers to look at again without waiting: some ten kilobytes each


class SessionJobs:
    """The jobs of one session.

    Args:
        jobs: Where they run.
        kept: How many are remembered; those asked for longest ago go first.
    """

    def __init__(self, jobs: JobManager, kept: int = MAX_JOBS) -> None:
        self.jobs, self.kept, self.lock = jobs, kept, threading.Lock()  # an older page run may still look
        self.ids: OrderedDict[Hashable, str] = OrderedDict()
        weakref.finalize(self, _drop, jobs, self.ids).atexit = False

    def find(self, key: Hashable) -> JobSnapshot[Any] | None:
        """Returns the job of this key, or None."""
        with self.lock:
            return self.jobs.snapshot(self.ids[key]) if key in self.ids else None

    def find_or_start(self, key: Hashable, make: Callable[[], JobSpec[Any]]) -> JobSnapshot[Any]:
        """Returns the job of this key; one that there is none of, or that was stopped, is started."""
        with self.lock:
            snapshot = self.jobs.snapshot(self.ids[key]) if key in self.ids else None
            if snapshot is None or snapshot.state == "stopped":
                self.ids[key] = self.jobs.submit(make())
                snapshot = self.jobs.snapshot(self.ids[key])
            assert snapshot is not None, "it was there, or was just submitted"
            self.ids.move_to_end(key)
            while len(self.ids) > self.kept:
                self.jobs.drop(self.ids.popitem(last=False)[1])
            return snapshot

    def drop(self, key: Hashable) -> None:
        """Stops the job of this key if it is not over, and forgets it."""
        with self.lock:
            job_id = self.ids.pop(key, "")
        if job_id:
            self.jobs.drop(job_id)

    def clear(self) -> None:
        """Forgets everything."""
        with self.lock:
            while self.ids:
                self.jobs.drop(self.ids.popitem()[1])


def _drop(jobs: JobManager, ids: OrderedDict[Hashable, str]) -> None:
    # In a thread, because the garbage collector may call from anywhere, also from within the manager.
    def drop_all() -> None:
        for each in ids.values():
            jobs.drop(each)

    threading.Thread(target=drop_all, daemon=True).start()
