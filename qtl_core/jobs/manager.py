"""The one place where long work is queued, run, watched and stopped, for all sessions of the app.

A job names a function ("module:function") that is run in a warm worker process with `(payload, emit,
should_stop)`. What it emits is folded into an immutable view as it arrives; pages read the latest view, or `wait` for a
moment until the job is over. At most `slots` jobs run at once; the others wait their turn (`scheduler`) and can see
their place.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from qtl_core.common.environment import MOST, number_in
from qtl_core.common.errors import UserError
from qtl_core.common.memory import bytes_of
from qtl_core.jobs.job import Job, JobSnapshot, JobSpec, JobState, new_id
from qtl_core.jobs.messages import NO_MEMORY, ErrorMessage, error_message, lost_worker_message
from qtl_core.jobs.pool import WorkerPool
from qtl_core.jobs.process import WorkerProcess
from qtl_core.jobs.retention import KEPT_JOBS, abandoned, idle_seconds, round_seconds, to_forget
from qtl_core.jobs.scheduler import Scheduler

STOP_SECONDS = 0.7  # a stopped job that has not ended by itself by then is ended with its process
GOING_SECONDS = 1.0  # a worker that closed its output is ending: so long its own exit code is waited for
WORKERS_VARIABLE = "QTL_WORKERS"
CLOSE_SECONDS = 2.0  # how long closing waits for stopped jobs to be put away, such as a run to be kept


class JobManager:
    """Queues jobs and runs at most `slots` of them at once, each in a process of its own.

    Args:
        slots: How many run at once; by default half the cores, so that pages stay quick. Never more than `QTL_WORKERS`
            says, for a machine with little memory.
        threads: Threads of each worker's numerical libraries; by default the cores shared out.
        preload: Modules that every worker imports while no job waits.
        kept: How many ended jobs can still be looked at; those looked at longest ago go first.
        scheduler: Whose turn is next, and how many jobs a person may have open.
        kept_warm: How many workers wait for the next job however long nothing is done; others end after a while.
    """

    def __init__(
        self,
        slots: int | None = None,
        threads: int | None = None,
        preload: Sequence[str] = (),
        kept: int = KEPT_JOBS,
        scheduler: Scheduler | None = None,
        kept_warm: int = 0,
    ) -> None:
        cores = os.cpu_count() or 1
        self.slots = min(slots or max(1, cores // 2), _most_slots())
        self.threads = threads or max(1, cores // self.slots)
        self.pool = WorkerPool(self.threads, preload)
        self.kept, self.scheduler, self.kept_warm = kept, scheduler or Scheduler(), kept_warm
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)  # notified of every change that somebody may wait for
        self.jobs: dict[str, Job] = {}
        self.closed, self.closing = False, threading.Event()
        self.rounds: threading.Thread | None = None
        atexit.register(self.close)

    def submit(self, spec: JobSpec[Any]) -> str:
        """Queues a job and returns its identifier.

        Raises:
            UserError: Its owner, or all together, have too many open already, or one of this identifier is open.
        """
        job = Job(spec, spec.view, spec.id or new_id())
        with self.lock:
            if self.closed:
                raise RuntimeError("This job manager is closed.")
            self.scheduler.check(spec.owner, self._open())
            self._replace(job)
            self._forget_oldest()
            self._start_next()
            self._start_rounds()
            self.changed.notify_all()
        return job.id

    def adopt(self, job_id: str, view: Any, started: float | None = None) -> None:
        """Takes in what a server that is gone did: it can be looked at like any job that is over.

        Args:
            job_id: Its identifier; one that is known already stays as it is.
            view: What came of it.
            started: When it began, seconds since the epoch; None where it was cut off with that server.
        """
        spec = JobSpec("", None, view=view)
        with self.lock:
            if not self.closed and job_id not in self.jobs:
                self.jobs[job_id] = Job(
                    spec, view, job_id, state="stopped", started=started, ended=time.time(), size=bytes_of(view)
                )

    def snapshot(self, job_id: str) -> JobSnapshot[Any] | None:
        """Returns the job as it is now, or None if there is none; looking at it counts as watching."""
        with self.lock:
            job = self.jobs.get(job_id)
            if job is None:
                return None
            job.watched = time.monotonic()
            return job.seen(self._place(job))

    def wait(
        self,
        job_id: str,
        timeout: float | None = None,
        until: Callable[[JobSnapshot[Any]], object] = lambda job: job.is_over,
    ) -> JobSnapshot[Any] | None:
        """Waits until a job is over and returns it; at once where it is over already.

        Other threads use the manager meanwhile: the lock is free while this one sleeps.

        Args:
            job_id: Its identifier.
            timeout: Seconds to wait at most, None for as long as it takes; after them the job is returned as it is.
            until: What is waited for instead, such as its first event; asked at every change, with the lock held. The
                wait is over with the job at any rate.

        Returns:
            The job, or None if there is none, or none any more; waiting for it counts as watching.
        """

        def is_time() -> bool:
            job = self.snapshot(job_id)
            return job is None or job.is_over or bool(until(job))

        with self.changed:
            self.changed.wait_for(is_time, timeout)
            return self.snapshot(job_id)

    def stop(self, job_id: str) -> None:
        """Stops a job, queued or running; returns at once, the job is over within a second."""
        with self.lock:
            job = self.jobs.get(job_id)
            if job is None or not job.is_open or job.stopping:
                return
            job.stopping = True
            queued, worker = job.state == "queued", job.worker
        if queued:
            self._end(job, "stopped")
        elif worker is not None:  # else it is just starting, and will not, or is over already
            killer = threading.Timer(STOP_SECONDS, self._kill_if_running, [job])
            killer.daemon = True
            killer.start()
            worker.send("stop", job.ticket)  # without the lock: a worker that does not read would hold up every page

    def go_on(self, job_id: str, wanted: bool) -> None:
        """Says whether a job is to go on for long with nobody looking at it."""
        with self.lock:
            if job_id in self.jobs:
                self.jobs[job_id].goes_on = wanted

    def forget(self, job_id: str) -> None:
        """Frees the memory of a job that is over; nobody can look at it any more."""
        with self.lock:
            if job_id in self.jobs and self.jobs[job_id].ended is not None:
                del self.jobs[job_id]
                self.changed.notify_all()

    def drop(self, job_id: str) -> None:
        """Stops a job if it is not over, and frees all that is known of it, now or as soon as it is."""
        with self.lock:
            job = self.jobs.get(job_id)
            if job is not None:
                job.dropped = True
        self.stop(job_id)
        self.forget(job_id)

    def warm(self) -> None:
        """Starts a worker ahead of the first job, so that nobody waits for its imports."""
        with self.lock, contextlib.suppress(OSError):  # no process can be started now: the first job will say so
            if not self.closed and not self._running():
                self.pool.warm()
                self._start_rounds()

    def end_idle(self) -> None:
        """Ends workers that have had nothing to do for long; the next job starts another."""
        with self.lock:
            workers = self.pool.let_go(idle_seconds(), self.kept_warm)
        for worker in workers:
            worker.end()

    def active(self, owner: str | None = None) -> list[str]:
        """Returns the identifiers of queued and running jobs, oldest first, of one owner or of all."""
        with self.lock:
            return [job.id for job in self._open() if owner is None or job.spec.owner == owner]

    def running(self) -> list[JobSnapshot[Any]]:
        """Returns the jobs under way, oldest first, without that counting as watching them."""
        with self.lock:
            return [job.seen(0) for job in self._running()]

    def owned(self, owner: str) -> list[str]:
        """Returns the identifiers of all jobs of one owner, also of those that are over, the newest first."""
        with self.lock:
            return [job.id for job in self._where(lambda job: job.spec.owner == owner)][::-1]

    def close(self) -> None:
        """Ends every worker and stops every job; nothing can be submitted any more."""
        with self.lock:
            self.closed = True
            self.closing.set()
            running, queued = self._running(), self._where(lambda job: job.state == "queued")
            for job in (*running, *queued):
                job.stopping = True
            workers = [*self.pool.empty(), *(job.worker for job in running if job.worker)]
        for worker in workers:
            worker.end()
        for job in queued:
            self._end(job, "stopped")
        for job in running:
            if job.follower:
                job.follower.join(CLOSE_SECONDS)

    def _where(self, condition: Callable[[Job], bool]) -> list[Job]:
        return [job for job in self.jobs.values() if condition(job)]

    def _replace(self, job: Job) -> None:
        """Puts a job in its place, which one that is over may have had (called with the lock held)."""
        before = self.jobs.pop(job.id, None)
        if before is not None and before.is_open:
            self.jobs[before.id] = before
            raise UserError("This is under way already.", "", "Wait until it is over, or stop it.")
        job.version = before.version + 1 if before else 0  # who has seen the one before sees that this is another
        self.jobs[job.id] = job

    def _running(self) -> list[Job]:
        return self._where(lambda job: job.state == "running")

    def _open(self) -> list[Job]:
        return self._where(lambda job: job.is_open)

    def _place(self, job: Job) -> int:
        return self._waiting().index(job) + 1 if job.state == "queued" and not job.stopping else 0

    def _waiting(self) -> list[Job]:
        return self.scheduler.in_order(self._where(lambda job: job.state == "queued" and not job.stopping))

    def _start_next(self) -> None:
        """Starts queued jobs while there are slots (called with the lock held)."""
        while len(self._running()) < self.slots and (waiting := self._waiting()):
            job = waiting[0]
            self.scheduler.note(job.spec.owner)
            job.state, job.started, job.began = "running", time.time(), time.monotonic()
            job.follower = threading.Thread(target=self._follow, args=[job], daemon=True)
            job.follower.start()

    def _follow(self, job: Job) -> None:
        """Sees a running job to its end (a thread of its own, mostly waiting)."""
        try:
            error = self._work(job)
        except Exception as problem:  # no process can be started, a payload not be sent, an event not be folded
            traceback.print_exc()
            error = error_message(problem)
        if job.stopping:
            self._end(job, "stopped")
        else:
            self._end(job, "failed" if error else "done", error)

    def _work(self, job: Job) -> ErrorMessage | None:
        """Has a worker do the job; returns what went wrong, if anything did."""
        payload = pickle.dumps(job.spec.payload)
        worker = self._worker_for(job)
        if worker is None:
            return None
        try:
            worker.jobs += 1
            worker.send("run", job.ticket, job.spec.task, payload)
            error = self._take_events(job, worker)
            if error == NO_MEMORY:
                worker.end()  # what filled it may still be there: the next job gets another
            return error
        except EOFError:
            return lost_worker_message(worker.end(GOING_SECONDS))
        except Exception:
            worker.end()  # it may be in the middle of anything
            raise
        finally:
            self._take_back(job, worker)

    def _worker_for(self, job: Job) -> WorkerProcess | None:
        """Gives the job an idle worker or a new one; none if it has been stopped meanwhile."""
        with self.lock:
            if not job.stopping:
                job.worker = self.pool.take()
            return job.worker

    def _take_back(self, job: Job, worker: WorkerProcess) -> None:
        with self.lock:
            job.worker = None  # at once, because the next job's must not be killed for this one
            if not self.closed and self.pool.take_back(worker):
                return
        worker.end()

    def _take_events(self, job: Job, worker: WorkerProcess) -> ErrorMessage | None:
        """Folds what the worker sends into the job's view; returns what went wrong in the worker."""
        while True:
            kind, *rest = worker.receive()
            if kind == "event" and rest[0] == job.ticket:
                self._take(job, rest[1])
            elif kind == "done" and rest[0] == job.ticket:
                return rest[1]

    def _take(self, job: Job, event: Any) -> None:
        with self.lock:
            job.view = job.spec.fold(job.view, event)
            job.version += 1
            self.changed.notify_all()

    def _start_rounds(self) -> None:
        """Starts the thread that ends what nobody looks at and workers without work (called with the lock held)."""
        if self.rounds is None:
            self.rounds = threading.Thread(target=self._go_round, name="job rounds", daemon=True)
            self.rounds.start()

    def _go_round(self) -> None:
        while not self.closing.wait(round_seconds()):
            with self.changed:
                self.changed.notify_all()  # who waits for a job looks at it, or it would pass for abandoned
                left = abandoned(self.jobs.values())
                self._forget_oldest()
            for job in left:
                self.stop(job.id)
            self.end_idle()

    def _kill_if_running(self, job: Job) -> None:
        with self.lock:  # held until the signal is sent: a moment later the worker may be doing another job
            if job.worker is not None:
                job.worker.kill()  # the thread that follows it notices and ends the job

    def _end(self, job: Job, state: JobState, error: ErrorMessage | None = None) -> None:
        view = _last_view(job, state, error)  # without the lock, because it may write to disk
        size = bytes_of(view)
        with self.lock:
            job.took = job.seconds
            job.state, job.ended, job.error = state, time.time(), error
            job.view, job.size = view, size
            job.version += 1
            job.spec = replace(job.spec, payload=None)  # it may hold a person's pictures, and is not needed any more
            if job.dropped:
                self.jobs.pop(job.id, None)
            self._start_next()
            self.changed.notify_all()

    def _forget_oldest(self) -> None:
        """Forgets ended jobs that are too many, too large together or too old (called with the lock held)."""
        for job in to_forget(self.jobs.values(), self.kept):
            del self.jobs[job.id]


def _last_view(job: Job, state: JobState, error: ErrorMessage | None) -> Any:
    """Returns the job's view at its end; the queue goes on even where the spec's own function fails."""
    try:
        if state == "stopped":
            return job.spec.when_stopped(job.view)
        return job.spec.when_failed(job.view, *error) if error else job.view
    except Exception:
        traceback.print_exc()
        return job.view


def _most_slots() -> int:
    """Returns how many workers of a kind whoever runs the server allows; usually any number."""
    return number_in(WORKERS_VARIABLE, MOST, instead="the usual number")
