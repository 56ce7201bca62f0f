"""The workers that a manager has: those that wait for a job, and new ones where none does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from qtl_core.jobs.process import NICENESS, WorkerProcess


class WorkerPool:
    """Hands workers out and takes them back; its methods are called with the manager's lock held.

    Args:
        threads: Threads of each worker's numerical libraries.
        preload: Modules that every worker imports while no job waits.
        niceness: How far every worker stands back behind this process.
        clock: Says how late it is, in seconds.

    Attributes:
        idle: The workers that wait; whoever began last is last.
    """

    def __init__(
        self,
        threads: int,
        preload: Sequence[str] = (),
        niceness: int = NICENESS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.threads, self.preload, self.niceness, self.clock = threads, preload, niceness, clock
        self.idle: list[WorkerProcess] = []

    def warm(self) -> None:
        """Starts a worker ahead of the first job, if none waits for one.

        Raises:
            OSError: No process can be started now.
        """
        if not self.idle:
            self._have_wait(self._new())

    def take(self) -> WorkerProcess:
        """Returns a worker that waits, or a new one.

        Raises:
            OSError: No process can be started now.
        """
        self.idle = [worker for worker in self.idle if worker.alive]
        return self.idle.pop() if self.idle else self._new()

    def take_back(self, worker: WorkerProcess) -> bool:
        """Has a worker wait for the next job; returns False for one that had better be ended."""
        fit = worker.alive and not worker.is_worn()
        if fit:
            self._have_wait(worker)
        return fit

    def empty(self) -> list[WorkerProcess]:
        """Gives up all workers that wait, and returns them to be ended."""
        given_up, self.idle = self.idle, []
        return given_up

    def let_go(self, seconds: float, kept: int) -> list[WorkerProcess]:
        """Gives up workers that waited for too long, and returns them to be ended.

        Args:
            seconds: How long a worker waits.
            kept: How many stay however long nothing is done: those that began to wait last.
        """
        over = self.clock() - seconds
        candidates = self.idle[: max(0, len(self.idle) - kept)]
        given_up = [worker for worker in candidates if worker.waiting_since < over]
        self.idle = [worker for worker in self.idle if worker not in given_up]
        return given_up

    def _have_wait(self, worker: WorkerProcess) -> None:
        worker.waiting_since = self.clock()
        self.idle.append(worker)

    def _new(self) -> WorkerProcess:
        return WorkerProcess(self.threads, self.preload, self.niceness)
