"""The panel of a field's experiment: nothing learnt unasked, what is kept shown at once, no verdict before its time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.jobs.job import Job
from qtl_core.learn.experiments.experiment import Experiment
from qtl_core.learn.experiments.job import experiment_job, outcomes
from qtl_core.learn.experiments.outcome import Outcome, corrected
from qtl_core.learn.experiments.words import claim, early_words, nothing_in_common, uncertainty
from tests.helpers.toy_experiment import TOY
from tests.pages.test_learn import opened, widget, words
from ui.base import job_managers
from ui.base.theme import CARRIED, PUBLISHED, SCRATCH
from ui.learn import experiment as panel
from ui.learn import page
from ui.learn.experiment_charts import curves_figure, stops_figure

FIELD = "chemistry"


@pytest.fixture
def toy(monkeypatch, tmp_path) -> Experiment:
    """The made-up experiment in the place of a field's, with nothing kept."""
    found = replace(TOY, key=FIELD)
    monkeypatch.setenv("QTL_HOME", str(tmp_path))
    for module in (page, panel):
        monkeypatch.setattr(module, "of_topic", lambda topic: (FIELD,) if topic == FIELD else ())
    monkeypatch.setattr(panel, "experiment", lambda _: found)
    return found


def learnt(toy: Experiment) -> list[Outcome]:
    """All stops, which are kept from then on."""
    return corrected(list(outcomes(toy)))


def button_names(app: AppTest) -> list[str]:
    return [each.label for each in app.button]


def test_before_anybody_asks_nothing_is_learnt_and_the_tasks_are_there(toy, tmp_path):
    app = opened(topic=FIELD)
    said = words(app)
    assert "Half the line." in said and "The line of B." in said and "Where it begins." in said
    assert toy.about in said and toy.without in said and "What comes out will be said here" in said
    assert "Learn A, then B both ways" in button_names(app) and "Next field: Optimisation" not in button_names(app)
    assert not list(tmp_path.glob("experiments/*")) and "What was learnt before" not in said


def test_what_is_kept_is_there_at_once_and_follows_the_slider(toy):
    found = learnt(toy)
    app = opened(topic=FIELD)
    assert f":violet-badge[saved] **{claim(toy, found[1])}**" in words(app) and uncertainty(toy, found[1]) in words(app)
    assert nothing_in_common(toy, found, found[1]) in words(app)
    assert "Learn A, then B both ways" not in button_names(app)
    widget(app, "select_slider", FIELD, "likeness").set_value(0).run()
    assert claim(toy, found[0]) in words(app) and nothing_in_common(toy, found, found[0]) not in words(app)
    assert "A line of noise." in words(app) and "-badge[saved]" not in words(app)
    (onward,) = (each for each in app.button if each.label == "Next field: Optimisation")
    assert not onward.click().run().exception and [each.value for each in app.subheader] == ["Optimisation"]
    app = opened(topic=FIELD)
    (table,) = app.dataframe
    assert table.value["From scratch"][1].startswith(f"{found[1].scratch.median:,.0f} (")
    assert list(table.value["How alike"]) == ["0", "0.5", "0.9"]


def test_while_stops_are_missing_there_is_no_verdict_and_it_can_go_on(toy):
    first = next(outcomes(toy))
    app = opened(topic=FIELD)
    assert early_words(toy, first) in words(app) and "Stopped: 1 of 3 places" in words(app)
    assert claim(toy, first) not in words(app) and "-badge[saved]" not in words(app)
    assert "Go on learning" in button_names(app)


def test_a_field_with_two_experiments_lets_one_choose(toy, monkeypatch):
    other = replace(toy, key="other", title="Another line helps", task_b="the other line")
    monkeypatch.setattr(panel, "of_topic", lambda _: (FIELD, "other"))
    monkeypatch.setattr(panel, "experiment", {FIELD: toy, "other": other}.__getitem__)
    app = opened(topic=FIELD)
    assert "The line of B." in words(app)
    widget(app, "button_group", FIELD, "experiment").set_value("other").run()
    assert "The other line." in words(app) and "The line of B." not in words(app)


