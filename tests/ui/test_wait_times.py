"""The time left of a wait: from the work's own count, else from the last wait of the kind, else not claimed."""

from __future__ import annotations

from qtl_core.common.progress import Progress
from ui.widgets.wait_times import ALMOST, share_and_time_left
from ui.widgets.waiting import kind_of


def test_the_works_own_count_says_how_long_is_left():
    assert share_and_time_left(3.0, None, Progress("Covering", 30, 120, 9.0)) == (0.25, "about 9.0 s left")


def test_else_the_last_wait_of_its_kind_does():
    assert share_and_time_left(2.0, 8.0) == (0.25, "about 6.0 s left")
    assert share_and_time_left(2.0, 8.0, Progress("Covering", 0, 120)) == (0.25, "about 6.0 s left")
    assert share_and_time_left(9.0, 8.0) == (ALMOST, "longer than the usual 8.0 s")


def test_of_what_was_never_timed_only_the_time_so_far_is_said_and_the_bar_goes_on():
    """What such waits take elsewhere is no promise: a busy machine may take ten times as long."""
    assert share_and_time_left(10.0, None) == (0.5, "10 s so far")
    share, words = share_and_time_left(61.0, None)
    assert 0.5 < share < ALMOST
    assert words == "1 min 1 s so far"


def test_a_kind_is_the_question_and_its_method_and_no_picture():
    assert kind_of(("heat map", "run-1", b"digest", "occlusion")) == "heat map occlusion"
    assert kind_of(("neighbours", "run-1", b"digest")) == "neighbours"
