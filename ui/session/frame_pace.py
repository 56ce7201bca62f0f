"""The pace of live answers: about five a second for one who watches, as many fewer for each as more watch.

What a frame takes of a worker is measured as it goes. All watchers together may keep it busy for `BUSY_SHARE` of the
time; each is told when to send the next frame, and all are told the same, so that the many share fairly.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

USUAL_SECONDS = 0.2  # five answers a second: bars that slide from one to the next look as if they followed the hand
BUSY_SHARE = 0.8  # of the time that the frames of all may take
SLOWEST_SECONDS = 5.0  # a bar that stands still for longer tells nothing of what is before the camera
WATCHING_SECONDS = 6.0  # who has sent nothing for so long has gone
FIRST_COST = 0.03  # seconds a frame, until one was measured
WEIGHT = 0.2  # of the newest measurement in the running mean
ODD = 4.0  # times the mean: what takes longer counts as this long, such as the first frame, for which a worker starts


class FramePace:
    """The pace of all who watch one server.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.lock = clock, threading.Lock()
        self.seen: dict[str, float] = {}  # watcher -> when its last frame came
        self.cost = FIRST_COST

    def note_frame(self, watcher: str) -> None:
        """Remembers that this watcher sent a frame now."""
        with self.lock:
            now = self.clock()
            self.seen[watcher] = now
            self.seen = {each: when for each, when in self.seen.items() if now - when < WATCHING_SECONDS}

    def note_cost(self, frames: int, seconds: float) -> None:
        """Remembers that so many frames, answered together, took a worker so long."""
        with self.lock:
            self.cost += WEIGHT * (min(seconds / max(1, frames), ODD * self.cost) - self.cost)

    @property
    def watchers(self) -> int:
        """The number of those who sent a frame lately."""
        with self.lock:
            since = self.clock() - WATCHING_SECONDS
            return sum(when > since for when in self.seen.values())

    @property
    def interval(self) -> float:
        """The seconds from one frame of a watcher to the next."""
        wanted = self.watchers * self.cost / BUSY_SHARE
        return min(max(USUAL_SECONDS, wanted), SLOWEST_SECONDS)

    def wait(self, watcher: str) -> float:
        """Returns the seconds after which this watcher may send its next frame."""
        with self.lock:
            came = self.seen.get(watcher, self.clock())
        return max(0.0, came + self.interval - self.clock())
