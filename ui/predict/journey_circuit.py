"""A picture inside the circuit: its angles in the embedding gates, and a Bloch sphere a qubit after every layer."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.drawing.angles import untrained_angles
from qtl_core.drawing.gate_readings import read_gates
from qtl_core.explain.gate_effects import entanglement_words
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.diagram_layout import lay_out
from qtl_core.network.entanglement import bloch_vectors
from qtl_core.network.simulators.trace import Milestone, milestones, state_after
from ui.base.assets import stylesheet
from ui.base.errors import guarded
from ui.base.reader import ink
from ui.circuit.figure import circuit_figure
from ui.circuit.state_charts import spheres_figure
from ui.session import keys

_HIDDEN = {"displayModeBar": False}


def show_inside_circuit(model: TrainedModel, explanation: Explanation) -> None:
    """Shows the circuit that this picture ran through, and the state after the part that is chosen."""
    st.html(stylesheet(__file__))
    st.fragment(guarded()(_panel))(model, explanation)


def milestone_words(part: Milestone, is_last: bool) -> str:
    """Says what the spheres show."""
    where = "this is what is measured" if is_last else "nothing that was trained has acted yet"
    is_told = is_last or part.layer is None
    return f"The qubits after {_spoken(part)}{f': {where}' if is_told else ''}."


def sphere_words(vectors: np.ndarray) -> str:
    """Says in words where every arrow points, for whoever does not see it."""
    said = (f"qubit {wire}: x {x:.2f}, y {y:.2f}, z {z:.2f}" for wire, (x, y, z) in enumerate(vectors))
    return f"Bloch vectors: {'; '.join(said)}"


def _panel(model: TrainedModel, explanation: Explanation) -> None:
    prepared = model.run.prepared
    circuit, weights = build_circuit(prepared.settings.circuit), model.run.checkpoint.best_weights["q_params"]
    parts = milestones(circuit)
    diagram = st.container(key="journey_circuit")  # above what it is asked with
    part = _choose(parts)
    readings = read_gates(
        circuit, explanation.angles, weights, untrained_angles(prepared.settings, prepared.feature_size)
    )
    with diagram:
        layout = lay_out(circuit, _folded(parts, part))
        _show_diagram(circuit_figure(layout, readings, ink=ink(), of_picture=True), part)
    vectors = bloch_vectors(state_after(circuit, explanation.angles, weights, part.steps))
    st.markdown(milestone_words(part, part is parts[-1]))
    st.plotly_chart(spheres_figure(vectors, ink()), key="journey_spheres", config=_HIDDEN, alt=sphere_words(vectors))
    st.caption(entanglement_words(vectors))


def _choose(parts: tuple[Milestone, ...]) -> Milestone:
    if len(parts) == 1:
        return parts[0]
    titles = {part.title: part for part in parts}
    if st.session_state.get(keys.JOURNEY_PART) not in titles:
        st.session_state[keys.JOURNEY_PART] = parts[0].title  # another run may have fewer layers
    return titles[st.select_slider("See the qubits after", list(titles), key=keys.JOURNEY_PART)]


def _folded(parts: tuple[Milestone, ...], shown: Milestone) -> set[int]:
    """All layers but the one that is looked at: the diagram stays short."""
    return {part.layer for part in parts if part.layer not in (None, shown.layer)}


def _show_diagram(figure: go.Figure, part: Milestone) -> None:
    words = f"The circuit with this picture's angles in its embedding gates; {_spoken(part)} drawn in full"
    st.plotly_chart(figure, width=int(figure.layout.width), key="journey_diagram", config=_HIDDEN, alt=words)


def _spoken(part: Milestone) -> str:
    return "the embedding" if part.layer is None else part.title
