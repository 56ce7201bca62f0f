"""The circuit shown: what goes in, its diagram, one gate at length, a walk through it, files to take along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.drawing.gate_readings import GateReading, read_gates
from qtl_core.drawing.scene import measure
from qtl_core.explain.gate_effects import effect_words
from qtl_core.explain.noisy_walk_words import costliest_words
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.diagram_layout import lay_out
from qtl_core.network.entanglement import bloch_vectors
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from ui.base.reader import ink, paper
from ui.circuit.angle_panel import prediction_words, show_knobs, show_turned, turned_weights
from ui.circuit.ansatz_panel import show_ansatz
from ui.circuit.answer_steps import layer_after
from ui.circuit.colours import show_colours
from ui.circuit.export_panel import show_exports
from ui.circuit.figure import circuit_figure
from ui.circuit.gate_importance import show_gate_importance
from ui.circuit.gate_panel import show_gate
from ui.circuit.gate_text import angle
from ui.circuit.input import Input, choose_input
from ui.circuit.no_circuit import show_without_circuit
from ui.circuit.noise import show_noise
from ui.circuit.source import ChosenCircuit, NoCircuit
from ui.circuit.state_panel import show_inside
from ui.results.training_changes import show_training_changes
from ui.session import keys, session
from ui.session.refresh import refreshing

REFRESH_SECONDS = 0.8
WIDE = 60  # columns; from here on only the first and the last layer are drawn in full, until more are asked for


def show_circuit(
    read: Callable[[], ChosenCircuit | NoCircuit | None], live: bool, is_running: Callable[[], bool]
) -> None:
    """Shows the circuit, again and again while it is being trained; of a head without one, what there is instead.

    Args:
        read: Gives the circuit as it stands, or None where it is not known yet.
        live: Whether its angles are moving.
        is_running: Asked at every refresh; when it says no, the page is run again.
    """

    def panel() -> None:
        if live and not is_running():
            st.rerun()
        shown_circuit = read()
        if shown_circuit is None:
            st.info("The run is still getting ready; its circuit appears when training begins.")
        elif isinstance(shown_circuit, NoCircuit):
            show_without_circuit(shown_circuit)
        else:
            _panel(shown_circuit, live)

    refreshing(panel, REFRESH_SECONDS if live else None)()


def _panel(shown_circuit: ChosenCircuit, live: bool) -> None:
    circuit = build_circuit(shown_circuit.settings)
    st.markdown(shown_circuit.words)
    entered, status = choose_input(shown_circuit, circuit.wires)
    weights = turned_weights(shown_circuit)
    by_hand = session.circuit.turned(shown_circuit.key)
    show_turned(shown_circuit)
    readings = read_gates(circuit, entered.angles, weights, shown_circuit.before, by_hand)
    chosen = _chosen(len(circuit.gates))
    walk = show_noise(shown_circuit.settings, entered.angles, weights, live=live)
    stage = st.container(key="circuit_stage")  # the diagram stays at its top while one steps
    colours = show_colours(shown_circuit, weights, status.inputs, walk, by_hand=bool(by_hand))
    folded = _folded_layers(shown_circuit.settings.depth, lay_out(circuit).columns > WIDE)
    layout = lay_out(circuit, folded)
    with stage:
        st.html(_stage_style())
        with st.container(key="circuit_scroll"):
            _show_diagram(circuit_figure(layout, readings, chosen, ink(), colours.overlay), chosen)
        layer = layer_after(shown_circuit.run)
        show_inside(circuit, entered, weights, readings, measure(layout, readings), layer, walk, ink())
    st.caption(colours.legend or _legend(readings))
    if walk:
        st.markdown(costliest_words(walk, readings))
    if status.inputs:
        values = expectations(final_states(circuit, entered.angles, weights))[0]
        st.markdown(prediction_words(status.inputs, entered, values))
        if walk:
            st.markdown(f"Under the noise, on average: {prediction_words(status.inputs, entered, walk.read)}")

    def more(gate: int) -> None:
        if colours.importances:
            show_gate_importance(colours.importances, circuit, gate)
        if readings[gate].is_trained and not live:
            show_knobs(shown_circuit, circuit, readings[gate], entered, status.inputs)

    show_gate(readings, chosen, more, lambda gate: _gate_effect(circuit, entered, weights, readings, gate))
    if shown_circuit.run:
        show_training_changes(shown_circuit.run, is_open=True)
    show_ansatz(shown_circuit.settings)
    show_exports(circuit, entered.angles, weights)


def _gate_effect(
    circuit: Circuit, entered: Input, weights: np.ndarray, readings: Sequence[GateReading], gate: int
) -> str:
    """Says what this gate does to the state that goes into it here."""
    before, after = (
        bloch_vectors(final_states(replace(circuit, gates=circuit.gates[:end]), entered.angles, weights)[0])
        for end in (gate, gate + 1)
    )
    return f"With {entered.words}: {effect_words([readings[gate]], before, after)}"


def _stage_style() -> str:
    """The reader's paper behind the diagram, which what lies below passes under."""
    return f"<style>.st-key-circuit_stage {{ --stage-paper: {paper() or 'Canvas'}; }}</style>"


def _show_diagram(figure: go.Figure, chosen: int | None) -> None:
    # A new key for every choice: the chart then forgets its own selection, which would fade all other gates.
    key = f"{keys.CIRCUIT_CHART}_{chosen}"
    st.plotly_chart(
        figure,
        width=int(figure.layout.width),
        key=key,
        selection_mode="points",
        config={"displayModeBar": False},
        on_select=partial(_take_click, key),
    )


def _folded_layers(depth: int, wide: bool) -> set[int]:
    """Asks which layers are drawn in full; returns the others, from 0."""
    if depth < 2:
        return set()
    usual = [1, depth] if wide else list(range(1, depth + 1))
    shown = st.pills(
        "Layers drawn in full",
        range(1, depth + 1),
        selection_mode="multi",
        default=usual,
        key=keys.open_layers_key(depth, wide),
        help="The others are folded into one column each.",
    )
    if wide:
        st.caption("This circuit is large: every layer that is drawn in full makes the page slower.")
    return set(range(depth)) - {layer - 1 for layer in shown}


def _legend(readings: Sequence[GateReading]) -> str:
    trained = [reading for reading in readings if reading.is_trained]
    most = max((reading.turned for reading in trained), default=0.0)
    if not trained:
        return "This circuit has no trained gates; rest the pointer on a gate, or choose it, to learn more."
    if not all(reading.is_before_known for reading in trained):
        return "How far training has turned each gate is not known; rest the pointer on a gate, or choose it."
    if not most:
        return "Training has turned no gate, so rotations that can learn are pale; rest on a gate, or choose it."
    if any(reading.is_by_hand for reading in trained):
        return (
            "The stronger a rotation's colour, the further it stands from where training began, by training or by "
            f"hand; the strongest by {angle(most)}."
        )
    return f"The stronger a rotation's colour, the further training has turned it; the strongest by {angle(most)}."


def _chosen(gates: int) -> int | None:
    chosen = st.session_state.get(keys.CIRCUIT_GATE)
    return chosen if chosen is not None and chosen < gates else None


def _take_click(key: str) -> None:
    points = st.session_state[key].selection.points
    gates = [point["customdata"][0] for point in points if point.get("customdata")]
    if gates and gates[0] is not None:
        st.session_state[keys.CIRCUIT_GATE] = gates[0]
