"""A gate's effect on a Bloch sphere: where it takes the state 0, and where it takes the state halfway to 1."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go

from qtl_core.drawing import GateReading
from qtl_core.drawing.sphere import axis_and_angle, path
from ui.theme import PUBLISHED, STATE_PLUS, STATE_ZERO, plotly_layout

HEIGHT = 280
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
        "camera": {"eye": {"x": 0.8, "y": 0.7, "z": 0.42}},
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
