"""The tables say what the run said, and a hostile name stays a name."""

from __future__ import annotations

import csv
import io

import numpy as np

from qtl_core.evaluation.metrics import Evaluation, evaluation_of
from qtl_core.export.tables import epoch_rows, prediction_rows, to_csv
from tests.helpers.made_runs import made_run


def test_one_row_an_epoch_and_one_a_picture(tmp_path):
    view = made_run(tmp_path, right_by_epoch=(3, 5, 4))
    assert [(row["epoch"], row["best_so_far"]) for row in epoch_rows(view)] == [(1, True), (2, True), (3, False)]
    rows = list(prediction_rows(evaluation_of(view)))
    assert len(rows) == 6
    assert (rows[5]["true"], rows[5]["predicted"]) == ("bees", "ants")
    assert rows[0]["p(ants)"] + rows[0]["p(bees)"] == 1


def test_csv_reads_back(tmp_path):
    rows = epoch_rows(made_run(tmp_path))
    back = list(csv.DictReader(io.StringIO(to_csv(rows))))
    assert [float(row["val_accuracy"]) for row in back] == [row["val_accuracy"] for row in rows]


def test_names_that_a_spreadsheet_would_run_are_disarmed():
    hostile = Evaluation(("=cmd()", "@bees"), np.array([0]), np.array([[0.5, 0.5]]), ("+1.jpg",))
    row = next(csv.DictReader(io.StringIO(to_csv(prediction_rows(hostile)))))
    assert (row["file"], row["true"], row["p(=cmd())"]) == ("'+1.jpg", "'=cmd()", "0.5")


def test_negative_numbers_stay_numbers():
    assert to_csv([{"difference": -0.5}]).split() == ["difference", "-0.5"]


def test_no_rows_no_text():
    assert to_csv([]) == ""
