"""A study's report and its notebook: whole, alone, honest about what is left out, and the same numbers everywhere."""

from __future__ import annotations

import argparse
import io
import json
import re
import shlex
import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.settings import RunSettings
from qtl_core.studies import export, figures, importance, notebook, report, svg_charts
from qtl_core.studies.again import BEGIN, command_of
from qtl_core.studies.answer import answer_of
from qtl_core.studies.axes import Axis
from qtl_core.studies.plan import BASE, READING, Repeat, StudyPlan, axis_from
from qtl_core.studies.rows import Outcome, Row, outcome_of
from qtl_core.studies.sampling import RandomSample, Search
from qtl_core.studies.store import StudyStore, find_study
from tests.studies.test_comparisons import plan, rows_of

LAST = "last_val_accuracy"
NAME = "Which <head> & depth?"
AXES = (axis_from("head=linear,dressed"), axis_from("depth=1,3,2"), axis_from("reuploading=no,yes"))


def studied(plan: StudyPlan) -> StudyStore:
    store, luck = StudyStore.create(plan), np.random.default_rng(0)
    outcomes = []
    for key, run in plan.runs().items():
        high = 0.7 + 0.05 * run.settings.circuit.depth * (run.settings.model.head == "dressed")
        curves = {name: np.round(high + luck.normal(size=3) / 50, 6) for name in FIGURES}
        outcomes.append(outcome_of(key, run.seed, curves, 2, None))
    outcomes[-1] = Outcome(Row(outcomes[-1].row.key, outcomes[-1].row.seed, broke_down=2))
    store.add(outcomes)
    facts = {"noun": "photos", "classes": ["ants", "<bees>"], "train_size": 244, "val_size": 153, "test_size": 0}
    store.keep_fact("prepared", facts | {"backbone": "MobileNetV2", "notes": []})
    return store


@pytest.fixture
def store() -> StudyStore:
    return studied(StudyPlan(NAME, RunSettings().changed(epochs=3, batch_size=8), AXES, 7))