class UnderWay:
    """The experiments of a server, one of which somebody has asked for and waits for."""

    def __init__(self, key: str) -> None:
        self.key, self.stopped = key, []
        self.jobs = self

    def find(self, key):
        spec = experiment_job(key, 0, "whoever reloaded")
        return Job(spec, spec.view, state="running").seen(0) if key == self.key else None

    def stop(self, job_id):
        self.stopped.append(job_id)


def test_after_a_reload_what_is_under_way_is_not_said_to_be_stopped_and_can_be_stopped(toy, monkeypatch):
    next(outcomes(toy))
    server = UnderWay(FIELD)
    monkeypatch.setattr(job_managers, "learnings", lambda: server)
    app = opened(topic=FIELD)
    assert "Stopped:" not in words(app) and "Go on learning" not in button_names(app)
    widget(app, "button", FIELD, "stop").click().run()
    assert len(server.stopped) == 1


def test_a_field_with_two_experiments_comes_back_to_the_one_under_way(toy, monkeypatch):
    other = replace(toy, key="other", title="Another line helps", task_b="the other line")
    monkeypatch.setattr(panel, "of_topic", lambda _: (FIELD, "other"))
    monkeypatch.setattr(panel, "experiment", {FIELD: toy, "other": other}.__getitem__)
    monkeypatch.setattr(job_managers, "learnings", lambda: UnderWay("other"))
    assert "The other line." in words(opened(topic=FIELD))


def test_numbers_on_axes_are_written_as_in_sentences(toy):
    logged = replace(toy, quality=replace(toy.quality, target=0.1, log=True))
    found = learnt(toy)
    for figure in (curves_figure(logged, found[1]), stops_figure(toy, found, 1, judged=True)):
        for axis in (figure.layout.xaxis, figure.layout.yaxis):
            assert axis.exponentformat == "none" and axis.separatethousands


def test_a_field_without_an_experiment_shows_none(toy):
    assert panel.QUESTION not in words(opened(topic="finance"))


def test_curves_are_medians_with_the_shade_of_nine_in_ten_in_the_colours_of_both_starts(toy):
    outcome = learnt(toy)[1]
    figure = curves_figure(toy, outcome)
    by_name = {trace.name: trace for trace in figure.data if trace.name and trace.mode == "lines"}
    assert by_name["B from scratch"].line.color == SCRATCH and by_name["B from the carried start"].line.color == CARRIED
    assert np.allclose(by_name["B from the carried start"].y, np.median(outcome.curves.transferred, axis=0))
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [(trace.x[0], trace.y[0]) for trace in marks] == [
        (outcome.scratch.median, 0),
        (outcome.transferred.median, 0),
    ]
    assert figure.layout.shapes[0].y0 == toy.quality.target
    assert not curves_figure(toy, None).data


def test_nothing_and_less_can_be_drawn_on_an_axis_of_powers_of_ten(toy):
    logged = replace(toy, quality=replace(toy.quality, target=0.1, log=True))
    figure = curves_figure(logged, learnt(toy)[1])
    assert all(np.min(trace.y) > 0 for trace in figure.data) and np.isfinite(figure.layout.yaxis.range).all()


def test_a_stop_is_coloured_only_where_it_is_no_luck_and_once_all_are_there(toy):
    found = learnt(toy)
    dots = stops_figure(toy, found, 1, judged=True).data
    assert [dot.marker.color for dot in dots] == [PUBLISHED, CARRIED, CARRIED]
    assert [dot.marker.symbol for dot in dots] == ["circle-open", "circle", "circle"]
    assert [dot.y[0] for dot in dots] == [each.difference for each in found]
    assert dots[1].y[0] - dots[1].error_y.arrayminus[0] == pytest.approx(found[1].low)
    assert {dot.marker.color for dot in stops_figure(toy, found[:2], 1, judged=False).data} == {PUBLISHED}
    assert not stops_figure(toy, [], 1, judged=False).data
