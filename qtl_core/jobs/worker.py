"""The worker process: takes one job after another from its input and writes their events to its output.

Run as `qtl_core.jobs.worker [MODULE ...]` by the manager (see `launch`), never imported by it; the named modules are
imported one by one while no job waits. A plain subprocess, and not `multiprocessing`, because the latter would run the
server's main script again in the child. Messages are pickles: both ends are this very program.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import BinaryIO

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.memory import bound_own_memory
from qtl_core.common.niceness import stand_back
from qtl_core.common.progress import Progress, TimeLeft
from qtl_core.common.quiet import only_our_words
from qtl_core.jobs.messages import error_message
from qtl_core.jobs.process import NICENESS, NICENESS_NAME

TRANSIENT_SECONDS = 0.05  # events of which only the latest matters are sent at most this often


class Outbox:
    """Writes messages to the manager, one at a time."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.lock, self.last_transient = stream, threading.Lock(), 0.0

    def send(self, *message: object) -> None:
        """Sends a tuple; a manager that is gone ends this process."""
        packed = pickle.dumps(message)  # whole before the first byte is written: one that fails leaves no half behind
        with self.lock:
            try:
                self.stream.write(packed)
                self.stream.flush()
            except BrokenPipeError:
                os._exit(0)

    def send_event(self, job: str, event: object) -> None:
        """Sends an event, leaving out transient ones that come too fast."""
        if getattr(event, "transient", False):
            now = time.monotonic()
            if now - self.last_transient < TRANSIENT_SECONDS:
                return
            self.last_transient = now
        self.send("event", job, event)


class Inbox(threading.Thread):
    """Reads the manager's messages, so that a stop arrives while a job is busy."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(daemon=True)
        self.stream, self.arrived = stream, threading.Condition()
        self.pending: list[tuple[str, str, bytes]] = []  # (job, task, pickled payload)
        self.stopped: set[str] = set()

    def run(self) -> None:
        """Sorts messages into jobs to do and jobs to stop, until the manager goes away."""
        while True:
            try:
                kind, *rest = pickle.load(self.stream)
            except Exception:  # at the end of the stream, or in the middle of a message
                os._exit(0)  # the server is gone: nobody is left to train for
            with self.arrived:
                if kind == "stop":
                    self.stopped.add(rest[0])
                else:
                    self.pending.append((rest[0], rest[1], rest[2]))
                    self.arrived.notify()

    def is_empty(self) -> bool:
        """Returns whether no job waits."""
        return not self.pending

    def next_job(self) -> tuple[str, str, bytes]:
        """Waits for and returns the next (job, task, pickled payload)."""
        with self.arrived:
            self.arrived.wait_for(lambda: bool(self.pending))
            return self.pending.pop(0)


def resolve(task: str) -> Callable[..., None]:
    """Returns the function that "module:function" names."""
    module, name = task.split(":")
    return getattr(importlib.import_module(module), name)


def run_job(job: str, task: str, payload: bytes, inbox: Inbox, outbox: Outbox) -> None:
    """Does one job; whatever goes wrong is told in its last message, and the worker lives on."""
    try:
        with contextlib.suppress(StoppedByUser):
            time_left = TimeLeft()

            def emit(event: object) -> None:
                outbox.send_event(job, time_left.judged(event) if isinstance(event, Progress) else event)

            resolve(task)(pickle.loads(payload), emit, lambda: job in inbox.stopped)
        outbox.send("done", job, None)
    except Exception as error:
        if not isinstance(error, UserError):  # a bug of ours: the log gets the traceback, the person a sentence
            traceback.print_exc()
        outbox.send("done", job, error_message(error))


def import_ahead(modules: list[str], inbox: Inbox) -> None:
    """Imports the first modules of a list and removes them from it, until a job is there or none is left."""
    while modules and inbox.is_empty():
        try:
            importlib.import_module(modules.pop(0))
        except Exception:  # a job that needs it will say so in its own words
            traceback.print_exc()


def main() -> None:
    """Serves jobs until the manager goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the server, which then ends this one
    outbox = Outbox(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # what libraries print must not get between the messages
    source = os.fdopen(os.dup(0), "rb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # nor must what they read
    stand_back(int(os.environ.pop(NICENESS_NAME, NICENESS)))
    only_our_words(tracebacks=True)
    bound_own_memory()
    inbox = Inbox(source)
    inbox.start()
    outbox.send("ready")
    ahead = sys.argv[1:]
    while True:
        import_ahead(ahead, inbox)
        run_job(*inbox.next_job(), inbox, outbox)  # no name holds the payload: pictures leave memory with their job


if __name__ == "__main__":
    main()
