"""The dial on a run's results: real readings of a real little run, and sentences that follow from them."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.readout.run_readout import readout_of_run
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.training.run import train
from ui.session import keys
from ui.widgets.readout_dial import STEPS, readout_in_words, step_of

LIMIT_SECONDS = 300  # a worker imports torch first, on a machine that may be busy

pytestmark = pytest.mark.usefixtures("own_managers")


@pytest.fixture(scope="module")
def spirals(tmp_path_factory) -> TrainedRun:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(tmp_path_factory.mktemp("home")))
        return TrainedRun.of(train(RunSettings().changed(source="points", shape="spirals", epochs=4)))


def words(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.value for element in (*app.subheader, *app.markdown, *app.caption, *app.error))


def until(app: AppTest, said: str) -> str:
    deadline = time.monotonic() + LIMIT_SECONDS
    while said not in words(app):
        assert time.monotonic() < deadline, words(app)
        app.run()
    return words(app)


def opened(view) -> AppTest:
    def page(view):
        from ui.results.panel import show_results

        show_results(view)

    app = AppTest.from_function(page, args=(view,), default_timeout=60)
    app.session_state[keys.RESULT_TABS] = "On a real machine"
    return app.run()


def test_the_dial_shows_what_each_step_does(spirals):
    app = opened(spirals)
    assert "No machine reads like this" in until(app, "as if each picture were measured without end")
    assert not [each for each in app.button if each.label == "Draw again"]
    app.segmented_control(key="dial_results_step").set_value("Heavy noise").run()
    heavy = readout_of_run(spirals, STEPS["Heavy noise"])
    said = until(app, f"{heavy.evaluation.correct} of {heavy.size} points right")
    assert "One draw (1,000 shots; " in said and "further draws scatter" in said
    app.button(key="readout_again").click().run()
    again = readout_of_run(spirals, STEPS["Heavy noise"], seed=1)
    until(app, f"{again.evaluation.correct} of {again.size} points right")
    assert "keep their answer" in until(app, "keep their answer")


def test_steps_are_known_by_their_settings():
    assert [step_of(step) for step in STEPS.values()] == list(STEPS)
    assert readout_in_words(STEPS["Exact"]) == "no shots and no noise"
    assert readout_in_words(STEPS["Light noise"]).startswith("1,000 shots; depolarising, one qubit 0.001")


def test_what_training_with_it_brings_is_said_once_such_a_run_is_kept(spirals, own_home):
    app = opened(spirals)
    app.segmented_control(key="dial_results_step").set_value("Machine").run()
    assert "is not known of this run" in until(app, "What training with this readout brings")
