"""The time left is judged by how fast a stage has grown so far."""

from __future__ import annotations

from qtl_core.common.progress import Progress, TimeLeft


def test_time_left_follows_the_speed_of_the_stage_under_way():
    now, told = [0.0], []
    report = TimeLeft(told.append, lambda: now[0])
    for seconds, stage, done, total in (
        (10, "Reading", 100, 200),  # what was done before it is first heard of took no time that is known
        (12, "Reading", 110, 200),
        (20, "Reading", 150, 200),
        (30, "Training", 0, 4),
        (33, "Training", 1, 4),
        (36, "Training", 4, 4),
        (40, "Waiting", 0, 0),
        (41, "Waiting", 5, 0),
    ):
        now[0] = seconds
        report(Progress(stage, done, total))
    assert [each.seconds_left for each in told] == [None, 18, 10, None, 9, 0, None, None]
    assert [each.done for each in told] == [100, 110, 150, 0, 1, 4, 0, 5]
