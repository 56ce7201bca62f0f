"""QAOA's map of two knobs, and the split that it finds most often."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from qtl_core.learn.optimisation import BETAS, GAMMAS, GRAPHS, Cut, best_setting, cut, landscape, nodes_of
from ui.base.theme import CLASSES, PUBLISHED
from ui.learn.widgets import chart, choice, degrees, heat, mark, switch

TOPIC = "optimisation"


def show() -> None:
    """Shows graph and knobs, the map and the likeliest split."""
    graph = choice(TOPIC, "graph", "Who quarrels with whom", {name: name for name in GRAPHS}, "A line is a quarrel.")
    left, right = st.columns(2)
    with left:
        gamma = degrees(TOPIC, "gamma", "Phase γ", 60, "How strongly good splits are marked.")
        highest = switch(TOPIC, "highest", "Go to the highest point", "Of the 41 by 41 points of the map.")
    with right:
        beta = degrees(TOPIC, "beta", "Mixing β", 30, "How far the qubits are turned afterwards.", high=90)
    gamma, beta = best_setting(graph) if highest else (gamma, beta)
    found = cut(graph, gamma, beta)
    area, split = st.columns([3, 2])
    with area:
        _show_map(graph, gamma, beta)
    with split:
        _show_split(graph, found)
    st.caption(words(found, gamma, beta))


def words(found: Cut, gamma: float, beta: float) -> str:
    """Says how good the setting is."""
    return (
        f"At γ = {math.degrees(gamma):.0f}° and β = {math.degrees(beta):.0f}° the mean is {found.mean:.2f} pairs "
        f"apart, of at most {found.best}. A best split comes up in {found.best_chance:.0%} of the shots; with coins "
        f"it would in {found.blind_chance:.0%}. Drawn is the likeliest one."
    )


def _show_map(graph: str, gamma: float, beta: float) -> None:
    surface = heat(np.degrees(GAMMAS), np.degrees(BETAS), landscape(graph), "γ %{x:.0f}°, β %{y:.0f}°: %{z:.2f}")
    chart(
        TOPIC,
        "map",
        [surface, mark(math.degrees(gamma), math.degrees(beta))],
        250,
        showlegend=False,
        xaxis={"title": "γ", "ticksuffix": "°", "dtick": 90},
        yaxis={"title": "β", "ticksuffix": "°", "dtick": 30},
    )


def _show_split(graph: str, found: Cut) -> None:
    nodes = nodes_of(graph)
    turns = 2 * np.pi * np.arange(nodes) / nodes + np.pi / 4
    x, y = np.sin(turns), np.cos(turns)
    sides = [(found.likeliest >> (nodes - 1 - node)) & 1 for node in range(nodes)]
    lines = [_edge(x, y, one, other, sides[one] != sides[other]) for one, other in GRAPHS[graph]]
    dots = {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "markers+text",
        "cliponaxis": False,
        "text": ["AB"[side] for side in sides],
        "textfont": {"color": "#FFFFFF"},
        "hoverinfo": "skip",
        "marker": {"size": 26, "color": [CLASSES[side] for side in sides], "opacity": 1},
    }
    hidden = {"visible": False, "range": [-1.4, 1.4]}
    chart(TOPIC, "split", [*lines, dots], 250, showlegend=False, xaxis=hidden, yaxis=hidden | {"scaleanchor": "x"})


def _edge(x: np.ndarray, y: np.ndarray, one: int, other: int, apart: bool) -> dict[str, Any]:
    width, dash = (3, "solid") if apart else (1.5, "dot")
    return {
        "type": "scatter",
        "x": x[[one, other]],
        "y": y[[one, other]],
        "mode": "lines",
        "hoverinfo": "skip",
        "line": {"color": PUBLISHED, "width": width, "dash": dash},
    }