def svgs(html: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", html)


def test_the_report_has_all_of_it_and_stands_alone(store):
    page, answer = report.report_html(store), answer_of(store)
    for words in (answer.sentence, answer.limits, answer.asked):
        assert report.escape(words) in page
    assert "<h1>Which &lt;head&gt; &amp; depth?</h1>" in page and "<bees>" not in page and "<script" not in page
    assert not re.search(r"(src|href)=", page) and "http" not in page.replace("http://www.w3.org/2000/svg", "").replace(
        "http-equiv", ""
    )
    titles = [ElementTree.fromstring(svg)[0].text for svg in svgs(page)]
    assert titles.count("Mean validation accuracy after the last epoch") == 3, "a map for every pair of axes"
    assert {"Every run", "All axes and what came out", "What matters most"} <= set(titles)
    assert "Validation accuracy by Epoch" in titles
    assert "<td>Batch size</td>" in page and '<tr class="real"><td>Batch size</td>' in page
    assert "244 to train, 153 to validate" in page and "study import Which-head-depth.qtl-study.zip" in page
    assert page.count("<tr") >= len(answer.comparisons) + len(store.plan.cells())


def test_a_study_without_anything_has_a_report_too():
    for asked in (StudyPlan("none", RunSettings(), (), 1), StudyPlan("axes", RunSettings(), AXES, 1)):
        page = report.report_html(StudyStore.create(asked))
        assert svgs(page) == [] and "What came out" in page


def test_long_tables_say_what_they_leave_out(store, monkeypatch):
    monkeypatch.setattr(report, "MOST_LINES", 3)
    page = report.report_html(store)
    assert f"{len(answer_of(store).comparisons) - 3} more lines are left out here." in page
    assert "9 more lines are left out here. These are the 3 best." in page
    best = page.partition("<h2>Every setting</h2>")[2].partition("<tbody>")[2].partition("</tr>")[0]
    assert "dressed circuit</td><td>3<" in best


def test_a_comparison_with_the_settings_chosen_names_both_sides_whole():
    asked = replace(plan("reuploading=yes,no", "depth=1,6"), compare=BASE)
    store = StudyStore.create(asked)
    rows = rows_of(asked, lambda at, seed: 0.8 + at["depth"] / 100 + (at["reuploading"] - 0.5) * 2e-5 * (seed % 2))
    store.add([Outcome(row) for row in rows.values()])
    page = report.report_html(store)
    assert "<td>data re-uploading yes, depth 1</td><td>data re-uploading no, depth 6</td>" in page
    assert '<td class="n">0 : 20 of 20</td>' in page and "run by run with the same seed and pictures" in page
    assert "−0.00" not in page and "of fewer than 20 all of them" in page


def test_charts_on_paper_are_drawn_from_the_same_numbers():
    asked = plan("head=linear,dressed", "learning_rate=0.0001,0.01", seeds=3)
    rows = rows_of(asked, lambda at, seed: 0.5 + at["learning_rate"] * 10 + seed / 100)
    heat = svg_charts.heat_map(figures.heat_map(asked, rows, LAST, "learning_rate", "head"))
    assert heat.count(">61%<") == 2 and heat.count("<rect") == 4
    lines = ElementTree.fromstring(svg_charts.bands(figures.bands(asked, rows, LAST, "learning_rate")))
    assert len(list(lines.iter("{http://www.w3.org/2000/svg}polygon"))) == 2
    dots = figures.dots(asked, rows, LAST)
    assert svg_charts.dots(dots).count("<circle") == 12
    assert svg_charts.parallel(figures.parallel(asked, rows, LAST)).count("<polyline") == 4
    for svg in (
        svg_charts.bands(figures.bands(asked, {}, LAST, "learning_rate")),
        svg_charts.parallel(figures.parallel(asked, {}, LAST)),
    ):
        assert svg == ""


def test_very_many_runs_are_boxes_and_very_many_cells_are_thinned(monkeypatch):
    monkeypatch.setattr(svg_charts, "MOST_DOTS", 10)
    monkeypatch.setattr(svg_charts, "MOST_LINES", 2)
    asked = plan("head=linear,dressed", "epochs=1,2,3", seeds=4)
    rows = rows_of(asked, lambda at, seed: seed / 10 + at["epochs"] / 100)
    svg = svg_charts.dots(figures.dots(asked, rows, LAST))
    assert "<circle" not in svg and svg.count("fill-opacity") == 2
    assert svg_charts.parallel(figures.parallel(asked, rows, LAST)).count("<polyline") == 2


def test_equal_values_have_an_axis_too():
    asked = plan("head=linear,dressed", "epochs=1,2", seeds=2)
    svg = svg_charts.bands(figures.bands(asked, rows_of(asked, lambda at, seed: 0.1 + 0.2), LAST, "epochs"))
    assert ">30%<" in svg


def test_nothing_to_say_on_what_matters_is_no_figure():
    assert svg_charts.importance(importance.Importance(LAST, 0, why_none="Too few.")) == ""


def executed(store: StudyStore, folder, monkeypatch) -> dict[str, object]:
    """The names of the notebook's last cell, run beside its tables with nothing of this app."""
    with zipfile.ZipFile(io.BytesIO(notebook.bundle(store))) as archive:
        archive.extractall(folder)
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    cells = json.loads((folder / notebook.NOTEBOOK).read_text())["cells"]
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            assert "qtl_core" not in source
            exec(compile(source, f"cell {number}", "exec"), names)
    return names


def test_the_notebook_redraws_every_figure_with_the_same_numbers(store, tmp_path, monkeypatch):
    names, plan, rows = executed(store, tmp_path, monkeypatch), store.plan, store.rows()
    strip, bands, *maps, parallel, epochs, bars = names["figures"]
    assert sum(len(trace.y) for trace in strip.data) == len(figures.dots(plan, rows, LAST).values)
    expected = figures.bands(plan, rows, LAST, "depth").lines
    for line, trace in zip(expected, bands.data[2::3], strict=True):
        np.testing.assert_allclose(trace.y, line.means)
        assert list(trace.x) == line.x.tolist()
    np.testing.assert_allclose(bands.data[3].y, expected[1].low)
    assert len(maps) == 3
    np.testing.assert_allclose(maps[0].data[0].z, figures.heat_map(plan, rows, LAST, "depth", "head").means)
    cells = figures.parallel(plan, rows, LAST)
    np.testing.assert_allclose(sorted(parallel.data[0].dimensions[-1]["values"]), sorted(cells.means))
    from qtl_core.studies.stored_curves import curves_of

    over = figures.epoch_bands(plan, rows, curves_of(store, "val_accuracy"), "val_accuracy").lines
    for line, trace in zip(over, epochs.data[2::3], strict=True):
        np.testing.assert_allclose(trace.y, line.means)
    found = importance.importance(plan, rows, LAST).weights
    assert list(bars.data[0].x) == [each.mean for each in found[::-1]]


def test_the_notebook_of_other_kinds_of_axes_runs_too(tmp_path, monkeypatch):
    axes = (Axis("carry", ("", "pre_net", "pre_net,circuit")), Axis("learning_rate", (0.001, 1)))
    base = RunSettings().changed(epochs=3, start_from="20261127-000000-abcdef")
    names = executed(studied(StudyPlan("carry", base, axes, 3)), tmp_path, monkeypatch)
    assert names["runs"]["carry"].notna().all() and names["runs"]["learning_rate"].notna().all()
    alone = executed(studied(StudyPlan("alone", base, (), 3)), tmp_path, monkeypatch)
    assert len(alone["figures"]) == 2
    store = find_study("alone")
    assert b"MEASURE = 'last_val_loss'" in notebook.notebook(store, measure="last_val_loss")
    first = json.loads(notebook.notebook(store))["cells"][0]["source"]
    assert f"**{answer_of(store).plain}**\n" in first, "its plain answer first"


def test_tables_say_what_is_in_their_columns_and_stand_alone(store):
    content = pyarrow.parquet.read_table(io.BytesIO(export.as_parquet(store.plan, store.rows())))
    words = export.column_words(store.plan)
    assert {field.name: field.metadata[b"description"].decode() for field in content.schema} == words
    table = pd.read_csv(io.StringIO(export.as_csv(store.plan, store.rows())))
    assert list(table) == list(words) and set(table["batch_size"]) == {8} and "learning_rate" not in table
    assert set(table["epochs"]) == {3} and table["epochs_done"].tolist()[-1] == 0, "the setting, and what was done"
    curves = pyarrow.parquet.read_table(io.BytesIO(export.curves_as_parquet(store))).to_pandas()
    assert len(curves) == 3 * (store.count() - 1) and list(curves) == list(export.CURVE_WORDS)
    key = next(iter(store.rows()))
    own = curves[curves["key"] == key]
    np.testing.assert_array_equal(own["val_loss"], store.curves(key)["val_loss"])
    assert own["epoch"].tolist() == [1, 2, 3]


def test_folds_and_the_repeat_of_the_best_are_in_the_table():
    asked = StudyPlan("folds", RunSettings(), AXES[:1], 2, folds=3, repeat=Repeat(("linear",), 2))
    rows = {key: Row(key, run.seed, 1, 1, last_val_accuracy=0.5) for key, run in asked.runs().items()}
    table = pd.read_csv(io.StringIO(export.as_csv(asked, rows)))
    assert len(table) == len(rows) == 2 * 2 * 3 + 2 * 2 * 3 and set(table["fold"]) == {1, 2, 3}
    again = table[table["repeat"].notna()]
    assert len(again) == 12 and dict(zip(again["repeat"], again["head"], strict=True)) == {
        "best": "linear",
        "chosen": "dressed",
    }


def test_no_table_names_a_folder_of_this_machine():
    base = RunSettings().changed(source="folder", folder="/home/somebody/photos")
    words = export.column_words(StudyPlan("f", base, (), 1))
    assert "source" in words and "folder" not in words


@pytest.mark.parametrize(
    "asked",
    [
        plan("head=dressed,linear", "qubits=2:4", seeds=7),
        StudyPlan("it's a name", RunSettings().changed(source="drawn", epochs=5, standardise=True), AXES, 3, folds=2),
        StudyPlan("some", RunSettings().changed(source="points", shape="moons"), AXES, 3, sampling=RandomSample(4)),
        StudyPlan("best", RunSettings(), AXES, 3, sampling=Search(5, "gp", LAST), budget_seconds=60, measure=LAST),
        StudyPlan("carry", RunSettings(), (Axis("carry", ("", "pre_net", "pre_net,circuit")),), 3),
        StudyPlan("noise", RunSettings().changed(shots=9), AXES, 3, compare=BASE, noise_at=READING),
        StudyPlan("depth", RunSettings().changed(depth=4), (Axis("variant", ("dressed", "depth_0")),), 3),
    ],
)
def test_the_command_makes_the_same_study_again(asked):
    from qtl_core.cli.study import run as command

    words = shlex.split(command_of(asked).removeprefix(BEGIN))
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.plan_of(parser.parse_args(words)) == asked


def test_where_no_command_says_all_of_it_none_is_shown(store):
    carried = (Axis("carry", ("pre_net,circuit",)),)
    search = replace(store.plan, sampling=Search(5, measure=LAST))
    for asked in (replace(store.plan, axes=carried), search):
        assert command_of(asked) == ""
