"""Moments as people read them. One may come from a file or a database, and be none that a calendar has."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

LAST = 7_258_118_400.0  # the year 2200, in seconds since the epoch: tables (pandas) end in 2262


def moment(seconds: float, zone: tzinfo | None = None) -> datetime:
    """Returns the date and time of so many seconds since the epoch; the nearest there is, if it is out of reach.

    Args:
        seconds: Any number.
        zone: Where the clock hangs; None for this machine's own time, without a zone.
    """
    within = min(max(seconds, 0.0), LAST) if not math.isnan(seconds) else 0.0
    found = datetime.fromtimestamp(within, zone or UTC)
    return found if zone else found.astimezone().replace(tzinfo=None)
