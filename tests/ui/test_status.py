"""What a bar says: what is being done, how much of it, how long it goes on, and nothing that is not known."""

from __future__ import annotations

import pytest

from qtl_core.common.progress import Progress
from ui.base.wording import between
from ui.widgets.status import report_words, share_of


@pytest.mark.parametrize(
    ("report", "share", "words"),
    [
        (Progress("Looking", 40, 240), 40 / 240, "Looking: 40 of 240."),
        (Progress("Looking", 1200, 2400, 12.3), 0.5, "Looking: 1,200 of 2,400, about 12 s left."),
        (Progress("Opening", 0, 0), 0.0, "Opening …"),
        (
            Progress("Downloading it", 2_000_000, 8_000_000, 3.0),
            0.25,
            "Downloading it: 2.0 MB of 8.0 MB, about 3.0 s left.",
        ),
        (Progress("Looking", 5, 4), 1.0, "Looking: 5 of 4."),
    ],
)
def test_in_words(report, share, words):
    assert (share_of(report), report_words(report)) == (share, words)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.9, "under 1 s"),
        (0.4, 1.2, "up to 2 s"),
        (1.3, 2.7, "1 to 3 s"),
        (21.0, 38.0, "20 to 40 s"),
        (3.0, 11.0, "up to 15 s"),
        (70.0, 89.0, "70 to 90 s"),
        (50.0, 100.0, "up to 2 min"),
        (130.0, 610.0, "2 to 11 min"),
    ],
)
def test_a_range_is_rounded_outwards(low, high, words):
    assert between(low, high) == words
