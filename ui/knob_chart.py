"""How many validation pictures are right at every angle of one gate, as a chart."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go

from qtl_core.probing import CircuitInputs, Response, score_circuit
from ui.theme import PUBLISHED, TRAINED_ROTATION, VALIDATION, plotly_layout

POINTS = 121  # one every 3 degrees
HEIGHT = 220
LOOKS = {"trained": (PUBLISHED, "circle-open", "bottom center"), "now": (TRAINED_ROTATION, "circle", "top center")}


def knob_figure(response: Response, inputs: CircuitInputs, trained: float, now: float) -> go.Figure:
    """Draws the verdict on all validation pictures over a whole turn of one angle around where training left it.

    Args:
        response: How expectation values answer to the angle.
        inputs: The pictures.
        trained: What training found, radians.
        now: Where the angle stands, radians.
    """
    angles = trained + np.linspace(-math.pi, math.pi, POINTS)
    verdicts = [score_circuit(inputs, response.at(angle)) for angle in angles]
    said = [
        f"{math.degrees(angle):.0f}°: {each.right} of {each.total} right, loss {each.loss:.3f}"
        for angle, each in zip(angles, verdicts, strict=True)
    ]
    curve = go.Scatter(
        x=np.degrees(angles),
        y=[each.right for each in verdicts],
        mode="lines",
        line={"color": VALIDATION},
        hovertext=said,
        hoverinfo="text",
    )
    marks = [_mark("trained", trained, response, inputs)]
    if not math.isclose(now, trained):
        marks.append(_mark("now", now, response, inputs))
    layout = plotly_layout(height=HEIGHT, showlegend=False, hovermode="closest")
    layout["xaxis"] |= {"ticksuffix": "°", "fixedrange": True, "title": "This angle"}
    layout["yaxis"] |= {"fixedrange": True, "title": "Pictures right", "tickformat": "d"}
    return go.Figure([curve, *marks], layout)


def _mark(name: str, angle: float, response: Response, inputs: CircuitInputs) -> go.Scatter:
    colour, symbol, side = LOOKS[name]
    right = score_circuit(inputs, response.at(angle)).right
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
