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
from qtl_core.studies.winner import best_of, with_repeat
from qtl_core.studies.words import (
    asked_words,
    comparison_words,
    limits_words,
    p_figure,
    plan_words,
    power_words,
    result_words,
)
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
        "In validation accuracy after the last epoch, the one comparison differs by more than luck"
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
    assert "both sides are the same runs" in said(plan("momentum=0.1,0.5"), {})


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
    sentence = said(asked, rows)
    assert "In one comparison the interval leaves out zero and the test does not" in sentence
    assert "dressed circuit on 3 of 20 seeds more than 10 points below the median" in sentence


def test_ranks_that_disagree_with_the_mean_name_no_winner():
    asked = plan("head=dressed,linear")
    rows = rows_of(asked, lambda at, seed: 0.9 + (at["head"] == "dressed") * (0.013 if seed else -0.287))
    sentence = said(asked, rows)
    assert "ranks and mean disagree in validation accuracy after the last epoch, so no side is named" in sentence
    assert "dressed circuit is better than linear layer on 19 of 20 seeds, corrected p < 0.001" in sentence
    assert "the mean difference is -0.2 points" in sentence and "than luck explains" not in sentence


def test_where_no_difference_could_count_that_is_said_before_and_after():
    asked = plan("variant=dressed,linear,bottleneck,depth_0", seeds=6)
    worth = {"dressed": 0.9, "linear": 0.6, "bottleneck": 0.5, "depth_0": 0.4}
    amounts = "With 6 seeds and 6 comparisons"
    assert power_words(asked) == f"{amounts} no difference could count, however large: it takes 8 seeds."
    sentence = said(asked, rows_of(asked, lambda at, seed: worth[at["variant"]] + seed / 1000))
    assert sentence.startswith(f"{amounts} of validation accuracy after the last epoch no difference could count")
    assert "luck would not give" not in sentence
    assert power_words(plan("head=dressed,linear")) == "" == power_words(plan(seeds=1))
    folds = replace(plan("head=dressed,linear", seeds=4), folds=5)
    assert (
        power_words(folds)
        == "With 5 folds and 1 comparison no difference could count, however large: it takes 6 folds."
    )
    assert asked_words(folds).endswith(f"80 runs. {power_words(folds)}") or power_words(folds) in asked_words(folds)
    assert power_words(plan("depth=0:7", seeds=20)) == "Of 8 values each is compared with the first alone: 0."


def test_while_runs_are_to_come_there_is_no_verdict():
    asked, luck = plan("head=dressed,linear"), np.random.default_rng(2)
    rows = rows_of(asked, lambda at, seed: 0.9 + 0.03 * (at["head"] == "linear") + luck.normal() / 200)
    rows.popitem()
    sentence = said(asked, rows)
    assert sentence.startswith("So far, in 1 comparison of validation accuracy") and "p <" not in sentence
    assert "better on 19 of 19 seeds" in sentence and "what counts is said at the end" in sentence
    limited = replace(asked, budget_seconds=9)
    assert said(limited, rows).startswith("So far, ")
    found, spent = compared(limited, rows, LAST), {**FACTS, "seconds": 9.5}
    assert "than luck explains" in result_words(limited, rows, found, LAST, spent), "the budget ended it"


def test_an_interval_without_zero_beside_a_test_that_finds_nothing_says_why():
    def rows(asked, gap):
        return rows_of(asked, lambda at, seed: 0.9 + (at["head"] == "dressed") * gap(at, seed))

    two = plan("head=linear,dressed", "depth=1:20", seeds=20)
    once = said(two, rows(two, lambda at, seed: 0.02 * (at["depth"] == 3) * (-1 if seed in (3, 4, 5, 9) else 1)))
    assert "p is corrected for all 20 comparisons, and an interval is of its own alone" in once
    assert "failed" not in once


def test_which_side_broke_down_is_said():
    asked = plan("head=dressed,linear")
    rows = rows_of(asked, lambda at, seed: 0.9 - 0.05 * (at["head"] == "dressed") + seed / 1000)
    for run in asked.runs_of(asked.cells()[1])[:13]:
        rows[run.key] = Row(run.key, run.seed, broke_down=2)
    sentence = said(asked, rows)
    assert "13 of 20 runs of linear layer broke down, which flatters those left" in sentence
    assert (
        "13 runs broke down and count nowhere. Broken down: 13 of linear layer; those left flatter what they are of."
        in sentence
    )


def test_the_best_has_all_its_runs_and_counts_the_same_runs_once():
    asked = plan("head=linear,dressed", "qubits=2:8", seeds=6)
    rows = rows_of(asked, lambda at, seed: 0.9 + 0.05 * (at["head"] == "linear"))
    best = best_of(asked, rows)
    assert (best.of, best.at, best.ties, best.left_out) == (8, {"head": "linear"}, 0, 0)
    assert "The best of 8 settings looked at is linear layer, with 95.0%" in said(asked, rows)
    first = asked.runs_of(asked.cells()[0])[0]
    broken = {**rows, first.key: Row(first.key, first.seed, broke_down=1)}
    assert best_of(asked, broken).at == {"head": "dressed", "qubits": 2} and best_of(asked, broken).left_out == 1
    assert "; 6 others came out equal; 1 setting with runs that broke down or are missing left out" in said(
        asked, broken
    )


