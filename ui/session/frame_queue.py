"""Frames of all who watch live, on their way to a worker: one a watcher, the oldest first, one job at a time.

Memory is bounded by that: `MOST_WAITING` frames of 256 KB. One job takes the frames that wait for the
same run together, so that twenty watchers of one run cost hardly more jobs than one; the second express worker stays
free for pages.
"""

from __future__ import annotations

import contextlib
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass

from qtl_core.common.errors import UserError
from qtl_core.inference.live_answers import Frame, LiveAnswer, LiveRun, live_answers_job
from qtl_core.jobs import JobManager
from ui.session.frame_pace import FramePace

MOST_WAITING = 64  # frames: 16 MB at the most
TOGETHER = 8  # frames in one job: more would have the first wait for the last
PATIENCE = 60.0  # seconds: a worker that has to start loads torch and an image network first
OWNER = "live answers"


class BusyError(UserError):
    """There is no answer now; the next frame may well get one."""


class OurError(UserError):
    """Something went wrong that nobody but us can mend."""

    def __init__(self) -> None:
        super().__init__("Something went wrong inside the app.", "It is a fault of ours.", "The log has the details.")


@dataclass(frozen=True)
class _Waiting:
    run: LiveRun
    frame: Frame
    answer: Future[LiveAnswer]

    def refuse(self, why: UserError) -> None:
        """Says why there is no answer; nobody may be waiting any more."""
        if not self.answer.done():
            with contextlib.suppress(InvalidStateError):  # cancelled a moment ago: the browser has gone
                self.answer.set_exception(why)

    def settle(self, answer: LiveAnswer) -> None:
        """Hands the answer over; nobody may be waiting any more."""
        with contextlib.suppress(InvalidStateError):
            self.answer.set_result(answer)


class FrameQueue:
    """The frames that wait, and the thread that brings them to a worker while there are any.

    Args:
        jobs: Returns the manager whose workers answer.
        pace: What is told how long they take.
    """

    def __init__(self, jobs: Callable[[], JobManager], pace: FramePace) -> None:
        self.jobs, self.pace, self.lock = jobs, pace, threading.Lock()
        self.waiting: OrderedDict[str, _Waiting] = OrderedDict()  # watcher -> its frame
        self.is_sending = False

    def ask(self, watcher: str, run: LiveRun, content: bytes) -> Future[LiveAnswer]:
        """Queues a frame; returns what will hold the answer, or a `UserError` for the person.

        Args:
            watcher: Who asks. A frame of theirs that still waits makes room for this one.
            run: Who answers.
            content: The frame's bytes.
        """
        self.pace.note_frame(watcher)
        asked = _Waiting(run, Frame(watcher, content), Future())
        with self.lock:
            refused, why = self.waiting.pop(watcher, None), BusyError("A newer frame took its place.")
            if len(self.waiting) < MOST_WAITING:
                self.waiting[watcher] = asked
            else:
                refused, why = asked, BusyError("Too many watch at the moment.", "", "The bars go on by themselves.")
            self._start_sending()
        if refused is not None:
            refused.refuse(why)
        return asked.answer

    def _start_sending(self) -> None:
        """Starts the thread unless it is at work (called with the lock held)."""
        if not self.is_sending:
            self.is_sending = True
            threading.Thread(target=self._send_all, name="live answers", daemon=True).start()

    def _send_all(self) -> None:
        while (part := self._next_part()) is not None:
            try:
                self._send(part)
            except UserError as error:  # those who wait are told, the others go on
                _refuse(part, error)
            except Exception:
                traceback.print_exc()
                _refuse(part, OurError())

    def _next_part(self) -> list[_Waiting] | None:
        """Takes the frame that has waited longest, and others for its run; None ends the thread."""
        with self.lock:
            first = next(iter(self.waiting.values()), None)
            if first is None:
                self.is_sending = False
                return None
            alike = [name for name, each in self.waiting.items() if each.run == first.run][:TOGETHER]
            return [self.waiting.pop(name) for name in alike]

    def _send(self, part: list[_Waiting]) -> None:
        jobs, began = self.jobs(), time.monotonic()
        job = jobs.submit(live_answers_job(part[0].run, [each.frame for each in part], OWNER))
        try:
            found = jobs.wait(job, PATIENCE)
        finally:
            jobs.drop(job)
        if found is None or not found.is_over:
            raise BusyError("The server is busy with other work.", "", "The bars go on by themselves.")
        if found.view.error:
            raise UserError(*found.view.error)
        self.pace.note_cost(len(part), time.monotonic() - began)
        answers = {answer.id: answer for answer in found.view.result}
        for each in part:
            each.settle(answers[each.frame.id])


def _refuse(part: Iterable[_Waiting], why: UserError) -> None:
    for each in part:
        each.refuse(why)
