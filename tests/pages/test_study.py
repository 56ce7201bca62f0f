"""The Studies page: a question asked, trained, answered; stopped and gone on with; deleted and brought back."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.common.progress import never_stop
from qtl_core.settings import RunSettings
from qtl_core.studies.answer import answer_of, kept_answer
from qtl_core.studies.execution import train_study
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.store import StudyStore, kept_studies
from tests.conftest import PROJECT
from tests.helpers.page_words import LIMIT_SECONDS, until, words
from ui.base.errors import as_plain_text
from ui.session import keys

pytestmark = pytest.mark.usefixtures("own_managers")

MOONS = RunSettings().changed(source="points", shape="moons", points=60, epochs=2, learning_rate=0.05)
LINK = {"source": "points", "shape": "moons", "points": "60", "epochs": "2", "learning_rate": "0.05"}


def study(*axes: str, seeds: int = 6, trained: bool = True) -> StudyStore:
    store = StudyStore.create(StudyPlan("moons", MOONS, tuple(axis_from(axis) for axis in axes), seeds))
    if trained:
        list(train_study(store, lambda _: None, never_stop))
    return store


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page("pages/study.py").run()


def until_over(app: AppTest) -> None:
    """Refreshes the page until nothing is trained any more."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not [button for button in app.button if button.key == "ask_another"]:
        assert time.monotonic() < deadline, words(app)
        time.sleep(0.2)
        app.run()


def test_a_question_of_one_s_own_is_trained_and_answered():
    app = opened(**LINK)
    app.number_input(key=keys.STUDY_SEEDS).set_value(6).run()
    assert "12 runs" in words(app)
    app.button(key="start_study").click().run()
    until_over(app)
    (kept,) = kept_studies()
    assert app.query_params["study"] == kept.id
    assert kept.done == 12
    store = StudyStore(kept.id)
    assert as_plain_text(answer_of(store).sentence) in words(app)
    assert kept_answer(store, 12) == answer_of(store)
    assert "Not finished" not in words(app)


def test_a_study_that_was_broken_off_is_gone_on_with_by_a_button():
    store = study("head=dressed,linear", seeds=2, trained=False)
    app = opened(study=store.id)
    assert "**Not finished**: 0 of 4 runs are trained." in words(app)
    app.button(key="go_on_with_study").click().run()
    until_over(app)
    until(app, "Nothing is compared")
    assert StudyStore(store.id).count() == 4


def test_a_study_is_deleted_and_brought_back():
    store = study("head=linear", seeds=1)
    app = opened(study=store.id)
    app.button(key="delete_study").click().run()
    assert kept_studies() == []
    assert "The study “moons” was deleted." in words(app)
    next(button for button in app.button if button.label == "Undo").click().run()
    assert [each.id for each in kept_studies()] == [store.id]
    assert app.query_params["study"] == store.id


def test_a_study_that_is_not_there_is_said_once():
    app = opened(study="20260101-000000-abcdef")
    assert "is not kept on this server" in words(app)
    assert "study" not in app.query_params
