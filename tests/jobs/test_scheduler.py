"""Whose turn is next: what is remembered of whom, and for how long."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.jobs import scheduler
from qtl_core.jobs.job import Job, JobSpec
from qtl_core.jobs.scheduler import Scheduler


def job(owner: str, number: int = 0) -> Job:
    return Job(JobSpec("task", None, owner), None, id=f"{owner}{number}")


def order(noted: Scheduler, *owners: str) -> list[str]:
    return [each.spec.owner for each in noted.in_order([job(owner, number) for number, owner in enumerate(owners)])]


def test_whoever_had_a_turn_longest_ago_goes_first_and_before_them_who_had_none():
    noted = Scheduler()
    for owner in ("a", "b", "a"):
        noted.note(owner)
    assert order(noted, "a", "b", "new") == ["new", "b", "a"]
    assert order(noted, "a", "a", "b") == ["b", "a", "a"]


def test_only_the_latest_turns_are_remembered_and_a_second_turn_makes_an_owner_late(monkeypatch):
    monkeypatch.setattr(scheduler, "KEPT_TURNS", 3)
    noted = Scheduler()
    for owner in ("a", "b", "a", "c", "d", "e"):
        noted.note(owner)
    assert noted.last == {"c": 4, "d": 5, "e": 6}
    noted = Scheduler()
    for owner in ("a", "b", "c", "a", "d"):
        noted.note(owner)
    assert noted.last == {"c": 3, "a": 4, "d": 5}


def test_one_more_than_one_owner_or_all_together_may_have_is_refused():
    few = Scheduler(each=2, most=3)
    few.check("me", [job("me"), job("you")])
    with pytest.raises(UserError, match="You have 2 jobs"):
        few.check("me", [job("me"), job("me", 1)])
    few.check("", [job(""), job("", 1)])  # without an owner there is nobody to have too many
    with pytest.raises(UserError, match="3 jobs are waiting"):
        few.check("another", [job("me"), job("me", 1), job("you")])
