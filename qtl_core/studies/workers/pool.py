"""Chunks trained in worker processes of this machine, one thread each."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.common.system_reasons import reason_of
from qtl_core.jobs.messages import lost_worker_message
from qtl_core.jobs.pool import WorkerPool
from qtl_core.jobs.process import WorkerProcess
from qtl_core.studies.chunks import SharedFeatures
from qtl_core.studies.workers.base import Came, Chunk, Lost
from qtl_core.studies.workers.in_worker import ChunkRequest
from qtl_core.studies.workers.shared_file import write_shared

TASK = "qtl_core.studies.workers.in_worker:chunk_job"
FEATURES = "features.part"  # in the study's folder, while it is trained


class LocalWorkers:
    """Processes of this machine; they start with the first bench and wait for the next one.

    They hold nothing that is not elsewhere, so that they are simply ended when work is to stop; and they end by
    themselves when this process does.

    Attributes:
        working: Those that train a chunk at this moment.
    """

    def __init__(self, count: int) -> None:
        self.count = self.ahead = count
        self.working: set[WorkerProcess] = set()
        # A shell trains no slower by processes than by its own threads, and a page's job stands back already.
        self.pool, self.lock = WorkerPool(1, TASK.partition(":")[0], niceness=0), threading.Lock()

    @property
    def words(self) -> str:
        """See `Workers`."""
        return f"on {self.count} core{'s' if self.count != 1 else ''} of this machine"

    @contextmanager
    def bench(
        self, shared: SharedFeatures, folder: Path, report: ReportProgress, should_stop: ShouldStop
    ) -> Iterator[LocalBench]:
        """See `Workers`."""
        file = folder / FEATURES
        try:
            write_shared(shared, file)
        except OSError as error:
            raise UserError(
                "The features cannot be written for the workers.", reason_of(error), "Make room."
            ) from error
        bench = LocalBench(self, file, report)
        try:
            yield bench
        finally:
            bench.end()
            with suppress(OSError):  # Windows may keep it open a moment longer; the next study's takes its place
                file.unlink()

    def close(self) -> None:
        """See `Workers`."""
        with self.lock:
            idle = self.pool.empty()
        for worker in idle:
            worker.end()

    def take(self) -> WorkerProcess:
        """Returns a worker that waits, or a new one.

        Raises:
            OSError: No process can be started now.
        """
        with self.lock:
            return self.pool.take()

    def take_back(self, worker: WorkerProcess) -> None:
        """Has a worker wait for the next chunk."""
        with self.lock:
            fit = self.pool.take_back(worker)
        if not fit:
            worker.end()


class LocalBench:
    """See `Bench`: a thread for each worker sends it a chunk and waits for what it says."""

    def __init__(self, workers: LocalWorkers, file: Path, report: ReportProgress) -> None:
        self.workers, self.file, self.report = workers, file, report
        self.written = file.stat().st_mtime_ns
        self.said: SimpleQueue[Came | Lost | Progress | Exception] = SimpleQueue()
        self.ended, self.lock = False, threading.Lock()
        self.threads = ThreadPoolExecutor(workers.count, thread_name_prefix="study")

    def submit(self, chunk: Chunk) -> None:
        """See `Bench`."""
        future: Future[Came | Lost] = self.threads.submit(self._trained, chunk)
        future.add_done_callback(self._tell)

    def wait(self, seconds: float) -> list[Came | Lost]:
        """See `Bench`."""
        found: list[Came | Lost] = []
        with suppress(Empty):
            said = self.said.get(timeout=seconds)
            while True:
                if isinstance(said, Exception):
                    raise said
                if isinstance(said, Progress):
                    self.report(said)
                else:
                    found.append(said)
                said = self.said.get_nowait()
        return found

    def end(self) -> None:
        """Ends the workers that are busy still."""
        with self.lock:
            self.ended = True
            for worker in self.workers.working:
                worker.kill()
        self.threads.shutdown(cancel_futures=True)

    def _tell(self, future: Future[Came | Lost]) -> None:
        if not future.cancelled():
            error = future.exception()
            self.said.put(error if isinstance(error, Exception) else future.result())

    def _trained(self, chunk: Chunk) -> Came | Lost:
        """Has a worker train a chunk and waits for it, in a thread."""
        try:
            worker = self.workers.take()
        except OSError as error:
            return Lost(chunk.number, reason_of(error))
        with self.lock:
            if self.ended:
                worker.kill()
            self.workers.working.add(worker)
        came = self._asked(worker, chunk)
        with self.lock:
            self.workers.working.remove(worker)
        if worker.alive and isinstance(came, Came):
            self.workers.take_back(worker)
        else:
            worker.kill()
            worker.end()
        return came

    def _asked(self, worker: WorkerProcess, chunk: Chunk) -> Came | Lost:
        """Returns what a worker says of a chunk.

        Raises:
            UserError: It cannot be trained.
        """
        worker.jobs += 1
        worker.send("run", str(chunk.number), TASK, pickle.dumps(ChunkRequest(chunk, self.file, self.written)))
        came: Came | Lost | None = None
        try:
            while (message := worker.receive())[0] != "done":
                if message[0] != "event":
                    continue
                if isinstance(message[2], Progress):
                    self.said.put(message[2])
                else:
                    came = message[2]
        except EOFError:
            return Lost(chunk.number, lost_worker_message(worker.end(grace=1.0))[1])
        if message[2] is not None:
            raise UserError(*message[2])
        assert came is not None, "a chunk without an error has a result"
        return came
