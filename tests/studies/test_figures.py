"""The numbers behind a study's charts: means by hand, shared runs once, each point with its run; and charts drawn."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from qtl_core.settings import RunSettings
from qtl_core.studies import charts, figures
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.rows import MEASURES, Row, outcome_of
from qtl_core.studies.store import StudyStore
from qtl_core.studies.stored_curves import curves_of
from tests.studies.test_comparisons import plan, rows_of

LAST = "last_val_accuracy"
ASKED = plan("head=linear,dressed", "depth=1,3,2", seeds=3)


def accuracy(at, seed):
    return 0.5 + 0.1 * at["depth"] * (at["head"] == "dressed") + seed / 100


ROWS = rows_of(ASKED, accuracy)


def test_a_heat_map_has_the_mean_of_every_place_and_a_run_near_it():
    found = figures.heat_map(ASKED, ROWS, LAST, "depth", "head")
    assert found.means == pytest.approx(np.array([[0.51, 0.51, 0.51], [0.61, 0.81, 0.71]]))
    assert found.counts.tolist() == [[3, 3, 3], [3, 3, 3]]
    assert ROWS[found.keys[1, 1]].last_val_accuracy == pytest.approx(0.81)
    some = {key: row for key, row in ROWS.items() if row.seed == 0 and row.last_val_accuracy < 0.7}
    partly = figures.heat_map(ASKED, some, LAST, "head", "depth")
    assert math.isnan(partly.means[1, 1]) and partly.keys[1, 1] == "" and partly.counts[1].tolist() == [1, 0]


def test_a_run_that_cells_share_is_one_value_where_they_fall_together():
    rows = dict(ROWS)
    linear = ASKED.runs_of(ASKED.cells()[0])
    for run in linear[1:]:
        del rows[run.key]
    one_axis = plan("depth=1,3,2", "head=linear,dressed", seeds=3)
    assert figures.heat_map(one_axis, rows, LAST, "head", "head").counts[0, 0] == 1
    assert figures.dots(ASKED, rows, LAST).places.tolist() == [0] + [1] * 9
    assert figures.dots(ASKED, rows, LAST, "depth").places.tolist() == [0, 1, 2] + [0] * 3 + [1] * 3 + [2] * 3


def test_bands_hold_ninety_per_cent_and_rise_along_the_axis():
    found = figures.bands(ASKED, ROWS, LAST, "depth")
    assert (found.x, found.by, [line.value for line in found.lines]) == ("depth", "head", ["linear", "dressed"])
    dressed = found.lines[1]
    assert dressed.x.tolist() == [1, 2, 3] and dressed.means == pytest.approx([0.61, 0.71, 0.81])
    assert (dressed.low, dressed.high) == (pytest.approx(dressed.means - 0.01), pytest.approx(dressed.means + 0.01))
    many = plan("depth=1,2", seeds=figures.FEWEST_IN_BAND)
    rows = {run.key: Row(run.key, run.seed, last_val_accuracy=run.seed / 19) for run in many.runs().values()}
    (line,) = figures.bands(many, rows, LAST, "depth", "").lines
    assert (line.low, line.high) == (pytest.approx([0.05] * 2), pytest.approx([0.95] * 2)), "of 20 runs nine of ten"
    assert [ROWS[key].seed for key in dressed.keys] == [1, 1, 1]
    together = figures.bands(ASKED, ROWS, LAST, "depth", by="").lines
    assert len(together) == 1 and together[0].counts.tolist() == [6, 6, 6]


def test_what_broke_down_is_left_out_and_nothing_at_all_is_no_error():
    broken = {key: Row(key, row.seed, broke_down=1) for key, row in ROWS.items()}
    for rows in ({}, broken):
        assert np.isnan(figures.heat_map(ASKED, rows, LAST, "depth", "head").means).all()
        assert figures.bands(ASKED, rows, LAST, "depth").lines == ()
        assert len(figures.dots(ASKED, rows, LAST).values) == len(figures.parallel(ASKED, rows, LAST).means) == 0
        for figure in drawn(rows):
            json.loads(figure.to_json())
    with pytest.raises(KeyError):
        figures.dots(ASKED, ROWS, "beauty")


def test_every_cell_is_a_line_through_all_axes():
    found = figures.parallel(ASKED, ROWS, LAST)
    assert found.axes == ("head", "depth") and found.at["depth"].tolist() == [0, 1, 2, 0, 1, 2]
    assert found.means == pytest.approx([0.51, 0.51, 0.51, 0.61, 0.81, 0.71])


def test_a_study_without_an_axis_has_its_dots():
    asked = plan(seeds=4)
    found = figures.dots(asked, rows_of(asked, lambda at, seed: seed), LAST)
    assert (found.x, found.values.tolist(), found.means.tolist()) == ("", [0, 1, 2, 3], [1.5])
    assert charts.dots(found).layout.xaxis.ticktext == ("all seeds",)


def test_curves_over_epochs_are_read_in_one_go_and_keep_their_last_figure():
    store = StudyStore.create(ASKED)
    lengths = {key: 3 + row.seed for key, row in ROWS.items()}
    curves = {key: np.linspace(0.5, 0.6 + ROWS[key].seed / 10, length) for key, length in lengths.items()}
    same = ("train_accuracy", "val_accuracy", "train_loss", "val_loss")
    done = [outcome_of(key, ROWS[key].seed, dict.fromkeys(same, curve), 1, None) for key, curve in curves.items()]
    store.add(done[:5])
    store.add([])
    store.add(done[5:])
    kept = curves_of(store, "val_accuracy")
    assert kept.keys() == ROWS.keys()
    for key, curve in kept.items():
        np.testing.assert_array_equal(curve, store.curves(key)["val_accuracy"])
    assert curves_of(store, "val_loss", [done[0].row.key]).keys() == {done[0].row.key}
    found = figures.epoch_bands(ASKED, store.rows(), kept, "val_accuracy")
    assert [line.value for line in found.lines] == ["linear", "dressed"]
    assert found.lines[0].x.tolist() == [1, 2, 3, 4, 5]
    assert found.lines[0].means[-1] == pytest.approx(0.7) and found.lines[1].counts.tolist() == [9] * 5
    assert [trace.name for trace in charts.epochs(found).data if trace.name] == ["linear layer", "dressed circuit"]


def drawn(rows=ROWS):
    return [
        charts.heat_map(figures.heat_map(ASKED, rows, LAST, "depth", "head")),
        charts.bands(figures.bands(ASKED, rows, LAST, "depth")),
        charts.dots(figures.dots(ASKED, rows, LAST)),
        charts.parallel(figures.parallel(ASKED, rows, LAST)),
    ]


def test_charts_speak_plainly_and_lead_to_runs():
    heat, lines, dots, parallel = drawn()
    assert heat.data[0].customdata[1][1][0] in ROWS and heat.layout.yaxis.title.text == "Head"
    assert list(heat.data[0].y) == ["linear layer", "dressed circuit"]
    assert lines.data[2].customdata[0][0] in ROWS and lines.layout.xaxis.title.text == "Depth"
    assert lines.layout.yaxis.title.text == "Validation accuracy after the last epoch"
    assert dots.data[0].type == "scattergl" and {each[0] for each in dots.data[0].customdata} == ROWS.keys()
    labels = [dimension.label for dimension in parallel.data[0].dimensions]
    assert labels == ["Head", "Depth", "mean validation accuracy"]


def test_of_very_many_runs_some_are_drawn_and_it_says_so(monkeypatch):
    monkeypatch.setattr(charts, "MOST_DOTS", 5)
    figure = charts.dots(figures.dots(ASKED, ROWS, LAST))
    assert len(figure.data[0].x) == len(figure.data[0].customdata) == 5
    assert figure.layout.annotations[0].text == "5 of 12 runs, drawn by lot; strokes are the means of all"
    monkeypatch.setattr(charts, "MOST_DOTS", 12)
    assert drawn()[2].layout.annotations == ()


@pytest.mark.parametrize(("rates", "is_log"), [("0.0001,0.01", True), ("0.001,0.004", False)])
def test_a_wide_range_of_a_setting_that_moves_in_factors_is_drawn_in_factors(rates, is_log):
    asked = plan("head=linear,dressed", f"learning_rate={rates}", seeds=2)
    figure = charts.bands(figures.bands(asked, rows_of(asked, lambda at, seed: 0.5), LAST, "learning_rate"))
    assert (figure.layout.xaxis.type == "log") == is_log


def test_axes_of_numbers_can_have_curves():
    asked = StudyPlan("q", RunSettings(), tuple(map(axis_from, ("head=linear,mlp", "depth=1:3", "qubits=4"))), 1)
    assert figures.numeric_axes(asked) == ["depth"]
    assert figures.numeric_axes(plan("reuploading=yes,no")) == []
    assert set(MEASURES) >= {LAST}


def test_many_names_along_an_axis_are_broken_into_lines_and_ticks_tell_half_points_apart():
    few, many = ["no trained gates (depth 0)"] * 3, ["no trained gates (depth 0)"] * 4
    assert charts.in_lines(few) == few
    assert charts.in_lines(many)[0] == "no trained<br>gates (depth<br>0)"
    assert charts.dots(figures.dots(ASKED, ROWS, LAST)).layout.yaxis.tickformat == ".1~%"


def test_numbers_in_a_heat_map_are_seen_on_their_colour():
    squares, black, white = charts.heat_map(figures.heat_map(ASKED, ROWS, LAST, "depth", "head")).data
    assert squares.texttemplate is None and black.hoverinfo == white.hoverinfo == "skip"
    assert (black.textfont.color, white.textfont.color) == ("#000000", "#FFFFFF")
    assert black.text.tolist() == [["", "", ""], ["", "81.0%", "71.0%"]]
    assert white.text.tolist() == [["51.0%", "51.0%", "51.0%"], ["61.0%", "", ""]]


def test_after_a_click_the_other_points_stay_as_they_were():
    dots = charts.dots(figures.dots(ASKED, ROWS, LAST)).data
    assert [trace.unselected.marker.opacity for trace in dots] == [1, 1]
    lines = [
        trace for trace in charts.bands(figures.bands(ASKED, ROWS, LAST, "depth")).data if trace.customdata is not None
    ]
    assert lines and all(trace.unselected.marker.opacity == 1 for trace in lines)


def test_rates_are_written_one_way_along_an_axis():
    asked = plan("learning_rate=0.00005,0.0001,0.0016", seeds=2)
    rows = rows_of(asked, lambda at, seed: 0.5)
    ticks = charts.bands(figures.bands(asked, rows, LAST, "learning_rate")).layout.xaxis.ticktext
    assert ticks == ("0.00005", "0.0001", "0.0016")
