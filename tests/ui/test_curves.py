"""The curves of a run, its replay and its status: what they say, read from the figures themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.progress import Progress
from qtl_core.jobs import JobSnapshot
from qtl_core.runs.events import BatchDone, Failed
from qtl_core.runs.published import published_run
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.feature_forecast import Seconds
from qtl_core.training.forecast import Forecast
from qtl_core.training.schedules import learning_rate
from tests.helpers.made_runs import made_run
from ui.base import theme
from ui.base.wording import duration, plain
from ui.results.curves import history_figure, rate_steps, titles
from ui.results.replay import frame_epochs, replay_figure
from ui.train.forecast import in_words
from ui.train.run_status import status_of
from ui.widgets.time_left import seconds_left

RUN = made_run(Path("/nowhere"))  # three epochs, the second the best: 3, 5 and 4 of 6 right
THREE = RunSettings().changed(epochs=3)


def trace(figure, name, row):
    """The curve of this name on the upper (1) or lower (2) chart."""
    axis = {1: ("y", None), 2: ("y2",)}[row]
    return next(curve for curve in figure.data if curve.name == name and curve.yaxis in axis)


def snapshot(view: RunView, state="running", place=0) -> JobSnapshot:
    return JobSnapshot("id", "me", state, place, view, 1, 0.0, 0.0, None, None)


def test_the_lines_are_the_epochs_figures_in_their_colours():
    figure = history_figure(RUN, THREE)
    for name, colour, figures in (("Training", theme.TRAINING, "train"), ("Validation", theme.VALIDATION, "val")):
        for row, kind in ((1, "accuracy"), (2, "loss")):
            curve = trace(figure, name, row)
            assert list(curve.x) == [1, 2, 3]
            assert curve.y == pytest.approx([getattr(epoch, f"{figures}_{kind}") for epoch in RUN.epochs])
            assert curve.line.color == colour
    assert list(trace(figure, "Validation", 1).customdata) == [3, 5, 4]
    assert "of 6" in trace(figure, "Validation", 1).hovertemplate


def test_the_best_epoch_is_ringed_on_both_charts():
    figure = history_figure(RUN, THREE)
    assert [list(trace(figure, "Best epoch", row).x) for row in (1, 2)] == [[2], [2]]
    assert trace(figure, "Best epoch", 1).y == pytest.approx([5 / 6])


def test_axes_do_not_move_while_epochs_come_in():
    paper = RunSettings()
    going_on = made_run(Path("/nowhere"), ended=False)
    figures = [history_figure(view, paper) for view in (RunView(), RunView(prepared=RUN.prepared), going_on)]
    assert {tuple(figure.layout.xaxis2.range) for figure in figures} == {(0.5, 30.5)}
    assert {tuple(figure.layout.yaxis.range) for figure in figures} == {(0.4, 1.03)}
    assert {(figure.layout.height, figure.layout.margin.b) for figure in figures} == {(500, 100)}


def test_axes_make_room_for_what_is_lower_or_higher_than_guessing():
    worse = made_run(Path("/nowhere"), right_by_epoch=(0,))
    low, _ = history_figure(worse, THREE).layout.yaxis.range
    _, high = history_figure(worse, THREE).layout.yaxis2.range
    assert low < 0 < worse.epochs[0].val_loss < high


def test_a_stopped_run_fills_the_axis():
    assert tuple(history_figure(RUN, RunSettings()).layout.xaxis2.range) == (0.5, 3.5)


def test_a_continued_run_gets_a_longer_axis():
    assert tuple(history_figure(RUN, THREE.changed(epochs=2)).layout.xaxis2.range) == (0.5, 3.5)


def test_learning_rate_steps_are_marked_where_the_rate_changes():
    assert rate_steps(RunSettings().training, 30) == [11, 21]
    figure = history_figure(RunView(), RunSettings())
    assert {shape.x0 for shape in figure.layout.shapes} == {10.5, 20.5}
    assert "learning rate × 0.1" in [note.text.strip() for note in figure.layout.annotations]


def test_a_rate_that_never_changes_has_no_marks():
    assert rate_steps(RunSettings().changed(gamma=1.0).training, 500) == []
    assert not history_figure(RunView(), RunSettings().changed(gamma=1.0)).layout.shapes


def test_too_many_steps_to_mark_are_said_in_words():
    settings = RunSettings().changed(epochs=500, step_size=2, gamma=0.99)
    figure = history_figure(RunView(), settings)
    assert "learning rate × 0.99 every 2 epochs" in [note.text.strip() for note in figure.layout.annotations]
    assert {shape.x0 for shape in figure.layout.shapes} == {2.5}


def test_the_published_run_is_drawn_faintly_behind():
    figure = history_figure(RUN, RunSettings(), published_run())
    behind = figure.data[0]
    assert "Published" in behind.name
    assert behind.line.color == theme.PUBLISHED
    assert (behind.y[0], behind.y[-1], len(behind.y)) == (0.7974, 0.9477, 30)
    assert not any("Published" in curve.name for curve in history_figure(RUN, RunSettings()).data)


def test_a_replay_shows_each_epoch_and_the_best_one_so_far():
    figure = replay_figure(RUN, THREE, published_run(), pace=4.0)
    assert [frame.name for frame in figure.frames] == ["1", "2", "3"]
    assert [figure.data[index].name for index in figure.frames[0].traces][:3] == [
        "Training",
        "Validation",
        "Best epoch",
    ]
    assert list(figure.frames[0].data[1].y) == pytest.approx([0.5])
    assert [list(frame.data[2].x) for frame in figure.frames] == [[1], [2], [2]]
    play = figure.layout.updatemenus[0].buttons[0]
    assert play.args[1]["frame"]["duration"] == 250
    assert [step.label for step in figure.layout.sliders[0].steps] == ["1", "2", "3"]


@pytest.mark.parametrize("epochs", [1, 30, 61, 500])
def test_a_replay_ends_with_the_last_epoch_and_is_never_too_heavy(epochs):
    frames = frame_epochs(epochs)
    assert frames[-1] == epochs
    assert len(frames) <= 61
    assert frames == sorted(set(frames))


def test_a_queued_run_knows_its_place():
    assert "number 2 in line" in status_of(snapshot(RunView(), "queued", 2)).words


def test_preparation_says_what_is_done_and_how_far():
    status = status_of(snapshot(RunView(progress=Progress("Reading the pictures", 30, 120))))
    assert status.words == "Reading the pictures: 30 of 120."
    assert status.share == 0.25
    assert status_of(snapshot(RunView(progress=Progress("Reading", 5, 0)))).share == 0.0
    download = RunView(progress=Progress("Downloading the weights", 12_300_000, 45_000_000))
    assert "12.3 MB of 45.0 MB" in status_of(snapshot(download)).words


def test_training_says_epoch_share_and_time_left():
    settings = RunSettings().changed(epochs=4)
    view = made_run(Path("/nowhere"), settings=settings, ended=False).apply(BatchDone(4, 1, 2, 0.5))
    status = status_of(snapshot(view))
    assert status.share == pytest.approx(3.5 / 4)
    assert seconds_left(view) == pytest.approx(0.025)
    assert "epoch 4 of 4" in status.words
    assert "left" in status.words


def test_the_end_is_said_in_pictures():
    status = status_of(snapshot(RUN, "done"))
    assert status.words.startswith("Finished after 3 epochs")
    assert "epoch 2: 5 of 6" in status.result
    assert status_of(snapshot(RunView(failed=Failed("The disk is full.")), "failed")).share is None


def test_a_run_that_may_end_early_takes_so_long_at_most_and_says_why_it_ended():
    patient = RunSettings().changed(patience=5)
    view = made_run(Path("/nowhere"), settings=patient, ended=False)
    assert "30, at most about" in status_of(snapshot(view)).words or "at most under" in status_of(snapshot(view)).words
    assert status_of(snapshot(replace(RUN, prepared=view.prepared), "done")).words.endswith(
        ", early: the last 5 were no better than those before."
    )
    found = Forecast(Seconds(), Seconds(2.0, 3.0), 0)
    assert in_words(found, patient).startswith("training at most ")
    assert "most" not in in_words(found, RunSettings().changed(patience=30)) + status_of(snapshot(RUN, "done")).words


def test_numbers_are_said_as_people_say_them():
    assert [duration(seconds) for seconds in (0.42, 12.4, 200, 3900)] == ["0.4 s", "12 s", "3 min 20 s", "1 h 5 min"]
    assert [plain(number) for number in (0.0004, 1e-6, 1.0, np.float64(0.07))] == ["0.0004", "0.000001", "1", "0.07"]


@pytest.mark.parametrize(
    "changes", [{"schedule": "cosine"}, {"schedule": "constant"}, {"warm_up": 3}, {"schedule": "one_cycle"}]
)
def test_a_rate_that_takes_no_steps_is_a_line_over_all_epochs(changes):
    settings = RunSettings().changed(**changes)
    figure = history_figure(made_run(Path("/nowhere"), ended=False), settings)
    curve = trace(figure, "Learning rate", 2)
    wanted = [learning_rate(settings.training, epoch, 2) for epoch in range(1, 31)]  # 6 pictures in batches of 4
    assert list(curve.x) == list(range(1, 31))
    assert curve.customdata == pytest.approx(wanted, rel=1e-6)
    assert curve.y == pytest.approx(np.array(wanted) * (curve.y[9] / wanted[9]), rel=1e-5, abs=1e-9), "one scale"
    assert 0 <= min(curve.y) <= max(curve.y) < figure.layout.yaxis2.range[1]
    assert [each.name for each in figure.data[-6:]] == [
        "Training",
        "Validation",
        "Best epoch",
    ] * 2  # what a replay moves


def test_the_recipe_s_steps_are_marks_and_no_line():
    assert "Learning rate" not in [curve.name for curve in history_figure(RUN, THREE).data]


def test_an_early_end_is_marked_and_one_at_the_last_epoch_or_by_a_person_is_not():
    patient = RunSettings().changed(patience=1)

    def marks(view, settings):
        return [note.text for note in history_figure(view, settings).layout.annotations if "ended early" in note.text]

    assert marks(RUN, patient) == ["ended early: 1 without a better one "]
    assert marks(RUN, THREE.changed(patience=1)) == []
    assert marks(replace(RUN, ended=replace(RUN.ended, how="stopped")), patient) == []
    assert marks(replace(RUN, ended=None), patient) == []


def test_the_chart_says_of_what_a_share_is_right():
    for source, noun in (("photos", "pictures"), ("points", "points"), ("table", "rows")):
        assert titles(RunSettings().changed(source=source))[0] == f"Accuracy: share of the {noun} that are right"
