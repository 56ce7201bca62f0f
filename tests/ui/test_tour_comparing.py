"""The comparisons of the tour's stops: one of a visitor's at a time, whichever stop asked for it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ui.tour import comparing


class CountedJobs:
    """A manager of jobs that never run: what it was asked for, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.over: set[str] = set()

    def submit(self, job: str) -> str:
        self.calls.append(("submit", job))
        return job

    def snapshot(self, job: str) -> SimpleNamespace:
        return SimpleNamespace(id=job, is_over=job in self.over)

    def drop(self, job: str) -> None:
        self.calls.append(("drop", job))

    def forget(self, job: str) -> None:
        self.calls.append(("forget", job))


@pytest.fixture
def jobs(monkeypatch) -> CountedJobs:
    made = CountedJobs()
    tour = SimpleNamespace(**dict.fromkeys(comparing.SLOTS))
    monkeypatch.setattr(comparing, "session", SimpleNamespace(tour=tour))
    monkeypatch.setattr(comparing.job_managers, "studio_jobs", lambda: made)
    return made


def test_every_slot_is_one_that_a_session_has():
    from ui.session.places import Tour

    assert set(comparing.SLOTS) <= set(Tour.__annotations__)


def test_a_stop_begins_in_place_of_what_another_one_trains(jobs):
    comparing.begin("heads_job", "heads")
    comparing.begin("carry_job", "carried")
    assert jobs.calls == [("submit", "heads"), ("drop", "heads"), ("submit", "carried")]
    assert comparing.shown("carry_job").id == "carried"
    assert comparing.shown("spiral_heads_job") is None


def test_its_own_last_one_is_forgotten_and_one_that_is_over_is_left_to_its_stop(jobs):
    comparing.begin("heads_job", "heads")
    jobs.over.add("heads")
    comparing.begin("carry_job", "carried")
    comparing.begin("heads_job", "again")
    assert jobs.calls == [
        ("submit", "heads"),
        ("submit", "carried"),
        ("drop", "carried"),
        ("forget", "heads"),
        ("submit", "again"),
    ]
