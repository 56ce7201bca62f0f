"""Purity and fidelity along the circuit, as a chart beside the spheres."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from qtl_core.explain.noisy_walk import NoisyWalk
from qtl_core.network.simulators.trace import Step
from ui.base.theme import PUBLISHED, TRAINED_ROTATION, VALIDATION, plotly_layout

HEIGHT = 190


def walk_figure(walk: NoisyWalk, steps: Sequence[Step], step: int, ink: str | None = None) -> go.Figure:
    """Draws the fidelity with the exact state and the purity of all qubits after every step.

    Args:
        walk: The states under noise.
        steps: The steps of the circuit.
        step: Where the walk stands: a line marks it.
        ink: The reader's text colour, or None where it is not known.
    """
    ends = gates_after(steps)
    names = ["the start", *(each.section for each in steps)]
    curves = (("Fidelity", walk.fidelities, VALIDATION, "solid"), ("Purity", walk.purities, TRAINED_ROTATION, "dash"))
    traces = [
        {
            "x": list(range(len(ends))),
            "y": values[ends],
            "name": name,
            "mode": "lines",
            "line": {"color": colour, "width": 2.5, "dash": dash},
            "customdata": names,
            "hovertemplate": f"{name} %{{y:.4f}} after step %{{x}} (%{{customdata}})<extra></extra>",
        }
        for name, values, colour, dash in curves
    ]
    layout = plotly_layout(
        height=HEIGHT, font={"color": ink} if ink else {}, margin={"l": 8, "r": 8, "t": 8, "b": 8}, hovermode="closest"
    )
    layout["xaxis"] |= {"title": {"text": "Step"}, "fixedrange": True}
    layout["yaxis"] |= {"range": [0, 1.02], "fixedrange": True, "tickvals": [0, 0.5, 1]}
    if ink:
        layout["xaxis"] |= {"color": ink}
        layout["yaxis"] |= {"color": ink}
    place = min(step, len(ends) - 1)
    line = {"color": PUBLISHED, "width": 2, "dash": "dot"}
    layout["shapes"] = [{"type": "line", "yref": "paper", "x0": place, "x1": place, "y0": 0, "y1": 1, "line": line}]
    return go.Figure(traces, layout)


def gates_after(steps: Sequence[Step]) -> list[int]:
    """Returns how many gates have acted before the first and after every step."""
    ends = [0]
    for step in steps:
        ends.append(ends[-1] + len(step.gates))
    return ends
