"""Timing: contenders in turns, so that a busy moment of the machine strikes all of them, and the best turn.

The minimum is the figure: other programs can only add to a time, never take from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any


def seconds_of(work: Callable[[], Any]) -> float:
    """Returns the seconds that one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Returns the least that each contender measured.

    Args:
        contenders: Calls that each measure themselves, and warm up by themselves, and return seconds.
        rounds: How often each has its turn.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, measured in contenders.items():
            times[name].append(measured())
    return {name: min(found) for name, found in times.items()}
