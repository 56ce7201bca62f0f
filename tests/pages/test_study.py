"""The Studies page: a question asked, trained, answered; stopped and gone on with; deleted and brought back."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.common.errors import UserError
from qtl_core.studies.answer import answer_of, keep_answer, kept_answer
from qtl_core.studies.jobs import OVER, OWNER
from qtl_core.studies.store import StudyStore, kept_studies
from tests.conftest import PROJECT
from tests.helpers.made_studies import made_study, outcome
from tests.helpers.page_words import LIMIT_SECONDS, until, wait_for_news, words
from ui.base.errors import as_plain_text
from ui.base.trust import BY_ADDRESS
from ui.base.visitor_cookie import owner_of
from ui.session import keys
from ui.study.one_study import ELSEWHERE
from ui.study.result import Found

pytestmark = pytest.mark.usefixtures("shared_managers")

LINK = {"source": "points", "shape": "moons", "points": "60", "epochs": "2", "learning_rate": "0.05"}


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
        wait_for_news()
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
    store = made_study("head=dressed,linear", seeds=2, done=0)
    app = opened(study=store.id)
    assert "**Not finished**: 0 of 4 runs are trained." in words(app)
    app.button(key="go_on_with_study").click().run()
    until_over(app)
    until(app, "Nothing is compared")
    assert StudyStore(store.id).count() == 4


def test_a_study_is_deleted_and_brought_back():
    store = made_study("head=linear", seeds=1, name="moons")
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


def test_a_kept_study_is_shown_with_its_sentence_its_limits_and_every_comparison():
    store = made_study("head=dressed,bottleneck,linear")
    keep_answer(store, answer_of(store))
    app = opened(study=store.id)
    until(app, as_plain_text(answer_of(store).sentence))
    assert as_plain_text(answer_of(store).limits) in words(app)
    table = app.dataframe[0].value
    assert list(table["Pairs"]) == [6, 6, 6]
    assert set(table.columns) >= {"A", "B", "A minus B", "95% interval", "p, corrected", "Cliff's delta"}
    assert len([button for button in app.button if button.key == "repeat_best"]) == 1


def test_the_run_behind_a_point_is_shown_and_closed():
    store = made_study("head=dressed,linear", seeds=2)
    app = opened(study=store.id)
    until(app, "Click a dot to open its run.")
    key = next(iter(store.rows()))
    app.session_state["session_studies"].cell[store.id] = key
    until(app.run(), "2 epochs, the best is epoch 2.")
    app.button(key="close_study_run").click().run()
    assert "the best is epoch" not in words(app)


def test_another_measure_changes_the_sentence():
    store = made_study("head=dressed,linear")
    app = opened(study=store.id)
    until(app, as_plain_text(answer_of(store).sentence))
    box = next(each for each in app.selectbox if each.label == "Measured by")
    box.set_value("best_val_loss").run()
    until(app, as_plain_text(answer_of(store, "best_val_loss").sentence))


def test_the_list_names_every_study_with_what_came_out():
    store = made_study("head=dressed,linear", name="one")
    keep_answer(store, answer_of(store))
    made_study("head=linear", seeds=2, done=1, name="two")
    app = opened(**LINK)
    table = app.dataframe[-1].value
    assert sorted(zip(table["Study"], table["Runs"], strict=True)) == [("one", "12"), ("two", "1 of 2")]
    assert any(answer_of(store).sentence in each for each in table["What came out"])


def test_what_cannot_be_is_said_beside_its_field_and_there_is_no_plan():
    app = opened(**LINK)
    app.multiselect(key=keys.STUDY_VARIES).set_value(["qubits"]).run()
    app.multiselect(key=keys.study_values_key("qubits")).set_value([2, 40]).run()
    assert "Qubits cannot be 40." in words(app)
    assert not [button for button in app.button if button.key == "start_study"]
    app.multiselect(key=keys.study_values_key("qubits")).set_value([2, 4]).run()
    assert "40 runs" in words(app)


def test_a_setting_that_plays_no_part_is_said():
    app = opened(**LINK)
    app.multiselect(key=keys.STUDY_VARIES).set_value(["momentum"]).run()
    assert "every value would be the same run" in words(app)


def test_in_a_room_a_visitor_sees_and_deletes_their_own_alone(monkeypatch):
    mine, others = made_study("head=linear", seeds=1, name="mine"), made_study("head=linear", seeds=1, name="others")
    monkeypatch.setenv("QTL_OPEN", "1")
    app = opened(study=others.id)
    assert not [button for button in app.button if button.key == "delete_study"]
    assert "moons" not in words(app)
    visitor = owner_of(app.session_state["session_owner"])
    mine.keep_fact(OWNER, visitor)
    others.keep_fact(OWNER, "somebody else")
    app.button(key="close_study").click().run()
    assert list(app.dataframe[-1].value["Study"]) == ["mine"]


@pytest.mark.parametrize(
    ("server", "made_by", "who"),
    [
        ("1", "somebody else", "for whoever made this study, in the browser it was made in."),
        (BY_ADDRESS, "somebody else", "in the browser it was made in, and whoever is at the server's computer"),
        ("1", "", "for whoever runs this server, from a shell."),
    ],
)
def test_who_may_go_on_with_a_study_is_said_to_who_may_not(monkeypatch, server, made_by, who):
    store = made_study("head=dressed,linear", seeds=2, done=1)
    store.keep_fact(OWNER, made_by)
    monkeypatch.setenv("QTL_OPEN", server)
    monkeypatch.setattr("ui.base.ownership.is_at_the_computer", lambda *_: False)
    app = opened(study=store.id)
    assert "**Not finished**: 1 of 4 runs are trained." in words(app) and who in words(app)
    assert not [button for button in app.button if button.label in ("Go on", "Delete")]


def test_a_study_that_another_server_trains_is_followed_and_can_be_gone_on_with_once_it_has_ended():
    store = made_study("head=dressed,linear", seeds=2, done=1)
    with store.locked():
        app = opened(study=store.id)
        assert f"{ELSEWHERE}: 1 of 4 runs are trained." in words(app)
        assert not [button for button in app.button if button.label in ("Go on", "Delete")]
        store.add([outcome(list(store.plan.runs().values())[1])])
        assert f"{ELSEWHERE}: 2 of 4 runs are trained." in words(app.run())
    said = words(app.run())
    assert "**Not finished**: 2 of 4 runs are trained." in said and ELSEWHERE not in said
    assert {"Go on", "Delete"} <= {button.label for button in app.button}


def test_the_list_says_of_a_study_that_another_server_trains_it():
    store = made_study("head=dressed,linear", seeds=2, done=1)
    with store.locked():
        assert list(opened().dataframe[-1].value["Runs"]) == ["1 of 4, in training"]


def test_why_a_study_cannot_be_deleted_is_said_below_its_button(monkeypatch):
    def refused(store: StudyStore) -> None:
        raise UserError("It is being trained.", "", "Wait.")

    monkeypatch.setattr("ui.study.kept.delete_study", refused)
    app = opened(study=made_study("head=linear", seeds=1).id)
    app.button(key="delete_study").click().run()
    order = [each.key if each.type == "button" else each.value for each in app.main if each.type in ("button", "error")]
    assert order.index("delete_study") < order.index("**It is being trained.**\n\nWait.")


def test_a_lesson_deletes_nothing_and_brings_nothing_in():
    store = made_study("head=linear", seeds=1)
    app = opened(study=store.id, task="Look.")
    assert not [button for button in app.button if button.key == "delete_study"]
    app.button(key="close_study").click().run()
    assert not [each for each in app.expander if each.label == "Bring in a study"]


def test_why_a_study_cannot_go_on_is_said_beside_its_button(monkeypatch):
    def refused(study_id: str, **more: int) -> None:
        raise UserError("Too many studies are under way.", "", "Wait for one.")

    monkeypatch.setattr("ui.study.one_study.go_on", refused)
    app = opened(study=made_study("head=dressed,linear", seeds=2, done=0).id)
    (button,) = [each for each in app.button if each.label == "Go on"]
    assert not button.help, "Streamlit would keep a second one in the page"
    button.click().run()
    assert "Too many studies are under way." in "".join(each.value for each in app.error)
    assert "**Not finished**: 0 of 4 runs are trained." in words(app)


def test_a_ready_question_s_result_begins_with_its_plain_answer():
    store = made_study("variant=dressed,depth_0,linear")
    keep_answer(store, answer_of(store))
    app = opened(study=store.id)
    until(app, f"**{as_plain_text(answer_of(store).plain)}**")
    assert f"**{as_plain_text(answer_of(store).sentence)}**" not in words(app)


def test_a_study_of_which_all_runs_are_trained_is_finished_before_its_answer_is_there(monkeypatch):
    monkeypatch.setattr("ui.study.one_study.newest_answer", lambda *_: Found())
    app = opened(study=made_study("head=dressed,linear", "depth=2,4", seeds=2).id)
    assert "6 runs (of 8" in words(app) and "Not finished" not in words(app)


def test_a_study_whose_budget_is_spent_goes_on_with_more_time():
    store = made_study("head=dressed,linear", seeds=2, done=1)
    store.change_plan(replace(store.plan, budget_seconds=60))
    for name, value in (("seconds", 61.5), (OVER, True)):
        store.keep_fact(name, value)
    app = opened(study=store.id)
    assert "**Its budget is spent**: 60 seconds; 1 of 4 runs are trained." in words(app)
    app.number_input(key=f"more_minutes_{store.id}").set_value(3)
    app.button(key="go_on_with_study").click().run()
    until_over(app)
    kept = StudyStore(store.id)
    assert (kept.count(), kept.plan.budget_seconds) == (4, 62 + 180)
    assert "budget is spent" not in words(app)


def test_a_verdict_is_taken_back_where_a_spent_budget_is_made_larger():
    store = made_study("head=dressed,linear", seeds=8, done=15)
    store.change_plan(replace(store.plan, budget_seconds=60))
    store.keep_fact("seconds", 61.5)
    app = opened(study=store.id)
    until(app, "by more than luck explains")
    StudyStore(store.id).give_more(60)
    until(app.run(), "what counts is said at the end")
