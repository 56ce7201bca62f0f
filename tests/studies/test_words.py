"""Sentences on studies: chosen from the numbers, with what they do not show."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from qtl_core.studies.comparisons import compared
from qtl_core.studies.export import as_csv, as_parquet, columns_of
from qtl_core.studies.plan import BASE, READING, StudyPlan
from qtl_core.studies.rows import Row
from qtl_core.studies.sampling import RandomSample, Search
from qtl_core.studies.words import comparison_words, limits_words, plan_words, result_words
from qtl_core.tables.binary import read_parquet
from tests.studies.test_comparisons import plan, rows_of

FACTS = {"noun": "photos", "val_size": 153, "test_size": 0}
LAST = "last_val_accuracy"


def said(asked: StudyPlan, rows: dict[str, Row]) -> str:
    return result_words(asked, rows, compared(asked, rows, LAST), LAST, FACTS)


def test_a_plan_is_one_sentence():
    assert plan_words(plan("head=linear,mlp", seeds=1)) == "Head linear layer, hidden layer (MLP), 1 seed each: 2 runs."
    assert "20 seeds each: 80 runs (of 120: where" in plan_words(plan("head=linear,dressed", "depth=1:3"))


def test_a_difference_that_counts_is_named_with_its_size():
    asked, luck = plan("head=dressed,linear"), np.random.default_rng(2)
    rows = rows_of(asked, lambda at, seed: 0.9 + 0.03 * (at["head"] == "linear") + luck.normal() / 200)
    sentence = said(asked, rows)
    assert sentence.startswith(
        "In validation accuracy after the last epoch, 1 of 1 comparison differ by more than luck"
    )
    assert "linear layer is 3." in sentence or "linear layer is 2.9" in sentence
    assert "above dressed circuit" in sentence and "20 seeds" in sentence


def test_no_difference_is_a_result():
    asked, luck = plan("head=dressed,linear"), np.random.default_rng(3)
    rows = rows_of(asked, lambda at, seed: 0.9 + luck.normal() / 100)
    sentence = said(asked, rows)
    assert "No difference in validation accuracy after the last epoch that luck would not give, in 1 comp" in sentence
    assert "; the largest: " in sentence and "; no interval reaches beyond 1.0 points." in sentence


def test_what_is_missing_or_broke_down_is_said():
    asked = plan("head=dressed,linear", seeds=8)
    rows = rows_of(asked, lambda at, seed: seed / 10)
    for key in list(rows)[:2]:
        rows[key] = Row(key, 0, broke_down=1)
    del rows[list(rows)[-1]]
    assert "1 of 16 runs are not trained yet. 2 runs broke down and count nowhere." in said(asked, rows)
    assert said(plan("head=mlp"), {}).startswith("Nothing is compared: there are no two settings")
    assert "it takes 6 seeds" in said(asked, {})


def test_without_an_axis_the_spread_is_said():
    asked = plan(seeds=4)
    assert said(asked, {}).startswith("Nothing came out yet.")
    assert "is 25.0% in the middle, 10.0% to 40.0%" in said(asked, rows_of(asked, lambda at, seed: (seed + 1) / 10))


@pytest.mark.parametrize(("measure", "part"), [(LAST, "One of 153 photos is 0.65 points here."), ("last_val_loss", "")])
def test_what_it_does_not_show(measure, part):
    words = limits_words(plan("depth=1,2"), measure, FACTS)
    assert part in words and "another draw of photos may say otherwise" in words
    assert "points" in words or not part


def test_the_table_has_a_line_for_every_run_of_every_cell():
    asked = plan("head=linear,dressed", "depth=1,2", seeds=2)
    rows = rows_of(asked, lambda at, seed: 0.5)
    rows.pop(asked.runs_of(asked.cells()[-1])[1].key)
    lines = list(csv.DictReader(io.StringIO(as_csv(asked, rows))))
    assert list(lines[0]) == columns_of(asked) and len(lines) == 7
    linear = [line["key"] for line in lines if line["head"] == "linear"]
    assert len(linear) == 4 and len(set(linear)) == 2, "of a linear head all depths are the same run"
    table = read_parquet(as_parquet(asked, rows))
    assert list(table.columns) == columns_of(asked) or len(table.columns) == len(columns_of(asked))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sampling": RandomSample(3)}, "3 of these 12 settings drawn at random, 2 seeds each: 6 runs."),
        (
            {"sampling": Search(5)},
            "at most 5 (tree-structured Parzen estimator), 2 seeds each: at most 10 runs.",
        ),
        ({"folds": 5}, "5 folds and 2 seeds each: 120 runs."),
        ({"budget_seconds": 600}, "2 seeds each: 24 runs, ended after 10 minutes of training."),
        ({"noise_at": READING}, "2 seeds each, trained exactly and read out so afterwards: 24 runs."),
    ],
)
def test_a_plan_says_how_it_is_sampled_and_repeated(changes, words):
    assert plan_words(replace(plan("depth=1:4", "qubits=2:4", seeds=2), **changes)).endswith(words)


def test_against_the_settings_chosen_both_sides_are_named_whole():
    asked, luck = replace(plan("qubits=2:4", "depth=5,6"), compare=BASE), np.random.default_rng(4)
    rows = rows_of(asked, lambda at, seed: 0.9 - 0.05 * (at["qubits"] == 2) + luck.normal() / 500)
    found = compared(asked, rows, LAST)
    assert len(found) == 5 and comparison_words(asked, found[0]) == ("2 qubits, depth 5", "4 qubits, depth 6", "")
    assert (found[0].a, found[0].b, found[0].at) == ({"qubits": 2, "depth": 5}, {"qubits": 4, "depth": 6}, {})
    assert (found[1].a, found[1].b, found[1].at) == (2, 4, {"depth": 6})
    assert "4 qubits, depth 6 is" in said(asked, rows)


def test_where_draws_vary_with_the_seed_the_limits_say_so():
    assert "draws its own photos" in limits_words(plan("per_class=5,10"), LAST, FACTS)
    assert "Holm" not in limits_words(plan(), LAST, FACTS)
    searched = replace(plan("depth=1,2"), sampling=Search(5, measure="test_accuracy"))
    assert "no test any more" in limits_words(searched, LAST, FACTS)
    folds = replace(plan("depth=1,2"), folds=10)
    assert "One of 39 photos is 2.6 points here." in limits_words(folds, LAST, FACTS | {"train_size": 244})


def test_a_few_runs_that_failed_move_a_mean_and_no_ranks_which_is_said():
    asked, luck = plan("head=dressed,linear"), np.random.default_rng(5)
    rows = rows_of(asked, lambda at, seed: 0.9 + luck.normal() / 100 - 0.4 * (at["head"] == "dressed" and seed < 3))
    assert "In one comparison the interval leaves out zero and the test does not" in said(asked, rows)
