"""Usual and unusual points, by overlap and by distance."""

from __future__ import annotations

from typing import Any

import streamlit as st

from qtl_core.learn.anomaly import AXIS, Scores, nearest_scores, points, quantum_scores
from ui.base.theme import PUBLISHED, WRONG
from ui.learn.widgets import again, chart, choice, heat, stop

TOPIC = "anomaly"
SCALES = (0.3, 0.6, 1.0, 1.5, 2.0, 3.0)
WAYS = {"turns": "turns alone", "phases": "with ZZ phases", "nearest": "nearest point"}


def show() -> None:
    """Shows the way and the scale, and the map of what is usual."""
    way = choice(TOPIC, "way", "Told by", WAYS, "Two kinds of states, and a plain distance.")
    scale = stop(
        TOPIC, "scale", "Turn, rad a unit", 1.0, "How far a point turns its qubits; not for distances.", SCALES
    )
    seed = again(TOPIC, "Other points", "Thrown anew, by the same rule.")
    chosen = nearest_scores(seed) if way == "nearest" else quantum_scores(scale, seed, phases=way == "phases")
    _show_map(chosen, seed)
    st.caption(words(chosen, nearest_scores(seed), way))


def words(chosen: Scores, nearest: Scores, way: str) -> str:
    """Says how well usual and strange are told apart."""
    said = (
        f"Of a new usual point and a strange one, this way ({WAYS[way]}) calls the usual one more usual in "
        f"{chosen.told_apart:.1%} of all pairs; guessing would in 50%."
    )
    return said + ("" if way == "nearest" else f" The distance to the nearest point does in {nearest.told_apart:.1%}.")


def _show_map(scores: Scores, seed: int) -> None:
    _, usual, strange = points(seed)
    dots: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": places[:, 0],
            "y": places[:, 1],
            "mode": "markers",
            "cliponaxis": False,
            "name": name,
            "hoverinfo": "name",
            "marker": {"size": 8, "symbol": symbol, "color": colour, "line": {"width": 1.5, "color": edge}},
        }
        for name, places, symbol, colour, edge in (
            ("usual", usual, "circle", "#FFFFFF", PUBLISHED),
            ("strange", strange, "x-thin", WRONG, WRONG),
        )
    ]
    dots[1]["marker"]["line"]["width"] = 3
    surface = heat(AXIS, AXIS, scores.surface, "%{z:.3f}") | {"showscale": False}
    frame = {"range": [-3.05, 3.05], "dtick": 1, "showgrid": False}
    chart(
        TOPIC,
        "map",
        [surface, *dots],
        400,
        xaxis=frame | {"constrain": "domain"},
        yaxis=frame | {"scaleanchor": "x", "constrain": "domain"},
    )
