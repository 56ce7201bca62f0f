"""The dial on a run's results: real readings of a real little run, and sentences that follow from them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.evaluation.metrics import percent
from qtl_core.readout.dial import DialRequest, dial_reading
from qtl_core.readout.inputs import validation_inputs
from qtl_core.readout.run_readout import readout_of_run
from qtl_core.readout.sweeps import SweepRequest
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import ReadoutSettings, RunSettings
from qtl_core.training.run import train
from tests.helpers.page_words import LIMIT_SECONDS, until, words
from tests.readout.conftest import made_inputs
from ui.base import job_managers
from ui.results.readout_words import NOT_COUNTED, _moves, beside_words, verdict_words
from ui.session import keys
from ui.session.readout import Beside, Readout
from ui.widgets.readout_dial import STEPS, step_of

pytestmark = pytest.mark.usefixtures("own_managers")


@pytest.fixture(scope="module")
def spirals(tmp_path_factory) -> TrainedRun:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(tmp_path_factory.mktemp("home")))
        return TrainedRun.of(train(RunSettings().changed(source="points", shape="spirals", epochs=4)))


def opened(view) -> AppTest:
    def page(view):
        from ui.results.panel import show_results

        show_results(view)

    app = AppTest.from_function(page, args=(view,), default_timeout=60)
    app.session_state[keys.RESULT_TABS] = "On a real machine"
    return app.run()


def test_the_dial_shows_what_each_step_does(spirals):
    app = opened(spirals)
    assert "No machine reads like this" in until(app, "as if every circuit were measured without end")
    assert not [each for each in app.button if each.label == "Draw again"]
    app.segmented_control(key="dial_results_step").set_value("Heavy noise").run()
    heavy = readout_of_run(spirals, STEPS["Heavy noise"])
    said = until(app, f"{heavy.evaluation.correct} of {heavy.size} points right")
    assert "One draw (1,000 shots, depolarising 0.01 after" in said and "further draws scatter" in said
    app.button(key="readout_again").click().run()
    again = readout_of_run(spirals, STEPS["Heavy noise"], seed=1)
    until(app, f"{again.evaluation.correct} of {again.size} points right")
    assert "keep their answer" in until(app, "keep their answer")


def test_steps_are_known_by_their_settings():
    assert [step_of(step) for step in STEPS.values()] == list(STEPS)


def test_what_training_with_it_brings_is_said_once_such_a_run_is_kept(spirals, own_home):
    app = opened(spirals)
    until(app, "No machine reads like this")
    app.segmented_control(key="dial_results_step").set_value("Machine").run()
    assert "is not known of this run" in until(app, "What training with this readout brings")


def test_words_say_whether_few_shots_look_surer_and_noise_less_sure(spirals):
    inputs = validation_inputs(spirals, lambda: False)
    few = dial_reading(DialRequest(inputs, ReadoutSettings(shots=1)))
    noisy = dial_reading(DialRequest(inputs, ReadoutSettings(depolarizing_one=0.05, depolarizing_two=0.05)))
    assert few.spread is not None
    low, high = percent(few.run.exact_mean_confidence), percent(few.spread.band("confidence")[1])
    assert f"mean confidence rises from {low} to {high}: with 1 shot a picture" in verdict_words(few, "points")
    assert "Accuracy " in verdict_words(noisy, "points") and "apart" not in verdict_words(noisy, "points")
    fallen = percent(noisy.run.mean_confidence)
    assert f"mean confidence falls from {low} to {fallen}: answers come nearer" in verdict_words(noisy, "points")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (0, "does not move: as many are right as exactly"),
        (1, "hardly moves (one point more right than exactly)"),
        (-2, "hardly moves (two points fewer right than exactly)"),
    ],
)
def test_a_small_difference_is_said_with_its_direction(more, said):
    assert _moves(more, "points") == said


def test_what_is_trained_from_the_dial_is_read_beside_the_run_it_came_from(spirals):
    app = opened(spirals)
    until(app, "No machine reads like this")
    app.segmented_control(key="dial_results_step").set_value("Heavy noise").run()
    until(app, "further draws scatter")
    started = [each.label for each in app.button if (each.key or "").startswith("readout_next")]
    assert started == ["Train with this on"], "spirals are not offered beside spirals"
    app.session_state[Readout.KEY].beside = Beside(
        validation_inputs(spirals, lambda: False), "points", ("other",), "the run before (points)"
    )
    app.run()
    found = dial_reading(DialRequest(validation_inputs(spirals, lambda: False), STEPS["Heavy noise"]))
    assert beside_words(found, "points", found, "points", "the run before (points)") in until(app, "on both")


def test_a_long_reading_says_so_and_is_stopped_by_turning_back(spirals):
    def page(inputs, prepared):
        from ui.results.readout_panel import _show_dial

        _show_dial(inputs, prepared, ("wide",), "points")

    inputs = replace(made_inputs(200, qubits=9, depth=6), classes=spirals.prepared.classes)
    app = AppTest.from_function(page, args=(inputs, spirals.prepared), default_timeout=60)
    until(app.run(), "No machine reads like this")
    app.session_state[Readout.KEY].settings = ReadoutSettings(shots=100_000, depolarizing_two=0.02)
    app.run()
    assert "drawn at random, 100,200 times for each picture, which takes long" in words(app)
    job = app.session_state[Readout.KEY].jobs["dial"]
    app.button(key="stop_readout_dial").click().run()
    until(app, "No machine reads like this")
    assert app.session_state[Readout.KEY].settings == ReadoutSettings()
    job_managers.express_jobs().wait(job, LIMIT_SECONDS)
    assert job_managers.express_jobs().snapshot(job).state == "stopped"


def test_noise_on_many_qubits_has_bands_and_says_what_is_not_counted():
    def page(request):
        from ui.results.readout_panel import _show_sweeps

        _show_sweeps(request, ("wide",), "points")

    request = SweepRequest(made_inputs(2, qubits=9, depth=1), ReadoutSettings(depolarizing_two=0.02), "shots")
    app = AppTest.from_function(page, args=(request,), default_timeout=60).run()
    said = until(app, "estimated from 100 random courses of the noise")
    assert "where 90% of them lie" in said and NOT_COUNTED in said
    assert "keep their answer" not in said


def test_training_with_the_noise_on_is_set_up_and_begins_with_start_alone(spirals):
    """It may take hours: how long stands beside Start before it begins."""

    def page(inputs, prepared):
        from ui.results.readout_next import show_next
        from ui.session import session

        session.readout.change("shots", 10)
        show_next(inputs, prepared, ("run",), "points")

    inputs = replace(made_inputs(20), classes=spirals.prepared.classes)
    app = AppTest.from_function(page, args=(inputs, spirals.prepared), default_timeout=60).run()
    with pytest.MonkeyPatch.context() as patched:
        begun: list[int] = []
        patched.setattr("ui.results.readout_next.start", lambda: begun.append(1))
        patched.setattr("streamlit.switch_page", lambda page: None)
        next(each for each in app.button if each.label == "Train with this on").click().run()
    assert not app.exception and begun == []
    assert any("press Start" in each.value for each in app.toast)
