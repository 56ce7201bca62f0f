"""Time left of a stage, and the share that is over, by the pace of what it counts since first seen."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from qtl_core.common.progress import Progress
from ui.base.wording import about

REMEMBERED = 200  # stages; the oldest go first
SETTLED_SECONDS = 0.5  # a pace is judged after so long


@dataclass(frozen=True)
class Left:
    """The state of a wait: the share that is over, 0 to 1, and the seconds to come, None where nothing tells."""

    share: float
    seconds: float | None = None

    @property
    def words(self) -> str:
        """Words to add to a sentence: ", about 3 s left", or nothing."""
        return f", {about(self.seconds)} left" if self.seconds is not None else ""


class Pace:
    """Remembers when a stage was first seen and how far it was, to tell its pace.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.lock = clock, threading.Lock()
        self.first: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def left(self, job: str, progress: Progress) -> Left:
        """Returns how far a stage of a job is; its time is that of what was counted since it was first seen."""
        now, key = self.clock(), (job, progress.stage, progress.total)
        with self.lock:
            began, done = self.first.setdefault(key, (now, progress.done))
            while len(self.first) > REMEMBERED:
                self.first.popitem(last=False)
        share = min(1.0, progress.done / progress.total) if progress.total else 0.0
        gained, took = progress.done - done, now - began
        if gained <= 0 or took < SETTLED_SECONDS or not progress.total:
            return Left(share)
        return Left(share, took / gained * max(0, progress.total - progress.done))


PACE = Pace()
