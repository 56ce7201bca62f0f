"""Sentences on studies: chosen from the numbers, with what they do not show."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from qtl_core.studies.comparisons import compared
from qtl_core.studies.export import as_csv, as_parquet, columns_of
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.rows import Row
from qtl_core.studies.words import limits_words, plan_words, result_words
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
    assert "No difference in validation accuracy after the last epoch that luck would not give, in 1 comp" in said(
        asked, rows
    )


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
