"""Times of decoding and of the network on this machine, each for itself: measured at every real computing and kept.

Kept with the features, one JSON file, so that a forecast knows more than the moment in which it is made: what else the
machine does changes a time by more than any measurement of a second can tell.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qtl_core.common import paths
from qtl_core.common.errors import UserError

FILE = "timings.json"
KEPT = 6  # of the last computings: older ones are of another time of day
LEAST_VIEWS = 8  # fewer say too little to be kept
DECODING = "decoding"  # the entry of all networks alike, in seconds a megapixel


@dataclass(frozen=True)
class PassTime:
    """Times that one thread took for one pass.

    Attributes:
        views: Views it put through the network.
        megapixels: Pixels of the pictures it decoded, in millions.
        decoding: Seconds until all were cut.
        network: Seconds from there to their features.
    """

    views: int = 0
    megapixels: float = 0.0
    decoding: float = 0.0
    network: float = 0.0


@dataclass(frozen=True)
class Timing:
    """Rates of a single thread while all of them work.

    Attributes:
        decoding: Seconds a megapixel.
        network: Seconds a view.
    """

    decoding: float
    network: float


def timing_of(passes: Sequence[PassTime]) -> Timing | None:
    """Returns the rates over all passes, or None where nothing was computed."""
    views, megapixels = sum(each.views for each in passes), sum(each.megapixels for each in passes)
    if not views or not megapixels:
        return None
    return Timing(sum(each.decoding for each in passes) / megapixels, sum(each.network for each in passes) / views)


def kept_timings(network: str) -> tuple[list[float], list[float]]:
    """Returns the last rates of decoding, and of the network of that content name; the newest last."""
    kept = _read()
    return kept.get(DECODING, []), kept.get(network, [])


def keep_timing(network: str, passes: Sequence[PassTime]) -> None:
    """Adds a computing to what is kept; one that cannot be kept is forgotten."""
    timing = timing_of(passes)
    if timing is None or sum(each.views for each in passes) < LEAST_VIEWS:
        return
    kept = _read()
    for name, rate in ((DECODING, timing.decoding), (network, timing.network)):
        kept[name] = [*kept.get(name, []), rate][-KEPT:]
    with contextlib.suppress(OSError, UserError):
        file = _file()
        beside = file.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(kept, indent=1))
        beside.replace(file)


def _file() -> Path:
    return paths.writable("features") / FILE


def _read() -> dict[str, list[float]]:
    """Returns what is kept; what is no rate in it, whoever wrote it, counts as not there."""
    try:
        kept = json.loads(_file().read_text())
        return {str(name): [float(rate) for rate in rates if 0 < rate < math.inf] for name, rates in kept.items()}
    except (OSError, UserError, ValueError, TypeError, AttributeError):
        return {}