def test_a_repeat_removes_the_luck_of_seeds_and_not_that_of_pictures():
    asked = plan("qubits=2:8", seeds=6)
    rows = rows_of(asked, lambda at, seed: 0.8 + at["qubits"] / 100)
    assert "A repeat with fresh seeds removes the luck of seeds, not that of these 153 photos." in said(asked, rows)
    again = with_repeat(asked, rows, 6)
    assert plan_words(again).endswith("6 seeds each: 42 runs + 12 of the repeat.")
    for runs, value in zip(again.repeat_runs(), (0.88, 0.85), strict=True):
        rows |= {run.key: Row(run.key, run.seed, last_val_accuracy=value + run.seed / 1e4) for run in runs}
    assert "no fresh seed chose it, but these 153 photos did." in said(again, rows)
    own = replace(again, base=again.base.changed(qubits=8))
    fresh = {run.key: Row(run.key, run.seed, last_val_accuracy=0.9) for run in own.runs().values()}
    assert "these are the settings chosen, so there is nothing to compare it with" in said(own, fresh)


def test_limits_say_what_they_are_of():
    folds = replace(plan("depth=1,2"), folds=10)
    assert "but over folds its 5% is not kept exactly" in limits_words(folds, LAST, FACTS)
    assert "the same test photos" in limits_words(folds, "test_accuracy", FACTS | {"test_size": 50})
    assert "but those of the test part was held out once" in limits_words(folds, LAST, FACTS | {"test_size": 50})
    assert "does not cover other measures or other studies" in limits_words(plan("depth=1,2"), LAST, FACTS)
    assert "somewhat narrow" in limits_words(plan("depth=1,2", seeds=10), LAST, FACTS)
    assert "Holm" not in limits_words(plan("depth=1,2", seeds=3), LAST, FACTS)
    assert "Where all are taken" in limits_words(plan("per_class=5,0"), LAST, FACTS)
    assert "Where all are taken" not in limits_words(plan("per_class=5,10"), LAST, FACTS)
    sample = replace(plan("depth=1:3", "qubits=2:4"), sampling=RandomSample(4))
    assert "drawn at random the mean of a value in a chart" in limits_words(sample, LAST, FACTS)
    lot = replace(sample, sampling=Search(3, "random", asked=((1, 2),)))
    assert "A search looked at 1 setting at random" in limits_words(lot, LAST, FACTS)
    twice = replace(sample, sampling=Search(3, "random", asked=((1, 2), (2, 2), (1, 2))))
    assert "looked at 2 settings, as 1 of the 3 asked for had been before, at random" in limits_words(
        twice, LAST, FACTS
    )
    points = limits_words(plan("depth=1,2"), LAST, {"noun": "points", "val_size": 10})
    assert "One of 10 points is 10 percentage points here." in points
    hundred = limits_words(plan("depth=1,2"), LAST, {"noun": "points", "val_size": 100})
    assert "One of 100 points is 1 percentage point here." in hundred


def test_a_search_that_is_over_has_no_runs_to_come():
    asked = replace(plan("depth=1:3", seeds=2), sampling=Search(2, asked=((1,), (1,))))
    assert asked.planned == 2 and "1 seed" not in plan_words(asked) and plan_words(asked).endswith(": 2 runs.")


def test_small_amounts_are_said_as_they_are():
    assert said(plan(seeds=1), rows_of(plan(seeds=1), lambda at, seed: 0.9)).startswith("Of the one run the validation")
    equal = plan("head=dressed,linear")
    assert "both came out equal." in said(equal, rows_of(equal, lambda at, seed: 0.9))
    rows = rows_of(equal, lambda at, seed: 0.9 + seed / 1000)
    key = next(iter(rows))
    rows[key] = Row(key, 0, broke_down=1)
    assert "1 run broke down and counts nowhere." in said(equal, rows)
    assert (p_figure(0.0504), p_figure(0.0496), p_figure(0.04996)) == ("0.0504", "0.0496", "0.04996")
    augmented = replace(plan("augmentation=yes,no", seeds=1), folds=10)
    assert plan_words(augmented).endswith("10 runs (of 20: over folds augmentation is off, and its runs are the same).")


def test_more_loss_is_worse():
    asked = plan("head=dressed,linear")
    rows = {
        key: replace(row, last_val_loss=row.last_val_accuracy)
        for key, row in rows_of(asked, lambda at, seed: 0.5 + 0.1 * (at["head"] == "linear") + seed / 1000).items()
    }
    sentence = result_words(asked, rows, compared(asked, rows, "last_val_loss"), "last_val_loss", FACTS)
    assert (
        "linear layer is 0.1000 (0.1000 to 0.1000) above (worse) dressed circuit (worse on 20 of 20 seeds" in sentence
    )


def test_over_folds_runs_are_set_beside_those_of_the_same_pictures():
    asked = replace(plan(seeds=6), folds=6)
    rows = {run.key: Row(run.key, run.seed, last_val_accuracy=run.fold / 10) for run in asked.runs().values()}
    assert "Two runs of the same settings and pictures are 0.0 points apart" in said(asked, rows)
