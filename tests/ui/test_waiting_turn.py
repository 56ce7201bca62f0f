"""What a job that waits says: its place, whose work it waits for, and how long that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from qtl_core.common.progress import Progress
from qtl_core.jobs import JobManager, JobSnapshot, JobSpec, JobView
from qtl_core.runs.view import RunView
from ui.widgets.waiting_turn import waiting_words


@pytest.fixture
def jobs() -> Iterator[JobManager]:
    made = JobManager(slots=1, threads=1)
    yield made
    made.close()


def submitted(jobs: JobManager, view: object, owner: str) -> JobSnapshot:
    task = "tests.helpers.job_tasks:until_stopped"
    job_id = jobs.submit(JobSpec(task, None, view=view, fold=lambda view, _: view, owner=owner))
    found = jobs.snapshot(job_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("view", "owner", "said"),
    [
        (JobView(), "me", "your own work."),
        (JobView(Progress("Training", 3, 9, 12.0)), "me", "your own work (about 12 s left)."),
        (JobView(Progress("Training", 3, 9)), "somebody", "somebody else's work."),
        (RunView(), "me", "your own training."),
        (RunView(progress=Progress("Looking", 3, 9, 40.0)), "somebody", "somebody else's training (about 40 s left)."),
    ],
)
def test_what_is_waited_for_is_said_with_its_time(jobs, view, owner, said):
    submitted(jobs, view, owner)
    waits = submitted(jobs, JobView(), "me")
    assert waiting_words(jobs, waits) == f"Waiting, next in line: it starts by itself after what is under way, {said}"
    assert waiting_words(jobs, replace(waits, place=3)).startswith("Waiting, number 3 in line: ")


def test_where_nothing_is_under_way_any_more_it_starts_at_once(jobs):
    waits = replace(submitted(jobs, JobView(), "me"), state="queued", place=1)
    jobs.close()
    jobs.wait(waits.id, 10)
    assert waiting_words(jobs, waits) == "Waiting, next in line: it starts at once."
