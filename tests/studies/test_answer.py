"""The answer of a study as a page shows it: what the words say, kept with it, and forgotten when it holds no more."""

from __future__ import annotations

from dataclasses import replace

from qtl_core.studies.answer import ANSWER, SENTENCE, answer_of, keep_answer, kept_answer, run_answer_job
from qtl_core.studies.comparisons import compared
from qtl_core.studies.plain_answers import TOO_FEW
from qtl_core.studies.words import limits_words, plan_words, result_words
from tests.helpers.made_studies import made_study


def test_it_says_what_the_words_say():
    store = made_study("head=dressed,linear")
    answer, rows = answer_of(store), store.rows()
    found = compared(store.plan, rows, "last_val_accuracy")
    assert answer.comparisons == tuple(found)
    assert answer.sentence == result_words(store.plan, rows, found, "last_val_accuracy", {})
    assert answer.limits == limits_words(store.plan, "last_val_accuracy", {})
    assert answer.asked == plan_words(store.plan)
    assert (answer.done, answer.planned, answer.has_best) == (12, 12, True)


def test_another_measure_is_taken_where_there_are_figures_of_it():
    store = made_study("head=dressed,linear")
    assert answer_of(store, "best_val_loss").measure == "best_val_loss"
    assert answer_of(store, "test_accuracy").measure == "last_val_accuracy"
    assert "test_accuracy" not in answer_of(store).measures


def test_a_kept_answer_is_the_same_and_goes_with_the_next_run():
    store = made_study("head=dressed,linear", done=11)
    assert kept_answer(store, 11) is None
    events = []
    run_answer_job((store.id, ""), events.append, lambda: False)
    assert events == [kept_answer(store, 11)] == [answer_of(store)]
    assert store.fact(SENTENCE) == f"{answer_of(store).plain} {answer_of(store).sentence}".strip()
    assert kept_answer(store, 12) is None


def test_when_a_budget_ends_a_study_its_answer_is_worked_out_again():
    store = made_study("head=dressed,linear", done=11)
    store.change_plan(replace(store.plan, budget_seconds=9))
    keep_answer(store, answer_of(store))
    assert kept_answer(store, 11) == answer_of(store)
    store.keep_fact("seconds", 9.5)
    assert kept_answer(store, 11) is None


def test_an_answer_in_another_form_is_none():
    store = made_study("head=dressed,linear")
    keep_answer(store, answer_of(store))
    store.keep_fact(ANSWER, {**store.fact(ANSWER), "form": 0})
    assert kept_answer(store, 12) is None


def test_one_of_another_measure_is_not_kept():
    store = made_study("head=dressed,linear")
    run_answer_job((store.id, "best_val_loss"), lambda _: None, lambda: False)
    assert kept_answer(store, 12) is None


def test_a_ready_question_has_its_plain_answer():
    assert answer_of(made_study("variant=dressed,depth_0,linear", name="ready")).plain == TOO_FEW
    assert answer_of(made_study("head=dressed,linear")).plain == ""
