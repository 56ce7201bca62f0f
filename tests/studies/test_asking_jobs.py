"""Forecasts before Start: one a question that can be asked, and of a plan with its sentence."""

from __future__ import annotations

from qtl_core.common.errors import UserError
from qtl_core.studies import asking_jobs
from qtl_core.studies.asking_jobs import PlanForecast, QuestionForecast, questions_job, run_plan_job, run_questions_job
from qtl_core.studies.forecast import Forecast
from qtl_core.studies.questions import QUESTIONS
from qtl_core.studies.words import asked_words
from tests.helpers.made_studies import MOONS, made_study


def test_every_question_that_can_be_asked_has_its_forecast(monkeypatch):
    plans, shared = [], []

    def forecast(plan, workers, should_stop, measured):
        shared.append(measured)
        plans.append(plan)
        if len(plans) == 2:
            raise UserError("There is no disk.", "", "")
        return Forecast(plan.planned, 2.0, 3.0, workers=workers)

    monkeypatch.setattr(asking_jobs, "forecast", forecast)
    events: list[QuestionForecast] = []
    run_questions_job((MOONS, 2), events.append, lambda: False)
    assert [each.name for each in events] == [each.name for each in QUESTIONS if not each.why_not(MOONS)]
    assert events[0].words == Forecast(plans[0].planned, 2.0, 3.0, workers=2).words
    assert events[1].words == "No forecast: There is no disk."
    assert len({id(each) for each in shared}) == 1, "what is measured once holds for all of them"


def test_forecasts_are_collected_as_they_come():
    spec = questions_job(MOONS, 2, "me")
    view = spec.fold(spec.fold(spec.view, QuestionForecast("luck", "a")), QuestionForecast("size", "b"))
    assert [each.name for each in view.result] == ["luck", "size"]


def test_a_plan_has_its_sentence_and_its_time(monkeypatch):
    plan, events = made_study("head=dressed,linear", seeds=2, done=0).plan, []
    monkeypatch.setattr(asking_jobs, "forecast", lambda *_: Forecast(4, 2.0, 3.0))
    run_plan_job((plan, 1), events.append, lambda: False)
    assert "With 2 seeds and 1 comparison no difference could count" in events[0].sentence
    assert events == [PlanForecast(asked_words(plan), Forecast(4, 2.0, 3.0).words)]
