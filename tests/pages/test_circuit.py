"""The Circuit page and its figure, by what they hold."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
from streamlit.testing.v1 import AppTest

from qtl_core.drawing.angles import untrained_angles
from qtl_core.drawing.gate_readings import read_gates
from qtl_core.export.gate_steps import decimals
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.diagram_layout import lay_out
from qtl_core.runs.store import keep_run
from qtl_core.settings import CircuitSettings, RunSettings
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_run
from ui.circuit.figure import circuit_figure
from ui.circuit.gate_text import hover_text


def opened() -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    return app.switch_page("pages/circuit.py").run()


def keyed(app: AppTest, kind: str, key: str):
    return next(widget for widget in getattr(app, kind) if widget.key == key)


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.subheader, *app.info))


def gates_drawn(figure) -> list[int]:
    return [entry[0] for trace in figure.data if trace.customdata is not None for entry in trace.customdata]


def test_the_figure_has_every_gate_with_its_hover_text():
    circuit = build_circuit(CircuitSettings(qubits=3, depth=2))
    weights = np.arange(6) / 10
    readings = read_gates(circuit, np.zeros(3), weights, np.zeros(6))
    figure = circuit_figure(lay_out(circuit), readings, chosen=0)
    drawn = [gate for gate in gates_drawn(figure) if gate is not None]
    assert set(drawn) == set(range(len(circuit.gates)))
    said = [text for trace in figure.data for text in (trace.hovertext or ())]
    assert all(hover_text(reading) in said for reading in readings)
    strongest = [
        colour
        for trace in figure.data
        if trace.customdata is not None
        for colour in trace.marker.color
        if isinstance(colour, str) and colour.startswith("rgba(230, 159, 0, 1.000")
    ]
    assert len(strongest) == 1


def test_a_hover_text_says_all_of_a_trained_gate():
    circuit = build_circuit(CircuitSettings(qubits=1, depth=1))
    reading = read_gates(circuit, [0.0], [math.pi / 4], [0.1])[-1]
    text = hover_text(reading)
    for part in (
        "Rotation about Y, qubit 0",
        "now 0.785 rad (45.0°)",
        "before training 0.100 rad (5.7°)",
        "q_params[0]",
        "[+0.924  −0.383]",
        "Turns its qubit about the Y axis",
    ):
        assert part in text


def test_the_settings_circuit_is_shown_untrained_and_follows_them():
    app = opened()
    assert not app.exception
    assert re.search(r"the random angles that \[seed\]\(.*?\) 0 begins with", words(app))
    assert "turned no gate" in words(app)
    gate = keyed(app, "selectbox", "circuit_gate")
    assert len(gate.options) == 4 + 4 + 6 * (3 + 4)
    keyed(app, "slider", "field_qubits").set_value(2).run()
    assert len(keyed(app, "selectbox", "circuit_gate").options) == 2 + 2 + 6 * (1 + 2)


def test_a_chosen_gate_is_told_at_length_with_its_formula():
    app = opened()
    keyed(app, "selectbox", "circuit_gate").set_value(11).run()
    assert not app.exception
    assert "Rotation about Y, qubit 0" in words(app)
    assert "trained angle 0" in words(app)
    assert any("R_Y" in formula.value for formula in app.latex)
    keyed(app, "slider", "field_depth").set_value(0).run()  # the gate is gone
    assert not app.exception
    assert not app.latex


def test_a_kept_run_shows_its_best_angles(tmp_path):
    view = made_run(tmp_path)
    best = untrained_angles(RunSettings(), 512) + 0.5
    checkpoint = replace(view.checkpoint, best_weights={"q_params": best})
    keep_run(replace(view, epochs=(*view.epochs[:-1], replace(view.epochs[-1], checkpoint=checkpoint))))
    app = opened()
    keyed(app, "button_group", "circuit_source").set_value("A kept run").run()
    assert not app.exception
    assert ": these are the angles of the best one, number 2." in words(app)
    assert "0.500 rad (28.6°)" in words(app)
    assert f"weights = [{decimals(best)}]" in app.code[0].value


def test_deep_circuits_begin_folded():
    app = opened()
    keyed(app, "slider", "field_depth").set_value(20).run()
    assert keyed(app, "button_group", "circuit_layers_20_some").value == [1, 20]


def test_the_first_step_brings_drawing_slider_and_spheres_into_view():
    def scripts(app: AppTest) -> int:
        return sum("scrollIntoView" in element.proto.body for element in app.get("html"))

    app = opened()
    assert scripts(app) == 0, "whoever has just come reads from the top"
    assert scripts(keyed(app, "slider", "circuit_step").set_value(1).run()) == 1
