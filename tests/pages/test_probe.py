"""The Circuit page with a run on the table: what goes in, angles turned by hand, what each gate contributes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.explain.gate_importance import class_probabilities, score_circuit
from qtl_core.explain.validation_angles import run_inputs_job
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.runs.store import load_run
from qtl_core.runs.view import RunView
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_networks import quick_settings
from tests.helpers.page_words import wait_for_news
from tests.pages.test_circuit import keyed, opened, words
from ui.circuit.colours import IMPORTANCE, TRAINING
from ui.circuit.input import BY_HAND, OWN, VALIDATION
from ui.session import keys

LIMIT_SECONDS = 300  # a worker imports torch first, on a machine that may be busy
TRAINED_GATE = 6  # of 2 qubits: two H, two embeddings, a CNOT, and RY of qubit 0 and 1


pytestmark = pytest.mark.usefixtures("own_managers")


@pytest.fixture
def view(tmp_path) -> RunView:
    """A run of two qubits that is kept in this test's home, as it is read from there."""
    settings = quick_settings(tmp_path, epochs=3, learning_rate=0.05, qubits=2, depth=1, q_delta=1.0)
    *_, ended = run(RunRequest(settings), lambda _: None, lambda: False)
    return load_run(ended.run)


def until(app: AppTest, found: Callable[[], bool]) -> None:
    """Refreshes the page, as it does by itself, until it shows what a worker was asked for."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not found():
        assert time.monotonic() < deadline, words(app)
        wait_for_news()
        app.run()
        assert not app.exception
        assert not app.error


def shown_circuit(view: RunView) -> AppTest:
    app = opened()
    keyed(app, "button_group", "circuit_source").set_value("A kept run").run()
    until(app, lambda: any(box.key == keys.CIRCUIT_PICTURE for box in app.selectbox))
    return app


def figures(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


def test_a_validation_picture_goes_in_and_is_judged_as_the_run_judged_it(view):
    app = shown_circuit(view)
    assert keyed(app, "button_group", keys.CIRCUIT_INPUT).value == VALIDATION
    for index in (0, 4):
        keyed(app, "selectbox", keys.CIRCUIT_PICTURE).set_value(index).run()
        chances = view.best.val_probabilities[index]
        said = int(chances.argmax())
        right = "right" if said == view.prepared.val_labels[index] else "wrong"
        name = view.prepared.classes[said]
        assert f"the network says **{name}**, {100 * chances[said]:.0f}%, which is {right}." in words(app)


def test_a_knob_changes_every_figure_and_undo_brings_them_back(view):
    app, weights = shown_circuit(view), view.checkpoint.best_weights["q_params"].astype(float)
    inputs = inputs_of(view)
    until(app, lambda: "back to where they started changes" in words(app))  # asked of a worker beside
    keyed(app, "selectbox", "circuit_gate").set_value(TRAINED_GATE).run()
    before = words(app), figures(app)
    knob = next(slider for slider in app.slider if slider.key.startswith("circuit_knob_"))
    assert knob.value == pytest.approx(math.degrees(weights[1]))
    knob.set_value(knob.value + 100).run()
    assert not app.exception
    assert "One angle is turned by hand" in app.warning[0].value
    turned = weights + np.array([0, math.radians(100)])
    circuit = build_circuit(view.prepared.settings.circuit)
    values = expectations(final_states(circuit, inputs.angles, turned))
    expected = class_probabilities(inputs, values)[0]
    assert figures(app) == [f"{100 * value:.1f}%" for value in expected]
    verdict = score_circuit(inputs, values)
    assert f"{verdict.correct} of {verdict.total} right (with the trained angle" in words(app)
    assert f"loss {verdict.loss:.3f}" in words(app)
    assert f"{turned[1]:.3f}" in app.code[0].value  # the files are of the turned circuit
    next(button for button in app.button if button.label == "Undo").click().run()
    assert (words(app), figures(app)) == before
    assert not app.warning


def test_all_turned_angles_are_undone_at_once(view):
    app = shown_circuit(view)
    for gate in (TRAINED_GATE - 1, TRAINED_GATE):
        keyed(app, "selectbox", "circuit_gate").set_value(gate).run()
        knob = next(slider for slider in app.slider if slider.key.startswith("circuit_knob_"))
        knob.set_value(knob.value - 30).run()
    assert "2 angles are turned by hand" in app.warning[0].value
    next(button for button in app.button if button.label == "Undo all").click().run()
    assert not app.exception
    assert not app.warning


def test_what_each_gate_contributes_is_worked_out_and_shown(view):
    app = shown_circuit(view)
    keyed(app, "button_group", keys.CIRCUIT_COLOURS).set_value(IMPORTANCE).run()
    until(app, lambda: "The number on a gate is" in words(app))
    right = round(view.best.val_accuracy * 6)
    assert f"with {right} of 6 right" in words(app)
    keyed(app, "selectbox", "circuit_gate").set_value(TRAINED_GATE).run()
    without = view.checkpoint.best_weights["q_params"].astype(float)
    without[1] = 0  # a rotation by nothing is as good as none
    inputs = inputs_of(view)
    circuit = build_circuit(view.prepared.settings.circuit)
    verdict = score_circuit(inputs, expectations(final_states(circuit, inputs.angles, without)))
    assert f"({verdict.correct} of 6), loss" in words(app)
    assert "Without all of layer 1:" in words(app)
    keyed(app, "button_group", keys.CIRCUIT_COLOURS).set_value(TRAINING).run()
    assert "Without this gate" not in words(app)


def test_pictures_that_are_gone_leave_angles_by_hand_and_a_word(view, tmp_path):
    (tmp_path / "pictures").rename(tmp_path / "elsewhere")
    app = opened()
    keyed(app, "button_group", "circuit_source").set_value("A kept run").run()
    until(app, lambda: "No validation picture can go in." in words(app))
    choice = keyed(app, "button_group", keys.CIRCUIT_INPUT)
    assert choice.value == BY_HAND
    assert choice.options == [OWN, BY_HAND]
    assert not any(group.key == keys.CIRCUIT_COLOURS for group in app.button_group)


def inputs_of(view: RunView):
    found = []
    run_inputs_job((view.prepared, view.checkpoint.best_weights), found.append, lambda: False)
    return replace(found[0], angles=np.asarray(found[0].angles))
