"""Runs over folds, runs read out afterwards, and studies with a budget, a search and a repeat: really trained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qtl_core.common.progress import never_stop
from qtl_core.settings import ReadoutSettings
from qtl_core.studies import chunks
from qtl_core.studies.comparisons import compared, usual_measure
from qtl_core.studies.one_run import found_run
from qtl_core.studies.plan import READING, StudyPlan
from qtl_core.studies.real_run import run_name
from qtl_core.studies.sampling import RandomSample, Search
from qtl_core.studies.store import StudyStore
from qtl_core.studies.winner import best_of, repeated, with_repeat
from qtl_core.studies.words import limits_words, result_words
from qtl_core.training.cross_validation import cross_validate
from qtl_core.training.preparation import prepare
from qtl_core.training.run import RunRequest, run
from qtl_core.training.testing import figures_of, log_probabilities
from tests.studies.test_execution import MOONS, study, train


def planned(store: StudyStore, **changes) -> StudyStore:
    """The same study, asked otherwise."""
    store.keep_fact("plan", replace(store.plan, **changes).to_dict())
    return StudyStore(store.id)


@pytest.mark.parametrize("changes", [{}, {"per_class": 8}, {"test_share": 0.3}])
def test_over_folds_every_run_is_that_of_cross_validation(changes):
    base = MOONS.changed(points=200, **changes)
    store = planned(study("head=dressed,linear", base=base, seeds=1), folds=3)
    train(store)
    rows = store.rows()
    assert len(rows) == len(store.plan.runs()) == 6
    for cell in store.plan.cells():
        found = cross_validate(cell.settings, 3)
        for each, fold in zip(store.plan.runs_of(cell), found.folds, strict=True):
            assert each.fold == fold.number and rows[each.key].best_epoch == fold.best_epoch
            assert rows[each.key].last_val_accuracy == pytest.approx(fold.last_right / fold.size)
            assert (rows[each.key].test_accuracy is None) == (not base.data.test_share)


def test_a_fold_counts_once_however_many_seeds_it_has():
    store = planned(study("head=dressed,linear", base=MOONS.changed(points=200), seeds=2), folds=6)
    train(store)
    (found,) = compared(store.plan, store.rows(), "last_val_accuracy")
    assert found.pairs == 6
    assert "share most of what they learn from" in limits_words(store.plan, "last_val_accuracy", {"noun": "points"})


def test_read_out_afterwards_a_head_is_trained_once_and_judged_by_the_reading(monkeypatch):
    tasks, whole = [], chunks.train_tasks

    def counted(asked, *more, **named):
        tasks.extend(asked)
        return whole(asked, *more, **named)

    monkeypatch.setattr(chunks, "train_tasks", counted)
    base = MOONS.changed(points=200, epochs=4, test_share=0.3)
    store = planned(study("gate_errors=0,0.05,0.5", "shots=0,50", base=base, seeds=2), noise_at=READING)
    train(store)
    assert len(tasks) <= 3 and len(store.rows()) == 12, "two heads, one of them over two chunks"
    rows, by_place = store.rows(), {tuple(cell.at.values()): store.plan.runs_of(cell) for cell in store.plan.cells()}
    exact, lost = (rows[by_place[error, 0][0].key] for error in (0.0, 0.5))
    assert exact.last_val_accuracy is not None and lost.last_val_accuracy is None
    assert lost.best_val_loss > exact.best_val_loss and lost.best_epoch == exact.best_epoch
    assert usual_measure(list(rows.values())) == "test_accuracy"
    without_test = [replace(row, test_accuracy=None) for row in rows.values()]
    assert usual_measure(without_test) == "best_val_accuracy"


def test_the_figures_of_a_reading_are_those_of_a_run_trained_exactly_and_tested_so():
    readout = ReadoutSettings(depolarizing_two=0.1, depolarizing_one=0.01, shots=20)
    store = planned(study("gate_errors=0.1", base=MOONS.changed(shots=20), seeds=1), noise_at=READING)
    train(store)
    (row,), (one,) = store.rows().values(), store.plan.runs().values()
    assert one.read == readout and one.settings.reads_exactly
    assert found_run(store, one.key).at == {"gate_errors": 0.1} and "error of a CNOT 0.1" in run_name(store.plan, one)
    last = list(run(RunRequest(one.settings), lambda _: None, never_stop))
    checkpoint = next(event.checkpoint for event in reversed(last) if hasattr(event, "checkpoint"))
    features = prepare(one.settings, lambda _: None, never_stop).features
    read = log_probabilities(replace(one.settings, readout=readout), checkpoint.best_weights, features.val)
    assert (row.best_val_loss, row.best_val_accuracy) == figures_of(read, features.val_labels)


def test_a_budget_ends_it_and_a_larger_one_goes_on(monkeypatch):
    store = planned(study("head=dressed,linear", seeds=20), budget_seconds=1)
    store.keep_fact("seconds", 1.5)
    assert train(store) == [] and "Its budget is 1 second." in result_words(store.plan, {}, [], "last_val_accuracy", {})
    assert len(train(planned(store, budget_seconds=1000))) == 40
    monkeypatch.setattr(StudyStore, "is_spent", property(lambda store: store.count() > 0))
    again = planned(study("head=dressed,linear", seeds=20, name="again"), budget_seconds=5)
    done = len(train(again))
    seeds = [run.seed for run in list(again.plan.runs().values())[:4]]
    assert 0 < done < 40 and seeds == [0, 0, 1, 1], "both heads have about as many"


def test_a_search_is_trained_to_its_end_and_its_best_repeated_with_fresh_seeds_beside_what_was_chosen():
    store = study("depth=0:5", "learning_rate=0.001,0.05,0.2", base=MOONS.changed(points=100), seeds=2)
    store = planned(store, sampling=Search(20, "random"))
    train(store)
    assert len(store.plan.sampling.asked) == 20 and store.count() == len(store.plan.runs()) == len(store.rows())
    assert train(StudyStore(store.id)) == []
    rows = store.rows()
    best = best_of(store.plan, rows)
    assert store.plan.planned == len(rows) and compared(store.plan, rows, "last_val_accuracy") == []
    before = result_words(store.plan, rows, [], "last_val_accuracy", {})
    assert f"The best of {best.of} settings looked at by the search" in before and "A repeat with fresh seeds" in before
    again = planned(store, repeat=with_repeat(store.plan, rows, 6).repeat)
    assert len(train(again)) == 12
    fresh, chosen = again.plan.repeat_runs()
    assert [run.seed for run in fresh] == [run.seed for run in chosen] == [2, 3, 4, 5, 6, 7]
    found = repeated(again.plan, again.rows(), "last_val_accuracy")
    assert found.seeds == 6 and best_of(again.plan, again.rows()) == best
    assert "With 6 fresh seeds it has" in result_words(again.plan, again.rows(), [], "last_val_accuracy", {})


def test_a_sample_is_trained_and_what_differs_in_pictures_is_said_from_the_least_to_the_most():
    store = planned(study("test_share=0,0.2,0.5", "depth=1,2", base=MOONS.changed(points=100), seeds=1))
    sample = StudyPlan("sample", store.plan.base, store.plan.axes, 1, sampling=RandomSample(4))
    store = StudyStore.create(sample)
    assert len(train(store)) == 4
    train(planned(store, sampling=RandomSample(6)))
    facts = store.fact("prepared")
    assert facts["val_size"] < facts["most_val_size"]
    assert f"One of {facts['val_size']} to {facts['most_val_size']} points is" in limits_words(
        store.plan, "last_val_accuracy", facts
    )
