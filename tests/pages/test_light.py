"""Both directions on states of light, on the Learn page: trained by a button, shown at once to the next visitor."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.common.progress import never_stop
from qtl_core.jobs.job import Job
from qtl_core.learn.optics import quantum_to_classical
from qtl_core.learn.optics.jobs import q2c_job, run_q2c_job, run_q2q_job
from tests.pages.test_learn import opened, widget, words
from ui.base import job_managers
from ui.session import keys

RUNNERS = {"q2q": run_q2q_job, "q2c": run_q2c_job}


class Trainings:
    """The trainings of a server, each done at once in this process."""

    def __init__(self) -> None:
        self.done = {}

    def find(self, key):
        return self.done.get(key)

    def restart(self, key, make):
        job = Job(make(), make().view)

        def emit(event):
            job.view = job.spec.fold(job.view, event)

        RUNNERS[key[0]](job.spec.payload, emit, never_stop)
        job.state = "done"
        self.done[key] = job.seen(0)


@pytest.fixture(autouse=True)
def trainings(monkeypatch):
    found = Trainings()
    monkeypatch.setattr(job_managers, "light_trainings", lambda: found)
    return found


def test_a_direction_is_trained_and_the_next_visitor_sees_it_at_once():
    app = _at("QC")
    widget(app, "button", "transfer", "q2c_start").click().run()
    assert "What does better without a network" in words(app)
    assert "right on average over 20 seeds" in words(_at("QC")), "with the same settings it is there"
    widget(app, "slider", "transfer", "layers").set_value(0).run()
    assert "right on average" not in words(app)
    assert widget(app, "button", "transfer", "q2c_start")


def test_quantum_to_quantum_says_what_the_cutoff_does_and_goes_back_point_by_point():
    app = _at("QQ")
    _group(app, "before").set_value("whole")
    widget(app, "select_slider", "transfer", "batches").set_value(200).run()
    widget(app, "button", "transfer", "q2q_start").click().run()
    said = words(app)
    assert "the edge of the simulation" in said and "Published: 87.55%, from one run" in said
    assert "By guessing: 50%" in said
    widget(app, "select_slider", "transfer", "q2q_at").set_value(0).run()
    assert _dark(words(app)) != _dark(said)


def test_one_that_was_stopped_before_its_first_point_does_not_promise_what_was_learnt(trainings):
    app = _at("QC")
    settings = quantum_to_classical.Settings()
    spec = q2c_job(settings, "anybody")
    trainings.done["q2c", settings] = Job(spec, spec.view, state="stopped").seen(0)
    app.run()
    assert "Stopped before anything was learnt." in words(app) and "until then" not in words(app)


@pytest.mark.parametrize(("direction", "head"), [("CC", "linear"), ("CQ", "dressed")])
def test_the_other_directions_choose_their_head_for_the_train_page(direction, head):
    app = _at(direction)
    widget(app, "button", "transfer", "train").click().run()
    assert not app.exception
    assert app.session_state["session_screen"].settings.model.head == head


def _at(direction: str) -> AppTest:
    app = opened(topic="transfer")
    return _group(app, "direction").set_value(direction).run()


def _group(app: AppTest, name: str):
    return next(each for each in app.button_group if each.key == keys.learn_key("transfer", name))


def _dark(said: str) -> list[str]:
    return [line for line in said.splitlines() if "of the time" in line]
