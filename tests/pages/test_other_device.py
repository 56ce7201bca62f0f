"""The panel "On another device": cost before, a run stopped and gone on with, what changed, and no key on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.readout.devices.device_readout import accuracy_band, device_readout, device_request
from qtl_core.readout.devices.kept import KeptResults
from qtl_core.readout.devices.measuring import gathered, measure
from qtl_core.readout.devices.request import DeviceChoice
from qtl_core.readout.inputs import validation_inputs
from qtl_core.runs.view import TrainedRun
from tests.helpers.odd_devices import batches_run, install
from tests.helpers.page_words import until, words
from tests.pages.test_readout import spirals
from ui.session import keys
from ui.widgets.device_run import early_words

__all__ = ["spirals"]  # a fixture

pytestmark = pytest.mark.usefixtures("own_managers")


def opened(view: TrainedRun) -> AppTest:
    def page(view):
        from ui.results.panel import show_results

        show_results(view)

    app = AppTest.from_function(page, args=(view,), default_timeout=60)
    app.session_state[keys.RESULT_TABS] = "On another device"
    app.run()
    until(app, "What it takes")
    return app


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.button]


def test_the_cost_comes_before_and_the_answers_are_those_of_the_device(spirals):
    app = opened(spirals)
    inputs = validation_inputs(spirals, lambda: False)
    assert f"{inputs.size} circuits × 1,024 shots = {inputs.size * 1024:,} shots" in words(app)
    app.button(key="other_device_start").click().run()
    until(app, "nothing is run again")
    choice = DeviceChoice("default.mixed", (), 1_024, 0)
    request = device_request(inputs, choice)
    with KeptResults() as kept:
        assert len(kept.read(request.keys)) == request.size
    result = device_readout(inputs, choice, gathered(request, tuple(measure(request, lambda: False))))
    low, high = accuracy_band(inputs, result)
    assert low <= high
    said = until(app, "further draws")
    assert result.evaluation.count_in_words("points") in said
    assert f"±{result.reading.errors.mean():.3f}" in said
    assert "other_device_start" not in [each.key for each in app.button]


def test_a_run_is_stopped_and_gone_on_with(spirals, tmp_path: Path, monkeypatch):
    install(tmp_path / "plugin", monkeypatch)
    app = opened(spirals)
    app.selectbox(key="other_device_name").set_value("tests.odd").run()
    app.text_input(key="other_device_options").set_value(f"folder={tmp_path} how=steps").run()
    (tmp_path / "go_0").touch()
    app.button(key="other_device_start").click().run()
    until(app, "have a result so far")
    app.button(key="other_device_stop").click().run()
    said = until(app, "have a result so far")
    came = sum(batches_run(tmp_path))
    size = validation_inputs(spirals, lambda: False).size
    assert f"{came} have a result so far; {size - came} are missing" in said
    assert f"Go on with the other {size - came}" in labels(app)
    assert f"It was stopped with {came} of {size} measured, which are kept: by its Stop, or" in said
    for number in range(1, 20):
        (tmp_path / f"go_{number}").touch()
    app.button(key="other_device_start").click().run()
    until(app, "nothing is run again")
    assert sum(batches_run(tmp_path)) == size


def test_results_of_a_run_that_this_server_does_not_know_say_where_they_come_from():
    assert "4 of 9 were measured by another run of these circuits" in early_words(None, 4, 9)
    assert early_words(None, 0, 9) == early_words(None, 9, 9) == ""


def test_a_key_is_taken_off_the_page_at_once(spirals):
    app = opened(spirals)
    app.text_input(key="other_device_options").set_value("api_token=hunter2").run()
    assert app.text_input(key="other_device_options").value == ""
    assert "looks like a key" in words(app) and "hunter2" not in words(app)
    assert "hunter2" not in repr(app.session_state)
    app.text_input(key="other_device_options").set_value("readout_prob=0.1").run()
    assert "looks like a key" not in words(app)


def test_what_is_not_installed_says_what_to_install(spirals):
    assert "pip install amazon-braket-pennylane-plugin" in words(opened(spirals))
