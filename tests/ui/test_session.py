"""A session's memory: the same object from page to page, none of anybody else's, and what its methods do."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from ui.session import training
from ui.session.pictures import Circuit
from ui.session.runs import Imports, Outcome, Runs
from ui.session.screen import Screen
from ui.session.training import Training


def opened(**query: str) -> AppTest:
    """A page that shows some of the memory and changes it."""

    def page():
        import streamlit as st

        from ui.session import session

        st.text(f"{session.owner} {session.runs.chosen} {session.screen.settings.training.seed} {session.tour.stop(9)}")
        session.runs.chosen = (*session.runs.chosen, "run")
        session.tour.last = 5

    app = AppTest.from_function(page, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def shown(app: AppTest) -> tuple[str, str]:
    """A session's name, and the rest of what the page shows."""
    assert not app.exception
    owner, rest = app.text[0].value.split(" ", 1)
    return owner, rest


def test_what_is_set_is_there_at_the_next_run_and_in_no_other_session():
    app, other = opened(), opened()
    owner, begun = shown(app)
    assert begun == "() 0 1"
    assert shown(other)[1] == begun
    assert shown(other)[0] != owner
    assert shown(app.run()) == (owner, "('run',) 0 5")


def test_a_session_begins_with_what_its_link_says():
    app = opened(seed="11", stop="3")
    assert shown(app)[1] == "() 11 3"
    assert shown(opened(seed="many", stop="10"))[1] == "() 0 1"
    assert app.session_state[Screen.KEY].settings.training.seed == 11


def test_a_lost_run_is_said_until_another_is_on_screen():
    screen = Screen(job="one", kept_run="kept")
    screen.lose_job()
    assert (screen.job, screen.kept_run, screen.job_is_lost) == (None, None, True)
    screen.show_job("two")
    assert (screen.job, screen.job_is_lost) == ("two", False)
    screen.lose_seeds_job()
    assert (screen.seeds_job, screen.seeds_job_is_lost, screen.job_is_lost) == (None, True, False)


def test_a_complaint_goes_with_the_next_choice():
    screen = Screen(complaints=("No such depth.",))
    screen.choose("depth", 3)
    assert (screen.settings.circuit.depth, screen.complaints) == (3, ())


def test_a_lesson_hides_until_everything_is_asked_for():
    screen = Screen(hidden=frozenset({"depth"}))
    assert screen.hides("depth")
    assert not screen.hides("seed")
    screen.show_everything()
    assert not screen.hides("depth")


def test_ticks_begin_another_table():
    runs = Runs()
    before = runs.table_key(["a", "b"])
    assert runs.table_key(["b", "a"]) != before
    runs.select(["a"])
    assert runs.chosen == ("a",)
    assert runs.table_key(["a", "b"]) != before
    assert [runs.is_new(each) for each in ("", "a", "a", "b")] == [False, True, False, True]


def test_a_file_that_came_in_leaves_an_empty_field_and_a_refused_one_stays():
    field = Imports()
    field.refuse("It is a web page.")
    assert (field.outcome, field.round) == (Outcome("", ("It is a web page.",)), 0)
    field.succeed(Outcome("run", ("It is here.",)))
    assert (field.outcome.run, field.round) == ("run", 1)
    field.forget_outcome()
    assert (field.outcome, field.round) == (None, 1)


def test_what_was_found_out_about_a_file_is_not_taken_for_another():
    field = Imports()
    field.file("one").rows = 15
    assert field.file("one").rows == 15
    assert (field.file("two").rows, field.file("two").job) == (0, None)


def test_turned_angles_are_those_of_one_circuit():
    circuit = Circuit()
    circuit.turned("one")[3] = 0.5
    assert circuit.turned("one") == {3: 0.5}
    assert circuit.turned("two") == {}
    assert circuit.turned("one") == {}


def test_the_second_half_of_a_double_click_is_known(monkeypatch: pytest.MonkeyPatch):
    now = 100.0
    monkeypatch.setattr(training.time, "monotonic", lambda: now)
    work = Training()
    assert not work.is_double_click
    work.note_start()
    now += 0.5
    assert work.is_double_click
    now += 0.5
    assert not work.is_double_click
