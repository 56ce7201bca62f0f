"""Turn a trained angle by hand: what the picture's answer and all validation pictures say to it, as a chart too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.drawing.gate_readings import GateReading
from qtl_core.evaluation.diagnosis.of_numbers import in_words_for
from qtl_core.explain.angle_response import Response, response_of
from qtl_core.explain.gate_importance import class_probabilities, score_circuit
from qtl_core.explain.validation_angles import CircuitInputs
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from ui.base.errors import as_plain_text
from ui.base.theme import PUBLISHED, TRAINED_ROTATION, VALIDATION, plotly_layout
from ui.base.wording import about
from ui.circuit.input import Input
from ui.circuit.source import ChosenCircuit
from ui.results.training_changes import TITLE
from ui.session import keys, session

POINTS = 121  # one every 3 degrees
HEIGHT = 220
MOST_TICKS = 5
MARKER_STYLES = {
    "trained": (PUBLISHED, "circle-open", "bottom center"),
    "now": (TRAINED_ROTATION, "circle", "top center"),
}


def knob_figure(response: Response, inputs: CircuitInputs, trained: float, now: float) -> go.Figure:
    """Draws the verdict on all validation pictures over a whole turn of one angle, from -180 to 180 degrees.

    Args:
        response: How expectation values answer to the angle.
        inputs: The pictures.
        trained: What training found, radians.
        now: Where the angle stands, radians.
    """
    angles = np.linspace(-math.pi, math.pi, POINTS)
    trained, now = within_a_turn(trained), within_a_turn(now)
    verdicts = [score_circuit(inputs, response.at(angle)) for angle in angles]
    said = [
        f"{math.degrees(angle):.0f}°: {each.correct} of {each.total} right, loss {each.loss:.3f}"
        for angle, each in zip(angles, verdicts, strict=True)
    ]
    rights = [each.correct for each in verdicts]
    curve = go.Scatter(
        x=np.degrees(angles),
        y=rights,
        mode="lines",
        line={"color": VALIDATION},
        hovertext=said,
        hoverinfo="text",
    )
    marks = [_mark("trained", trained, response, inputs)]
    if not math.isclose(now, trained):
        marks.append(_mark("now", now, response, inputs))
    layout = plotly_layout(height=HEIGHT, showlegend=False, hovermode="closest")
    layout["xaxis"] |= {"ticksuffix": "°", "fixedrange": True, "title": "This angle", "range": [-180, 180], "dtick": 90}
    apart = max(1, math.ceil((max(rights) - min(rights)) / MOST_TICKS))  # whole pictures, none of them named twice
    layout["yaxis"] |= {"fixedrange": True, "title": "Pictures right", "tickformat": "d", "dtick": apart}
    return go.Figure([curve, *marks], layout)


def within_a_turn(radians: float) -> float:
    """Returns the angle from -pi to pi that turns a qubit to the same place."""
    return math.remainder(radians, 2 * math.pi)


def _mark(name: str, angle: float, response: Response, inputs: CircuitInputs) -> go.Scatter:
    colour, symbol, side = MARKER_STYLES[name]
    right = score_circuit(inputs, response.at(angle)).correct
    return go.Scatter(
        x=[math.degrees(angle)],
        y=[right],
        mode="markers+text",
        text=[name],
        textposition=side,
        marker={"color": colour, "size": 11, "symbol": symbol, "line": {"width": 2, "color": colour}},
        cliponaxis=False,
        hoverinfo="skip",
    )


ROT_ANGLES = ("about Z, first", "about Y", "about Z, last")
SLOW_SECONDS = 1.0  # from here on a person is asked first
AMPLITUDES_A_SECOND = 4e8  # that gates act on, of one core; measured with `simulators.numpy_batch`
KEPT_RESPONSES = 12  # three arrays of (pictures, qubits): 15 KB at the recipe's size


def turned_weights(shown_circuit: ChosenCircuit) -> np.ndarray:
    """Returns the circuit's trained angles with those in place that were turned by hand, shape (weight_count,)."""
    weights = np.array(shown_circuit.weights, dtype=np.float64)
    for index, angle in session.circuit.turned(shown_circuit.key).items():
        weights[index] = angle
    return weights


def show_turned(shown_circuit: ChosenCircuit) -> None:
    """Says that angles were turned by hand, with the way back."""
    turned = session.circuit.turned(shown_circuit.key)
    if not turned:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="turned"):
        count = "One angle is" if len(turned) == 1 else f"{len(turned)} angles are"
        words = "drawing, answers, what gates contribute and files here are of the circuit as you have turned it"
        rest = f"; “{TITLE}” is of the run as trained" if shown_circuit.run else ""
        st.warning(f"{count} turned by hand: {words}{rest}.", width="stretch")
        st.button("Undo all", icon=":material/undo:", on_click=partial(_undo, shown_circuit.key, tuple(turned)))


def show_knobs(
    shown_circuit: ChosenCircuit, circuit: Circuit, reading: GateReading, entered: Input, inputs: CircuitInputs | None
) -> None:
    """Shows a slider for every trained angle of a gate, and what turning it changes.

    Args:
        shown_circuit: The circuit, as it was trained.
        circuit: Its gate list.
        reading: The gate.
        entered: What goes into the circuit.
        inputs: The run's validation pictures, where they are known.
    """
    names = ROT_ANGLES if len(reading.gate.angles) == 3 else ("",)
    for source, name in zip(reading.gate.angles, names, strict=True):
        _show_slider(shown_circuit, source.index, f"Turn it by hand{name and f': {name}'}")
    if inputs is None:
        return
    _show_figures(circuit, shown_circuit, entered, inputs)
    for source, name in zip(reading.gate.angles, names, strict=True):
        _show_response(shown_circuit, circuit, source.index, name, inputs)


