"""Archives are understood and taken over by jobs, whose last event is the result."""

from __future__ import annotations

from pathlib import Path

import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import Progress
from qtl_core.jobs.worker import resolve
from qtl_core.pictures.archives.jobs import (
    PlanRequest,
    TakeOverRequest,
    plan_job,
    run_plan_job,
    run_take_over_job,
    take_over_job,
)
from qtl_core.pictures.archives.plan import Source
from qtl_core.pictures.archives.taking_over import TakenOver
from qtl_core.pictures.datasets.creating import create, find
from tests.helpers.odd_archives import two_classes, zipped


def test_a_plan_and_what_comes_of_it(tmp_path: Path):
    (tmp_path / "pets.zip").write_bytes(zipped(two_classes()))
    events: list[object] = []
    run_plan_job(PlanRequest(Source("pets.zip", tmp_path / "pets.zip"), into="pet"), events.append, lambda: False)
    *progress, plan = events
    assert progress == [Progress("Looking through the files", number, 4) for number in range(1, 5)]
    assert [each.name for each in plan.classes] == ["pet"]
    made, events = create("Pets"), []
    run_take_over_job(TakeOverRequest(plan, made.id), events.append, lambda: False)
    assert events[:-1] == [Progress("Taking the pictures over", number, 4) for number in range(1, 5)]
    assert events[-1] == TakenOver(made.id, 4)
    assert find(made.id).count == 4


def test_one_that_is_stopped_says_what_came(tmp_path: Path):
    (tmp_path / "pets.zip").write_bytes(zipped(two_classes()))
    events: list[object] = []
    run_plan_job(PlanRequest(Source("pets.zip", tmp_path / "pets.zip")), events.append, lambda: False)
    made, asked, told = create("Pets"), iter([False, True]), []
    with pytest.raises(StoppedByUser):
        run_take_over_job(TakeOverRequest(events[-1], made.id), told.append, lambda: next(asked))
    assert told[-1] == TakenOver(made.id, 1, was_stopped=True)


def test_a_worker_finds_them():
    request = PlanRequest(Source("a.zip"))
    assert resolve(plan_job(request).task) is run_plan_job
    assert resolve(take_over_job(request).task) is run_take_over_job
