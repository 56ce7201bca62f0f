"""One answer under the dial on Predict: the same numbers as the core's, and words that follow from them."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.evaluation.metrics import percent
from qtl_core.inference.requests import TrainedModel
from qtl_core.network.head_scores import circuit_angles
from qtl_core.readout.devices.device_readout import device_readout, device_request
from qtl_core.readout.devices.kept import KeptResults
from qtl_core.readout.devices.request import DeviceChoice
from qtl_core.readout.flicker import flicker_of
from qtl_core.readout.inputs import head_inputs
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import ReadoutSettings, RunSettings
from qtl_core.training.run import train
from tests.helpers.page_words import until, words
from tests.readout.conftest import made_inputs
from ui.predict.flicker import DECEIVES, class_table, level_words, noise_words, settled_words, sureness_words
from ui.predict.on_device import answer_words
from ui.widgets.readout_dial import STEPS


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> TrainedModel:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(tmp_path_factory.mktemp("home")))
        run = TrainedRun.of(train(RunSettings().changed(source="points", shape="spirals", epochs=4)))
    return TrainedModel("spirals", run)


def page(model, angles, temperature):
    from ui.predict.flicker import show_flicker

    show_flicker(model, angles, temperature)


def test_an_answer_flickers_as_the_core_computes_it(model):
    head = model.run.checkpoint.best_weights
    angles = circuit_angles(head, np.array([[0.3, -0.2]]))
    inputs = head_inputs(model.run.prepared, head, angles, temperature=1.5)
    app = AppTest.from_function(page, args=(model, angles[0], 1.5), default_timeout=60).run()
    for step in ("Exact", "Heavy noise", "Machine"):
        app.segmented_control(key="dial_predict_step").set_value(step).run()
        assert not app.exception
        said = "\n".join(each.value for each in (*app.markdown, *app.caption))
        found = flicker_of(inputs, STEPS[step])
        assert noise_words(found, STEPS[step]) in said
        assert all(level_words(level, found) in said for level in found.levels)
        assert settled_words(found) in said
        assert sureness_words(found) in said
        assert (class_table(found) in said) == STEPS[step].is_noisy
    assert np.allclose(
        inputs.scores(np.ones((1, 4))) * 1.5, np.ones((1, 4)) @ head["post_net.weight"].T + head["post_net.bias"]
    )


@pytest.mark.usefixtures("own_managers")
def test_noise_on_many_qubits_is_followed_too_and_said_to_be_estimated():
    def page(inputs):
        from ui.predict.flicker import _show_dial

        _show_dial(inputs, ("#00937A", "#8C6BC8"))

    inputs, readout = made_inputs(1, qubits=9, depth=1), STEPS["Light noise"]
    app = AppTest.from_function(page, args=(inputs,), default_timeout=60).run()
    app.segmented_control(key="dial_predict_step").set_value("Light noise").run()
    said, found = until(app, "estimated from 100 random courses of the noise"), flicker_of(inputs, readout)
    assert noise_words(found, readout) in said and "in all draws (computed, not drawn)" not in said
    assert all(level_words(level, found) in said for level in found.levels)


def test_words_say_when_noise_turns_an_answer_over(model):
    head = model.run.checkpoint.best_weights
    rng = np.random.default_rng(0)
    inputs = head_inputs(model.run.prepared, head, rng.uniform(-1.5, 1.5, (40, 4)))
    readout = ReadoutSettings(amplitude_damping=0.5)
    turned = [flicker_of(inputs, readout, at, draws=10) for at in range(40)]
    over = [each for each in turned if each.average.argmax() != each.exact.argmax()]
    stays = [each for each in turned if each.average.argmax() == each.exact.argmax()]
    assert over and stays
    assert "becomes **" in noise_words(over[0], readout) and "amplitude damping 0.5" in noise_words(over[0], readout)
    left = percent(float(stays[0].average[stays[0].exact.argmax()]))
    assert f"{left} are left" in noise_words(stays[0], readout)


def test_words_say_where_one_shot_looks_surer_than_it_is(model):
    head = model.run.checkpoint.best_weights
    inputs = head_inputs(model.run.prepared, head, np.random.default_rng(0).uniform(-1.5, 1.5, (20, 4)))
    found = [flicker_of(inputs, ReadoutSettings(), at, draws=200) for at in range(20)]
    surer = [each.levels[0].confidence - each.average.max() >= DECEIVES for each in found]
    assert any(surer)
    assert surer == ["surer than it is" in sureness_words(each) for each in found]
    one, law = found[0].levels[0], found[0]
    assert f"{percent(one.confidence)} from 1 shot, " in sureness_words(law)


@pytest.mark.usefixtures("own_managers")
def test_an_answer_is_measured_on_another_device_after_its_cost_is_said(model):
    head = model.run.checkpoint.best_weights
    angles = circuit_angles(head, np.array([[0.3, -0.2]]))
    inputs = head_inputs(model.run.prepared, head, angles)
    app = AppTest.from_function(page, args=(model, angles[0], 1.0), default_timeout=60).run()
    app.segmented_control(key="flicker_by").set_value("Another device").run()
    assert "1 circuit × 1,024 shots = 1,024 shots" in words(app)
    app.button(key="predict_device_start").click().run()
    until(app, "nothing is run again")
    choice = DeviceChoice("default.mixed", (), 1_024, 0)
    request = device_request(inputs, choice)
    with KeptResults() as kept:
        found = np.array([kept.read(request.keys)[key] for key in request.keys])
    assert answer_words(inputs, device_readout(inputs, choice, found), "default.mixed") in words(app)
