"""The time left is judged by how fast a stage has grown so far."""

from __future__ import annotations

from qtl_core.common.progress import Progress, TimeLeft, parts_of


def judged(*reports: tuple[float, str, int, int]) -> list[float | None]:
    """Seconds left as said at each (moment, stage, done, total)."""
    now = [0.0]
    time_left, said = TimeLeft(lambda: now[0]), []
    for now[0], *report in reports:
        progress = time_left.judged(Progress(*report))
        assert progress.done == report[1]
        said.append(progress.seconds_left)
    return said


def test_time_left_follows_the_speed_of_the_stage_under_way():
    found = judged(
        (10, "Reading", 100, 200),  # what was done before it is first heard of took no time that is known
        (12, "Reading", 110, 200),
        (20, "Reading", 150, 200),
        (30, "Training", 0, 4),
        (33, "Training", 1, 4),
        (36, "Training", 4, 4),
        (40, "Waiting", 0, 0),
        (41, "Waiting", 5, 0),
    )
    assert found == [None, 18, 10, None, 9, 0, None, None]


def test_a_speed_is_judged_after_a_while_and_anew_where_a_stage_begins_again():
    found = judged(
        (10, "Looking", 0, 100),
        (10.1, "Looking", 50, 100),  # a burst of kept ones: too soon to tell
        (12, "Looking", 60, 100),
        (20, "Looking", 5, 100),  # the next set, in the same words
        (22, "Looking", 0, 40),
        (24, "Looking", 10, 40),
        (90, "Looking", 10, 40),
    )
    assert found == [None, None, 2 / 60 * 40, None, None, 6, 204]


def test_parts_of_work_tell_together_how_far_all_of_it_is():
    said = []
    first, second, third = parts_of(lambda done, total: said.append((done, total)), (3, 0, 1))
    first(1, 2)
    second(1, 2)
    third(0, 8)
    third(8, 8)
    assert said == [(375, 1000), (750, 1000), (750, 1000), (1000, 1000)]
