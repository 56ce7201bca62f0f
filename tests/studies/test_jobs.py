"""A study as a job: trained to its end or until it is stopped, and found again by its identifier."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import Progress
from qtl_core.studies import jobs
from qtl_core.studies.answer import answer_of, kept_answer
from qtl_core.studies.jobs import OVER, WHERE, StudyRequest, job_of, run_study_job, study_job
from qtl_core.studies.store import StudyStore
from tests.helpers.made_studies import made_study


def test_a_job_is_named_as_its_study_is():
    job = study_job("20260101-000000-abcdef", "me")
    assert job.id == job_of("20260101-000000-abcdef") == "study-20260101-000000-abcdef"
    assert job.owner == "me"


def test_what_has_no_row_is_trained_answered_and_said_to_be_over():
    store, events = made_study("head=dressed,linear", seeds=2, done=1), []
    before = store.rows()
    run_study_job(StudyRequest(store.id), events.append, lambda: False)
    now = StudyStore(store.id)
    assert events[-1] == now.count() == 4
    assert any(isinstance(event, Progress) and event.total == 4 for event in events)
    assert before.items() <= now.rows().items()
    assert kept_answer(now, 4) == answer_of(now)
    assert now.fact(OVER) is True
    assert "this machine" in now.fact(WHERE)


def test_one_that_is_stopped_is_not_over():
    store = made_study("head=dressed,linear", seeds=2, done=0)
    store.keep_fact(OVER, True)
    with pytest.raises(StoppedByUser):
        run_study_job(StudyRequest(store.id), lambda _: None, lambda: True)
    assert StudyStore(store.id).fact(OVER) is False


def test_the_best_is_planned_again_with_fresh_seeds(monkeypatch):
    store = made_study("head=dressed,linear", seeds=6)
    run_study_job(StudyRequest(store.id), lambda _: None, lambda: False)
    monkeypatch.setattr(jobs, "with_repeat", lambda plan, rows: jobs_repeat(plan, rows))
    run_study_job(StudyRequest(store.id, repeats_best=True), lambda _: None, lambda: False)
    now = StudyStore(store.id)
    assert now.plan.repeat is not None
    assert now.plan.repeat.at == ("dressed",)
    assert now.count() == 12 + 2
    assert "fresh seeds" in kept_answer(now, 14).sentence


def jobs_repeat(plan, rows):
    """Two fresh seeds are enough here."""
    from qtl_core.studies.winner import with_repeat

    return with_repeat(plan, rows, seeds=2)
