"""A short day with the load tool, on an app of its own."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.helpers.made_runs import made_pictures
from tools.load import day
from tools.load.visitors import TITLES, Habits

HURRIED = Habits(source="photos", thinking=(0.0, 0.1))


@pytest.mark.skipif(sys.platform != "linux", reason="what processes weigh is read from /proc")
def test_a_few_visitors_see_all_pages_and_train_without_an_error_and_leave_nothing(tmp_path, monkeypatch):
    made_pictures(tmp_path / "home/datasets/hymenoptera_data")  # so few that the day begins at once
    monkeypatch.setattr(day, "ARRIVING_SECONDS", 1.0)
    monkeypatch.setattr(day, "LEAVING_SECONDS", 1.0)
    # Whoever looks round sees all pages, and whoever trains a run begin, however short the day is.
    one = asyncio.run(day.have_a_day(tmp_path, visitors=4, browsers=0, trainers=1, seconds=2, habits=HURRIED))
    assert (one.told.problems, one.left) == ([], [])
    assert one.told.visits == 4
    assert one.told.starts
    assert set(one.told.changes) == set(TITLES)
    assert one.after.files < 200
