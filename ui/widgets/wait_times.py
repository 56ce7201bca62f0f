"""Times that waits of one kind took on this machine, so that the next one can say how long is left."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from qtl_core.common.progress import Progress
from ui.base.wording import about, duration
from ui.widgets.status import share_of, show_progress

HALF_SECONDS = 10.0  # of a wait that was never timed here, the bar is half full then; it goes on, ever more slowly
ALMOST = 0.95  # a bar goes no further while the work goes on, whatever was expected
READY = "getting a run ready"  # the wait before a first answer: a worker starts and loads the image network
WEIGHT = 0.5  # of the last time in what is expected next


@st.cache_resource(show_spinner=False)
def _usual() -> dict[Hashable, float]:
    """Seconds by kind, of all visitors: nothing in it is anybody's."""
    return {}


def usual_seconds(kind: Hashable) -> float | None:
    """Returns how long this kind of wait takes, or None where it was not timed since the server started."""
    return _usual().get(kind)


def note_seconds(kind: Hashable, seconds: float) -> None:
    """Remembers how long one took."""
    before = usual_seconds(kind)
    _usual()[kind] = seconds if before is None else WEIGHT * seconds + (1 - WEIGHT) * before


def share_and_time_left(elapsed: float, usual: float | None, progress: Progress | None = None) -> tuple[float, str]:
    """Returns how far a wait is, 0 to 1, and how long it goes on, in words.

    Args:
        elapsed: Seconds since it began.
        usual: What such a wait takes, if that is known.
        progress: How far the work says it is, if it does.
    """
    if progress is not None and progress.seconds_left is not None:
        return share_of(progress), f"{about(progress.seconds_left)} left"
    if usual is None:
        return min(ALMOST, elapsed / (elapsed + HALF_SECONDS)), f"{duration(elapsed)} so far"
    if elapsed >= usual:
        return ALMOST, f"longer than the usual {duration(usual)}"
    return min(ALMOST, elapsed / usual), f"{about(usual - elapsed)} left"


def show_wait(key: str, words: str, elapsed: float, usual: float | None, progress: Progress | None = None) -> None:
    """Shows a bar with what is being done and how long it goes on; see `share_and_time_left`."""
    share, left = share_and_time_left(elapsed, usual, progress)
    show_progress(key, share, f"{words} ({left})")
