"""One gate at length: its angles, formula and matrix, and where it takes a state on the Bloch sphere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.drawing.bloch_view import TOWARDS
from qtl_core.drawing.gate_readings import GateReading
from qtl_core.network.simulators.interpolation import axis_and_angle, path
from ui.base.reader import ink
from ui.base.theme import PUBLISHED, STATE_PLUS, STATE_ZERO, plotly_layout
from ui.circuit.gate_text import FORMULAE, angle, matrix_formula
from ui.session import keys
from ui.widgets.glossary import help_of

HEIGHT = 280
EYE_DISTANCE = 1.15  # in sides of the cube around the sphere
STARTS = {"|0⟩": (np.array([0.0, 0.0, 1.0]), STATE_ZERO), "|+⟩": (np.array([1.0, 0.0, 0.0]), STATE_PLUS)}


def bloch_figure(matrix: np.ndarray, ink: str | None = None) -> go.Figure:
    """Draws the turn that a 2x2 unitary makes: its axis, and the ways that |0> and |+> take; letters in `ink`."""
    axis, _ = axis_and_angle(matrix)
    ends = np.stack([-1.2 * axis, 1.2 * axis])
    traces = [*_globe(), _line(ends, PUBLISHED, dash="dash")]
    for name, (start, colour) in STARTS.items():
        way = path(matrix, start)
        traces += [
            _line(way, colour, width=6),
            _line(np.stack([np.zeros(3), way[-1]]), colour),
            _end(way, name, colour),
        ]
    font = {"color": ink} if ink else {}
    hidden = {"visible": False, "range": [-1.6, 1.6]}
    scene = {
        "xaxis": hidden,
        "yaxis": hidden,
        "zaxis": hidden,
        "aspectmode": "cube",
        "camera": {"eye": dict(zip("xyz", (EYE_DISTANCE * TOWARDS).tolist(), strict=True))},
    }
    return go.Figure(
        traces,
        plotly_layout(
            height=HEIGHT,
            showlegend=False,
            hovermode="closest",
            scene=scene,
            font=font,
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
        ),
    )


def sphere_words(reading: GateReading) -> str:
    """Says what the sphere shows."""
    _, angle = axis_and_angle(reading.turn)
    where = f" where qubit {reading.gate.wires[0]} is 1" if reading.gate.kind == "CNOT" else ""
    turned = f"a turn by {math.degrees(angle):.1f}° about the dashed axis{where}"
    return f"Its effect on qubit {reading.gate.wires[-1]}: {turned}, drawn for |0⟩ (blue) and |+⟩ (pink)."


def _globe() -> list[go.Scatter3d]:
    circle = np.linspace(0, 2 * np.pi, 61)
    flat = np.stack([np.cos(circle), np.sin(circle), np.zeros_like(circle)], axis=1)
    rings = [_line(np.roll(flat, shift, axis=1), PUBLISHED, width=1) for shift in range(3)]
    names = {"x": (1.3, 0, 0), "y": (0, 1.2, 0), "|0⟩": (0, 0, 1.2), "|1⟩": (0, 0, -1.3)}
    x, y, z = zip(*names.values(), strict=True)
    above_or_below = ["middle center"] * 3 + ["bottom center"]  # |1⟩ clear of a state that lies there
    return [
        *rings,
        go.Scatter3d(x=x, y=y, z=z, text=list(names), mode="text", textposition=above_or_below, hoverinfo="skip"),
    ]


def _line(points: np.ndarray, colour: str, width: float = 3, dash: str = "solid") -> go.Scatter3d:
    x, y, z = points.T
    line = {"color": colour, "width": width, "dash": dash}
    return go.Scatter3d(x=x, y=y, z=z, mode="lines", line=line, hoverinfo="skip")


def _end(way: np.ndarray, name: str, colour: str) -> go.Scatter3d:
    x, y, z = way[-1:].T
    said = f"{name} ends here<extra></extra>"
    return go.Scatter3d(x=x, y=y, z=z, mode="markers", marker={"color": colour, "size": 6}, hovertemplate=said)


def show_gate(
    readings: Sequence[GateReading], chosen: int | None, more: Callable[[int], None], effect: Callable[[int], str]
) -> None:
    """Shows the choice of a gate, and the chosen one at length.

    Args:
        readings: What there is to say of every gate.
        chosen: Its position in the gate list.
        more: Shows what else is known of the gate at this position.
        effect: Says what the gate at this position does to the state that goes into it.
    """
    if st.session_state.get(keys.CIRCUIT_GATE) != chosen:
        st.session_state[keys.CIRCUIT_GATE] = chosen  # it belonged to a circuit with more gates
    st.selectbox(
        "Gate",
        range(len(readings)),
        index=None,
        key=keys.CIRCUIT_GATE,
        placeholder="Click a gate, or choose it here",
        format_func=lambda index: f"{index + 1}: {_place(readings[index])}{readings[index].name}",
    )
    if chosen is not None:
        with st.container(border=True, key="gate_details"):
            _show_angles(readings[chosen], effect(chosen))
            more(chosen)
            _show_formula(readings[chosen])


def _place(reading: GateReading) -> str:
    return f"layer {reading.gate.layer + 1}, " if reading.gate.section == "layer" else f"{reading.gate.section}, "


def _show_angles(reading: GateReading, effect: str) -> None:
    st.subheader(reading.name, anchor=False)
    st.markdown(reading.sentence)
    st.markdown(effect)
    is_told = reading.is_trained and reading.is_before_known
    for now, before, driver in zip(reading.now, reading.before, reading.drivers, strict=True):
        moved = f", before training {angle(before)}, a change of {angle(now - before)}" if is_told else ""
        st.markdown(f"- **{angle(now)}**{moved}; set by {driver}")


def _show_formula(reading: GateReading) -> None:
    formula, sphere = st.columns([3, 2])
    with formula:
        st.latex(FORMULAE[reading.gate.kind])
        st.caption("With the numbers it has now:" if reading.now else "In numbers:")
        st.latex(matrix_formula(reading.matrix))
    with sphere:
        st.plotly_chart(bloch_figure(reading.turn, ink()), key="gate_sphere", config={"displayModeBar": False})
        st.caption(sphere_words(reading), help=help_of("Bloch sphere"))
