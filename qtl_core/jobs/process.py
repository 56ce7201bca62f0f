"""The manager's end of one worker process: start it, talk to it, end it."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import threading
from collections.abc import Sequence
from typing import Any

from qtl_core.common.memory import WORKER_VARIABLE, resident_bytes, worker_megabytes
from qtl_core.jobs.launch import module_command

NICENESS = 10  # added to a worker's niceness, so that pages stay quick while every core trains
NICENESS_NAME = "QTL_WORKER_NICENESS"  # the environment variable that tells a worker
WORN_BYTES = 2 * 2**30  # a worker weighs 0.6 GB with its libraries; one that has grown so far has something left over
WORN_JOBS = 1_000  # the same where the system does not say what a process weighs


class WorkerProcess:
    """One warm worker. Its methods may be called from any thread.

    Args:
        threads: How many threads its numerical libraries may use.
        preload: Modules it imports one by one while no job waits, so that jobs need not wait for them.
        niceness: How far it stands back behind the process that starts it.
    """

    def __init__(self, threads: int, preload: Sequence[str] = (), niceness: int = NICENESS) -> None:
        limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        limits[NICENESS_NAME] = str(niceness)
        if WORKER_VARIABLE in os.environ:  # read here, so that what it cannot be is said once and not by each worker
            limits[WORKER_VARIABLE] = str(worker_megabytes())
        process = subprocess.Popen(
            module_command("qtl_core.jobs.worker", *preload),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **limits},
            start_new_session=True,  # Ctrl-C in the terminal is for the server, which then ends this one
        )
        assert process.stdin and process.stdout  # both are pipes
        self.process, self.stdin, self.stdout = process, process.stdin, process.stdout
        self.lock = threading.Lock()
        self.jobs = 0  # that it was given
        self.waiting_since = 0.0  # by the clock of whoever has it wait

    def send(self, *message: Any) -> None:
        """Sends a message; a worker that is gone is noticed by whoever reads from it."""
        packed = pickle.dumps(message)
        with self.lock, contextlib.suppress(OSError, ValueError):
            self.stdin.write(packed)
            self.stdin.flush()

    def receive(self) -> tuple[Any, ...]:
        """Waits for and returns the next message.

        Raises:
            EOFError: The worker is gone.
        """
        try:
            return pickle.load(self.stdout)
        except Exception as error:  # what a message cut off in the middle makes of the unpickler can be anything
            raise EOFError from error

    @property
    def alive(self) -> bool:
        """True if the process still runs."""
        return self.process.poll() is None

    def is_worn(self) -> bool:
        """Returns whether it has grown so much, or done so much, that a new one had better take its place."""
        return (resident_bytes(self.process.pid) or 0) > WORN_BYTES or self.jobs >= WORN_JOBS

    def kill(self) -> None:
        """Ends the process without waiting; whoever reads from it notices."""
        self.process.kill()

    def end(self, grace: float = 0.0) -> int:
        """Ends the process, which has `grace` seconds to do so itself, and returns its exit code."""
        try:
            code = self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        with self.lock:
            for stream in (self.stdin, self.stdout):
                with contextlib.suppress(OSError, BrokenPipeError):
                    stream.close()
        return code
