"""Figures of a hard day: figures as JSON, and the same in words."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tools.load.processes import Sample
from tools.load.visitors import Told

MEDIAN_LIMIT, SLOW_LIMIT = 1.0, 3.0  # seconds a page change may take, at the median and at the 95th percentile
GROWTH_LIMIT = 0.10  # of memory, over the second half
SENDING = 0.5  # seconds that what a page says may be old when it is read
HALF_ENOUGH = 600.0  # seconds; growth is judged only where the second half is as long


@dataclass(frozen=True)
class Figures:
    """The figures; `failures` says in words what was not as it should be."""

    machine: str
    visitors: int
    browsers: int
    trainers: int
    seconds: float
    sessions: int
    page_changes: int
    median: float
    percentile_95: float
    slowest: float
    by_page: dict[str, float]
    browser_changes: int
    browser_median: float | None
    browser_percentile_95: float | None
    refreshes_a_second: float
    runs_finished: dict[str, int]
    places_told: int
    places_true: int
    memory: dict[str, float]
    samples: list[Sample]
    left_behind: list[str]
    failures: list[str]

    def as_json(self) -> dict[str, object]:
        """Returns them as JSON has it."""
        return asdict(self)


def percentile(values: Sequence[float], share: float) -> float:
    """Returns the value that this share of all is at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def places_true(told: Told) -> tuple[int, int]:
    """Returns how many places in the queue were told, and how many came true.

    A place is true if as many runs of others start before one's own as it said, of those that had been asked for when
    it was told: turns go round, so one who asks later may be before whoever had a turn just now. When a run starts is
    known to lie between two moments (`Told.starts`), so it is known of some runs that they came between, and of some
    that they may have. One who leaves the queue may have been before or behind.
    """
    counted = right = 0
    for when, trainer, place in told.places:
        own = min((start for start in told.starts if start[2] == trainer and start[1] > when), default=None)
        left = min((moment for moment, who in told.withdrawals if who == trainer and moment > when), default=math.inf)
        if own and own[1] < left:
            fewest, most = _between(told, when, own)
            counted, right = counted + 1, right + (fewest <= place - 1 <= most)
    return counted, right


def _between(told: Told, when: float, own: tuple[float, float, int]) -> tuple[int, int]:
    """Returns how many others' runs start between a moment and one's own start, at least and at most."""
    others = [start for start in told.starts if start[2] != own[2]]
    surely = sum(
        when < earliest and latest < own[0] and _asked(told, who, latest)[1] < when - SENDING
        for earliest, latest, who in others
    )
    perhaps = sum(
        when - SENDING < latest and earliest < own[1] and _asked(told, who, latest)[0] < when
        for earliest, latest, who in others
    )
    perhaps += sum(when - SENDING < moment < own[1] for moment, who in told.withdrawals if who != own[2])
    return surely, perhaps


def _asked(told: Told, trainer: int, start: float) -> tuple[float, float]:
    """Between which moments the run that had started by then was asked for."""
    return max(
        ((pressed, queued) for pressed, queued, who in told.asks if who == trainer and pressed < start),
        default=(0.0, 0.0),
    )


def growth(samples: Sequence[Sample]) -> float:
    """Returns by what share memory grew from the middle to the end: the server's, or all, whichever grew more."""
    server = [each.server_mb for each in samples]
    return max(_growth(server), _growth([each.server_mb + each.workers_mb for each in samples]))


def _growth(values: Sequence[float]) -> float:
    """The median of the last tenth of the time against that of the tenth after the middle."""
    tenth = max(1, len(values) // 10)
    middle = statistics.median(values[len(values) // 2 : len(values) // 2 + tenth])
    return statistics.median(values[-tenth:]) / middle - 1.0


def failures(told: Told, changes: Sequence[float], samples: Sequence[Sample], left: Sequence[str]) -> list[str]:
    """Says what was not as it should be."""
    found = [*told.problems, *left]
    counted, right = places_true(told)
    if right < counted:
        found.append(f"{counted - right} of {counted} places in the queue did not come true")
    if changes and statistics.median(changes) > MEDIAN_LIMIT:
        found.append(f"page changes took {statistics.median(changes):.2f} s at the median")
    if percentile(changes, 0.95) > SLOW_LIMIT:
        found.append(f"page changes took {percentile(changes, 0.95):.2f} s at the 95th percentile")
    if samples and samples[-1].seconds > 2 * HALF_ENOUGH and growth(samples) > GROWTH_LIMIT:
        found.append(f"memory grew by {growth(samples):.0%} over the second half")
    return found


def in_words(found: Figures) -> str:
    """Returns the figures as a few lines of text."""
    lines = [
        f"{found.visitors} visitors at once ({found.browsers} of them real browsers, {found.trainers} training) for "
        f"{found.seconds:.0f} s, {found.sessions} sessions in all, on {found.machine}",
        f"page changes: {found.page_changes}, median {found.median:.2f} s, 95th percentile "
        f"{found.percentile_95:.2f} s, slowest {found.slowest:.2f} s",
    ]
    if found.browser_median is not None:
        lines.append(
            f"in real browsers: {found.browser_changes}, median {found.browser_median:.2f} s, 95th percentile "
            f"{found.browser_percentile_95:.2f} s"
        )
    lines += [
        f"refreshes: {found.refreshes_a_second:.1f} a second; runs finished: {found.runs_finished}",
        f"places in the queue: {found.places_true} of {found.places_told} came true",
        "memory: " + ", ".join(f"{name} {value:g}" for name, value in found.memory.items()),
    ]
    return "\n".join([*lines, *(f"NOT AS IT SHOULD BE: {each}" for each in found.failures or ())])