def prediction_words(inputs: CircuitInputs, entered: Input, values: np.ndarray) -> str:
    """Says what the network makes of the picture's expectation values, shape (qubits,)."""
    chances = class_probabilities(inputs, values)
    said = int(chances.argmax())
    truth = "" if entered.true is None else (", which is right" if said == entered.true else ", which is wrong")
    named = as_plain_text(inputs.classes[said])
    return f"For {entered.words} the network says **{named}**, {100 * chances[said]:.0f}%{truth}."


def _show_slider(shown_circuit: ChosenCircuit, index: int, label: str) -> None:
    trained = math.degrees(within_a_turn(shown_circuit.weights[index]))
    turned = session.circuit.turned(shown_circuit.key).get(index, shown_circuit.weights[index])
    key = keys.knob_key(shown_circuit.key, index)
    st.session_state[key] = math.degrees(within_a_turn(turned))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider(
            f"{label}, degrees",
            -180.0,
            180.0,
            step=1.0,
            format="%.1f°",
            key=key,
            on_change=partial(_turn, shown_circuit.key, index, trained),
            help=f"Training found {trained:.1f}°. A whole turn is 360°, and after it everything is as before.",
        )
        st.button(
            "Undo",
            key=f"{key}_undo",
            icon=":material/undo:",
            disabled=index not in session.circuit.turned(shown_circuit.key),
            on_click=partial(_undo, shown_circuit.key, (index,)),
        )


def _turn(circuit: str, index: int, trained: float) -> None:
    angle = st.session_state[keys.knob_key(circuit, index)]
    if abs(angle - trained) < 0.05:  # of a degree: back where it was
        _undo(circuit, (index,))
    else:
        session.circuit.turned(circuit)[index] = math.radians(angle)


def _undo(circuit: str, indices: Sequence[int]) -> None:
    for index in indices:
        session.circuit.turned(circuit).pop(index, None)


def _show_figures(circuit: Circuit, shown_circuit: ChosenCircuit, entered: Input, inputs: CircuitInputs) -> None:
    """The picture's probabilities now, and by how much turning has changed them."""
    both = np.stack([turned_weights(shown_circuit), shown_circuit.weights])
    values = expectations(final_states(circuit, entered.angles, both))
    now, trained = class_probabilities(inputs, values)
    turned = bool(session.circuit.turned(shown_circuit.key))
    with st.container(horizontal=True, gap="medium"):
        for name, value, before in zip(inputs.classes, now, trained, strict=True):
            moved = f"{_signed(100 * (value - before), 1)} points" if turned else None
            st.metric(
                f"{as_plain_text(name)}, for {entered.words}",
                f"{100 * value:.1f}%",
                moved,
                delta_color="off",
                delta_arrow="off",
            )
    said = [
        f"qubit {wire} {_signed(value, 3)}" + (f" ({_signed(before, 3)})" if turned else "")
        for wire, (value, before) in enumerate(zip(*values, strict=True))
    ]
    st.caption(f"⟨Z⟩ at the end{', in brackets as trained' if turned else ''}: {', '.join(said)}.")


def _signed(value: float, places: int) -> str:
    return f"{round(value, places) + 0.0:+.{places}f}".replace("-", "−")


def _show_response(
    shown_circuit: ChosenCircuit, circuit: Circuit, index: int, name: str, inputs: CircuitInputs
) -> None:
    pictures = "validation pictures"
    weights = turned_weights(shown_circuit)
    others = np.delete(weights, index).tobytes()
    seconds = 3 * inputs.angles.shape[0] * 2**circuit.wires * len(circuit.gates) / AMPLITUDES_A_SECOND
    noun = in_words_for(shown_circuit.run.prepared.settings.data, pictures) if shown_circuit.run else pictures
    asked = f"follow_{keys.knob_key(shown_circuit.key, index)}"
    if seconds > SLOW_SECONDS and not st.session_state.get(asked):
        label = f"Follow all {len(inputs.files)} {noun}, {about(seconds)}"
        st.button(label, key=f"{asked}_button", on_click=partial(st.session_state.__setitem__, asked, True))
        return
    found = _response(shown_circuit.key, index, others, circuit, weights, inputs)
    now, trained = (score_circuit(inputs, found.at(angle)) for angle in (weights[index], shown_circuit.weights[index]))
    moved = index in session.circuit.turned(shown_circuit.key)
    st.markdown(
        f"**All {noun}{name and f', turned {name}'}:** {now.correct} of {now.total} right"
        + (f" (with the trained angle {trained.correct})" if moved else "")
        + f", loss {now.loss:.3f}"
        + (f" ({trained.loss:.3f})." if moved else ".")
    )
    st.plotly_chart(
        knob_figure(found, inputs, float(shown_circuit.weights[index]), float(weights[index])),
        key=f"knob_chart_{index}",
        config={"displayModeBar": False},
        alt=f"{noun.capitalize()} right by this angle: {now.correct} of {now.total} where it stands now.",
    )


@st.cache_data(max_entries=KEPT_RESPONSES, show_spinner=False)
def _response(
    key: str, index: int, others: bytes, _circuit: Circuit, _weights: np.ndarray, _inputs: CircuitInputs
) -> Response:
    """Cached by the first three arguments."""
    return response_of(_circuit, _inputs.angles, _weights, index)
