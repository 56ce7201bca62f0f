"""The state inside the circuit as charts: one Bloch sphere a qubit, and the probability of every bit string.

Spheres are drawn flat, from where `qtl_core.drawing.bloch_view` says: a browser shows but a few 3D scenes at once, and
12 qubits are 12.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from qtl_core.drawing.bloch_view import projected
from qtl_core.network.entanglement import purities, qubit_entropies, wires_of
from ui.base.theme import MEASUREMENT, PUBLISHED, plotly_layout

PER_ROW, PITCH, ROW_HEIGHT = 4, 2.9, 190  # spheres side by side, radii from middle to middle, pixels
TIP = 10  # pixels across
MOST_STRINGS = 16  # bars that stay readable; a state of 12 qubits has 4,096
_CIRCLE = np.linspace(0, 2 * math.pi, 49)


def spheres_figure(vectors: np.ndarray, ink: str | None = None, exact: np.ndarray | None = None) -> go.Figure:
    """Draws one sphere a qubit with the Bloch vector of its reduced state: entangled, it shrinks towards the middle.

    Args:
        vectors: Bloch vectors, shape (wires, 3).
        ink: The reader's text colour, or None where it is not known.
        exact: Bloch vectors without noise, drawn faintly behind, same shape.
    """
    middles = np.array([[wire % PER_ROW, -(wire // PER_ROW)] for wire in range(len(vectors))]) * PITCH
    rows = -(-len(vectors) // PER_ROW)
    traces = [_outlines(middles), _arrows(middles, vectors), _tips(middles, vectors), _letters(middles)]
    if exact is not None:
        traces.insert(1, _arrows(middles, exact, {"color": PUBLISHED, "width": 3, "dash": "dot"}))
    axis = {"visible": False, "fixedrange": True}
    across = min(PER_ROW, len(vectors))
    return go.Figure(
        traces,
        plotly_layout(
            height=ROW_HEIGHT * rows,
            showlegend=False,
            hovermode="closest",
            dragmode=False,
            font={"color": ink} if ink else {},
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            xaxis=axis | {"range": [-PITCH / 2, PITCH * (across - 0.5)]},
            yaxis=axis | {"range": [-PITCH * (rows - 0.45), PITCH * 0.55], "scaleanchor": "x"},
        ),
    )


def strings_figure(state: np.ndarray, ink: str | None = None) -> go.Figure:
    """Draws the probability of the bit strings, the most probable first where not all fit, with the phase in words."""
    shown = shown_strings(state)
    names = [f"|{index:0{wires_of(state)}b}⟩" for index in shown]
    chances = np.square(np.abs(state[shown]))
    said = [
        f"{name}: {chance:.4f}, amplitude {_complex(value)}, phase {math.degrees(np.angle(value)):.1f}°"
        for name, chance, value in zip(names, chances, state[shown], strict=True)
    ]
    bars = go.Bar(
        x=chances,
        y=names,
        orientation="h",
        marker={"color": MEASUREMENT},
        hovertext=said,
        hoverinfo="text",
        text=[_phase(value) for value in state[shown]],
        textposition="outside",
        cliponaxis=False,
    )
    layout = plotly_layout(
        height=max(150, 60 + 24 * len(names)),
        showlegend=False,
        hovermode="closest",
        font={"color": ink} if ink else {},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    layout["xaxis"] |= {"range": [0, 1.2], "title": "Probability and phase", "tickvals": [0, 0.5, 1]}
    layout["xaxis"] |= {"fixedrange": True}
    layout["yaxis"] |= {"autorange": "reversed", "fixedrange": True, "type": "category", "showgrid": False}
    if ink:
        layout["xaxis"] |= {"color": ink}
        layout["yaxis"] |= {"color": ink}
    return go.Figure(bars, layout)


def shown_strings(state: np.ndarray) -> np.ndarray:
    """Returns which bit strings are drawn, as numbers in rising order: all, or the most probable ones."""
    if len(state) <= MOST_STRINGS:
        return np.arange(len(state))
    return np.sort(np.argsort(-np.abs(state), kind="stable")[:MOST_STRINGS])


def _outlines(middles: np.ndarray) -> go.Scatter:
    flat = np.stack([np.cos(_CIRCLE), np.sin(_CIRCLE)], axis=1)
    equator = projected(np.column_stack([flat, np.zeros(len(flat))]))
    poles = projected(np.array([[0, 0, -1.0], [0, 0, 1.0]]))
    return _strokes(
        [middle + shape for middle in middles for shape in (flat, equator, poles)], {"color": PUBLISHED, "width": 1}
    )


def _arrows(middles: np.ndarray, vectors: np.ndarray, line: dict[str, Any] | None = None) -> go.Scatter:
    ways = [
        middle + projected(np.stack([np.zeros(3), vector])) for middle, vector in zip(middles, vectors, strict=True)
    ]
    return _strokes(ways, line or {"color": MEASUREMENT, "width": 4})


def _tips(middles: np.ndarray, vectors: np.ndarray) -> go.Scatter:
    ends = middles + projected(vectors)
    said = [
        f"<b>qubit {wire}</b><br>x {x:+.4f}, y {y:+.4f}, z = ⟨Z⟩ {z:+.4f}<br>length {math.hypot(x, y, z):.4f}"
        f"<br>purity {purity:.4f}, entropy {entropy:.4f} bit"
        for wire, ((x, y, z), purity, entropy) in enumerate(
            zip(vectors, purities(vectors), qubit_entropies(vectors), strict=True)
        )
    ]
    return go.Scatter(
        x=ends[:, 0],
        y=ends[:, 1],
        mode="markers",
        marker={"color": MEASUREMENT, "size": TIP},
        hovertext=said,
        hoverinfo="text",
    )


def _letters(middles: np.ndarray) -> go.Scatter:
    """Names the poles, clear of a tip that lies there however small the spheres are: the markers unseen are a tip's."""
    words = []
    for wire, (x, y) in enumerate(middles):
        words += [(x, y + 1, f"qubit {wire} |0⟩", "top center"), (x, y - 1, "|1⟩", "bottom center")]
    xs, ys, text, where = zip(*words, strict=True)
    return go.Scatter(
        x=xs,
        y=ys,
        text=text,
        textposition=where,
        textfont={"size": 12},
        mode="markers+text",
        marker={"size": TIP, "opacity": 0},
        hoverinfo="skip",
    )


def _strokes(shapes: list[np.ndarray], line: dict[str, Any]) -> go.Scatter:
    """Many lines as one trace: a gap between them costs less than a trace each."""
    gap = np.full((1, 2), np.nan)
    points = np.vstack([part for shape in shapes for part in (shape, gap)])
    return go.Scatter(x=points[:, 0], y=points[:, 1], mode="lines", line=line, hoverinfo="skip")


def _phase(value: complex) -> str:
    return f"{round(math.degrees(np.angle(value))) + 0}°" if abs(value) > 1e-6 else ""


def _complex(value: complex) -> str:
    return f"{value.real:+.4f}{value.imag:+.4f}i".replace("-", "−")
