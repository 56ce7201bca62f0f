"""Kept runs at a glance: newest first, read again when they change, damaged ones left out."""

from __future__ import annotations

import os

from qtl_core import runs
from qtl_core.run_summaries import run_summaries
from tests.made_runs import made_run


def test_the_newest_come_first_with_what_the_run_itself_says(tmp_path):
    view = made_run(tmp_path)
    for run_id in ("20260101-000000-aaaaaa", "20260201-000000-bbbbbb", "20260102-000000-cccccc"):
        runs.keep_run(view, run_id)
    newest, second = run_summaries(2)
    assert (newest.id, second.id) == ("20260201-000000-bbbbbb", "20260102-000000-cccccc")
    assert (newest.right, newest.total) == (5, 6)
    assert newest.settings == view.prepared.settings
    assert newest.classes == ("ants", "bees")


def test_a_run_that_went_on_is_read_again(tmp_path):
    run_id = runs.keep_run(made_run(tmp_path))
    before = run_summaries(1)[0]
    runs.keep_run(made_run(tmp_path, (3, 6)), run_id)
    os.utime(runs.paths.home() / "runs" / run_id / "run.json", ns=(before.version + 1, before.version + 1))
    assert run_summaries(1)[0].right == 6


def test_damaged_runs_are_left_out(tmp_path):
    run_id = runs.keep_run(made_run(tmp_path), "20260101-000000-aaaaaa")
    for number, text in enumerate(("", "{}", "[1]", '{"prepared": 3, "ended": {}}', "\x00")):
        folder = runs.paths.home() / "runs" / f"20260301-00000{number}-bbbbbb"
        folder.mkdir()
        (folder / "run.json").write_text(text)
    (runs.paths.home() / "runs/20260401-000000-cccccc").mkdir()
    assert [summary.id for summary in run_summaries(10)] == [run_id]
