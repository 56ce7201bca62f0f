"""Stepping through the circuit on the Circuit page: what the figures hold, and what follows the slider."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.drawing.angles import untrained_angles
from qtl_core.drawing.bloch_view import projected
from qtl_core.drawing.gate_readings import read_gates
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.entanglement import bloch_vectors
from qtl_core.network.simulators.trace import state_after, steps_of
from qtl_core.settings import CircuitSettings, RunSettings
from tests.pages.test_circuit import opened, words
from ui.circuit.state_charts import MOST_STRINGS, shown_strings, spheres_figure, strings_figure
from ui.circuit.state_panel import step_words
from ui.session import keys
from ui.widgets.materials import run_inputs_of

BELL = np.array([1, 0, 0, 1]) / math.sqrt(2)


def walked(app: AppTest, steps: int) -> str:
    app.slider(keys.CIRCUIT_STEP).set_value(steps).run()
    assert not app.exception
    assert not app.error
    return words(app)


def test_the_slider_walks_from_nothing_to_the_measurement():
    app = opened()
    gates = len(steps_of(build_circuit(CircuitSettings())))
    last = gates + 1  # nothing has trained a layer after this circuit: the walk ends with the measurement
    assert app.slider(keys.CIRCUIT_STEP).max == last
    assert f"Start, before step 1 of {last}" in words(app)
    assert "(superposition): Hadamard gate, qubit 0; " in walked(app, 1)
    assert "No qubit is entangled here" in words(app)
    said = walked(app, gates)
    assert f"Step {gates} of {last}" in said
    assert "layer 6" in said
    assert "drawn at random, not trained yet" in said
    assert f"Step {last} of {last}** (measurement)" in walked(app, last)


def test_the_numbers_are_those_of_the_circuit_and_angles_on_screen():
    app = opened()
    app.number_input(keys.picture_angle_key(1)).set_value(1.2).run()
    settings = RunSettings()
    walked(app, 9)
    weights = untrained_angles(replace(settings, data=run_inputs_of(settings.data).data))
    amplitudes = state_after(build_circuit(settings.circuit), [0, 1.2, 0, 0], weights, 9)
    each, _, strings = (frame.value for frame in app.dataframe[:3])  # those of the walk come first
    np.testing.assert_allclose(each["⟨Z⟩"], bloch_vectors(amplitudes)[:, 2], atol=1e-6)
    np.testing.assert_allclose(strings["Probability"], np.abs(amplitudes) ** 2, atol=1e-6)
    assert strings["String"][1] == "0001"


def test_play_walks_by_itself_pauses_and_ends(monkeypatch):
    app = opened()
    now = 100.0
    monkeypatch.setattr("ui.circuit.state_panel.clock", lambda: now)
    play = next(button for button in app.button if button.label == "Play")
    play.click().run()
    assert app.slider(keys.CIRCUIT_STEP).value == 0
    now += 1
    app.run()
    assert app.slider(keys.CIRCUIT_STEP).value == 1
    app.run()  # a refresh before its time, such as a click elsewhere makes, does not hurry the walk
    assert app.slider(keys.CIRCUIT_STEP).value == 1
    next(button for button in app.button if button.label == "Pause").click().run()
    now += 5
    app.run()
    assert app.slider(keys.CIRCUIT_STEP).value == 1
    last = int(app.slider(keys.CIRCUIT_STEP).max)
    walked(app, last)
    next(button for button in app.button if button.label == "Play").click().run()  # from the end: from the start again
    for _ in range(last):
        now += 1
        app.run()
    assert app.slider(keys.CIRCUIT_STEP).value == last
    assert any(button.label == "Play" for button in app.button)


def test_fewer_layers_take_the_walk_back_into_the_circuit():
    app = opened()
    walked(app, app.slider(keys.CIRCUIT_STEP).max)
    app.slider("field_depth").set_value(1).run()
    assert not app.exception
    assert app.slider(keys.CIRCUIT_STEP).value == app.slider(keys.CIRCUIT_STEP).max == 6


def test_a_sphere_is_drawn_with_its_arrow_where_the_vector_points():
    vectors = np.array([[1.0, 0, 0], [0, 0, -1.0]])
    figure = spheres_figure(vectors)
    tips = figure.data[2]
    first, second = projected(vectors)
    assert (tips.x[0], tips.y[0]) == pytest.approx(tuple(first))
    assert tips.y[1] == pytest.approx(second[1])
    assert "entropy 0.0000 bit" in tips.hovertext[0]


def test_an_entangled_qubit_has_no_arrow_and_a_word():
    tips = spheres_figure(bloch_vectors(BELL)).data[2]
    assert tips.y[0] == pytest.approx(0)
    assert "purity 0.5000, entropy 1.0000 bit" in tips.hovertext[0]


def test_bit_strings_have_probability_and_phase():
    bars = strings_figure(np.array([0.6, -0.8])).data[0]
    assert list(bars.y) == ["|0⟩", "|1⟩"]
    assert list(bars.x) == pytest.approx([0.36, 0.64])
    assert list(bars.text) == ["0°", "180°"]


def test_of_many_strings_the_most_probable_are_drawn():
    amplitudes = np.linspace(0, 1, 64)
    assert shown_strings(amplitudes).tolist() == list(range(64 - MOST_STRINGS, 64))


def test_a_wide_step_names_some_gates_and_counts_the_others():
    circuit = build_circuit(CircuitSettings(qubits=12, depth=1))
    readings = read_gates(circuit, np.zeros(12), np.zeros(12), np.zeros(12))
    still, halfway = (np.tile(vector, (12, 1)) for vector in ([0.0, 0, 1], [1.0, 0, 0]))
    said = step_words(steps_of(circuit), 1, readings, 9, still, halfway)
    assert "Hadamard gate, qubit 3; 8 more. Every qubit is put halfway between 0 and 1." in said
