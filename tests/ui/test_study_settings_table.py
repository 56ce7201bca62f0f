"""The settings behind the lines through all axes: narrowed, best first, each leading to a run."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.studies import charts, figures
from tests.helpers.made_studies import made_study
from ui.session import session
from ui.study.clicked_run import take_click
from ui.study.settings_table import ANY, Narrowed, chosen_lines, ends_of, marked, scale_of, table_of

ACCURACY, LOSS = "last_val_accuracy", "last_val_loss"


def lines_of(measure: str = ACCURACY) -> figures.Parallel:
    store = made_study("head=dressed,linear", "depth=0,2,4", seeds=2)
    return figures.parallel(store.plan, store.rows(), measure)


@pytest.mark.parametrize("measure", [ACCURACY, LOSS])
def test_the_best_setting_comes_first_and_one_of_the_same_runs_once(measure):
    lines = lines_of(measure)
    found = chosen_lines(lines, Narrowed({}))
    table = table_of(lines, found)
    assert list(table["Head"]) == [*["dressed circuit"] * 3, "linear layer"]
    assert list(table["Depth"]) == ["4", "2", "0", ANY], "a linear layer has no depth"
    assert set(lines.keys[found]) == set(lines.keys)


def test_settings_are_kept_by_their_values_and_by_their_mean():
    lines = lines_of()
    assert list(table_of(lines, chosen_lines(lines, Narrowed({"depth": (0, 1), "head": (0,)})))["Depth"]) == ["2", "0"]
    step, scale = scale_of(ACCURACY)
    low, high = ends_of(lines, step, scale)
    assert low <= 100 * lines.means.min() and high >= 100 * lines.means.max() and high - low < 15
    assert len(chosen_lines(lines, Narrowed({}, (low, high)))) == 4
    assert len(chosen_lines(lines, Narrowed({}, (low, low + 0.5)))) == 1
    assert not len(chosen_lines(lines, Narrowed({"depth": (0,)}, (high - 0.1, high))))


def test_the_chart_marks_what_is_kept_and_stays_as_it_is_for_others():
    lines = lines_of()
    drawn = charts.parallel(lines)
    assert marked(drawn, lines, Narrowed({})) is drawn
    head, depth, mean = marked(drawn, lines, Narrowed({"depth": (0, 2)}, (80.0, 84.0))).data[0].dimensions
    assert head.constraintrange is None and mean.constraintrange == (0.8, 0.84)
    np.testing.assert_allclose(depth.constraintrange, [[-0.2, 0.2], [1.8, 2.2]])
    assert drawn.data[0].dimensions[1].constraintrange is None


def test_a_click_is_taken_once_as_a_chart_goes_on_telling_of_it():
    take_click("study", "chart", "a")
    session.studies.cell["study"] = "b"  # another one, from a list
    take_click("study", "chart", "a")
    assert session.studies.cell["study"] == "b"
    take_click("study", "chart", "")
    take_click("study", "chart", "a")
    assert session.studies.cell["study"] == "a", "clicked again"
    take_click("study", "table", "")
    take_click("study", "chart", "a")
    session.studies.cell["study"] = "c"
    take_click("study", "chart", "a")
    assert session.studies.cell["study"] == "c", "another chart without a click changes nothing"
