"""A moment is read whatever number it is told as."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from qtl_core.common.moments import moment


def test_a_moment_is_that_of_this_machines_clock():
    now = datetime(2026, 11, 26, 3, 4, 5).timestamp()
    assert moment(now) == datetime.fromtimestamp(now) == datetime(2026, 11, 26, 3, 4, 5)
    assert moment(now, UTC) == datetime.fromtimestamp(now, UTC)
    assert moment(0.0, UTC).year == 1970


@pytest.mark.parametrize("seconds", [1e300, -1e300, math.inf, -math.inf, math.nan, 2.6e11, -1.0])
def test_no_number_is_too_much(seconds):
    assert 1969 <= moment(seconds).year <= 2200
    assert moment(seconds, UTC).strftime("%d %b %Y")
