"""The pace of refreshes: the more people watch, the less often, so that clicks stay quick.

Every refresh says how much of a processor it took. All who watch at the moment together may take `CPU_SHARE` of one
core, because pages run in one process; alone on the machine one sees no difference, among thirty everybody's refreshes
come every few seconds.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from ui.base.errors import guarded
from ui.session import session

CPU_SHARE = 0.35  # of a core, for all refreshes: the rest is for clicks
DELIVERY = 1.6  # a refresh takes so much more than its own code: packing, sending, and waking up for it
SLOWEST_SECONDS = 6.0  # a figure that stands still for longer looks as if the work had stopped
WATCHING_SECONDS = 20.0  # who has not refreshed for so long has gone, or looks at something that is over
TOLERANCE = 2.0  # a page that refreshes twice too often or too seldom is run again, at the right pace

Args = ParamSpec("Args")


class Pace:
    """The pace of refreshes, judged by what they have cost lately.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.lock = clock, threading.Lock()
        self.costs: dict[Hashable, tuple[float, float]] = {}  # watcher -> (when, processor seconds of one refresh)

    def note(self, watcher: Hashable, seconds: float) -> None:
        """Remembers what this watcher's last refresh took of a processor."""
        with self.lock:
            self.costs[watcher] = (self.clock(), seconds)

    def watchers(self) -> int:
        """Returns how many things that refresh themselves are being watched now."""
        with self.lock:
            since = self.clock() - WATCHING_SECONDS
            self.costs = {watcher: cost for watcher, cost in self.costs.items() if cost[0] >= since}
            return len(self.costs)

    def seconds(self, usual: float) -> float:
        """Returns the time between two refreshes of something that would refresh every `usual` seconds if alone."""
        self.watchers()
        with self.lock:
            busy = DELIVERY * sum(cost for _, cost in self.costs.values())
        return min(max(usual, busy / CPU_SHARE), max(usual, SLOWEST_SECONDS))


_PACE = Pace()  # one for the server: what it counts are seconds, and nothing of anybody's


def refreshing(panel: Callable[Args, None], usual: float | None) -> Callable[Args, None]:
    """Returns `panel` as a fragment that shows its errors in words and, if `usual` is given, refreshes itself.

    One that refreshes itself is another fragment at every run of the page. A browser that has yet to hear of the run
    asks for the old one; Streamlit would begin it at once and throw away what it had not sent of that fragment, but
    send what comes below, so that the browser finds a hole in the page and shows nothing at all. One that it does not
    know it passes over.

    Args:
        panel: What draws.
        usual: Seconds between two refreshes if few people watch; None if nothing is going on.
    """
    if usual is None:
        return st.fragment(guarded()(panel))
    watcher, pace = (session.owner, panel.__module__, panel.__qualname__), _PACE.seconds(usual)

    @wraps(panel)
    def timed(*args: Args.args, **kwargs: Args.kwargs) -> None:
        if not pace / TOLERANCE <= _PACE.seconds(usual) <= pace * TOLERANCE:
            st.rerun()
        began = time.thread_time()
        try:
            panel(*args, **kwargs)
        finally:
            _PACE.note(watcher, time.thread_time() - began)

    timed.__qualname__ = f"{panel.__qualname__} {secrets.token_hex(4)}"  # Streamlit tells fragments apart by it
    return st.fragment(guarded()(timed), run_every=pace)
