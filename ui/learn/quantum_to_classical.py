"""Quantum to classical on the page: its choices, the curve, what is answered in phase space, and the pictures read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from qtl_core.learn.optics.jobs import Q2CPart, q2c_job
from qtl_core.learn.optics.quantum_to_classical import BESIDE, CLASSES, PLACES, PUBLISHED, Finding, Point, Settings
from qtl_core.learn.optics.two_modes import AMPLITUDE, FIRST, LAYERS, PIXELS, SECOND
from qtl_core.learn.optics.words import q2c_sentences
from ui.base.reader import ink
from ui.base.theme import CARRIED, plotly_layout
from ui.learn.light import TOPIC, Training, point_shown, published_line, seeds_band, show_training
from ui.learn.widgets import chart, stop, whole
from ui.session import session
from ui.widgets.glossary import word

# Seven classes, each with its number beside its colour.
COLOURS = ("#00937A", "#8C6BC8", "#A87A00", "#4C8FD0", "#B4559A", "#8A7F5C", "#C2551F")
HEADS = ("+1.4", "−1.4", "+1.4i", "−1.4i")


def show() -> None:
    """Shows the choices, and what comes of them."""
    st.caption(
        "Told apart: seven pairs of laser beams, each shifted at random. A network of light, trained by others to draw "
        "seven tetrominos (the pieces of Tetris) with photons, stands still; a linear layer reads its "
        f"{word('Fock basis', 'photon counts')}."
    )
    settings = _settings()
    show_training(
        Training(
            "q2c",
            "Train 20 seeds",
            settings,
            partial(q2c_job, settings, session.owner),
            partial(_show_parts, settings),
        )
    )


def _settings() -> Settings:
    left, right = st.columns(2)
    with left:
        layers = whole(TOPIC, "layers", "Quantum layers kept", 15, "Of 25. As published: 15.", 0, LAYERS)
    with right:
        noise = stop(TOPIC, "noise", "Size of the shifts", 0.6, "As published: 0.6.", (0.2, 0.4, 0.6, 0.8, 1.0))
    return Settings(layers, noise)


def _show_parts(settings: Settings, parts: Sequence[Q2CPart], live: bool) -> None:
    points = [part for part in parts if isinstance(part, Point)]
    if not points:
        return
    batches = [point.batches for point in points]
    curve = seeds_band(batches, np.stack([point.right for point in points]), "ours", CARRIED, "solid")
    chart(
        TOPIC,
        "q2c_curve",
        [*curve, published_line(settings.batches, PUBLISHED)],
        260,
        xaxis={"title": "Batches of 7 pairs learnt", "range": [0, settings.batches]},
        yaxis={"title": "Test pairs right", "tickformat": ".0%", "range": [0, 1.01]},
        hovermode="x unified",
    )
    st.caption("The median of 20 seeds; nine of ten lie within the shaded band.")
    _show_maps(point_shown("q2c", points, batches, live))
    for found in (part for part in parts if isinstance(part, Finding)):
        _show_counts(found)
        st.markdown("\n\n".join(q2c_sentences(found)))


def _show_maps(point: Point) -> None:
    """Four maps side by side, each with the places where its classes lie if nothing shifts them."""
    layout: dict[str, Any] = {}
    traces, titles = [], []
    colour = {"color": ink()} if ink() else {}
    for at, (head, values) in enumerate(zip(HEADS, point.maps, strict=True)):
        number, left = "" if at == 0 else str(at + 1), at % 2 * 0.53
        low = 0.55 * (1 - at // 2)
        axis = {"range": [-3, 3], "dtick": 2, "tick0": 0, "constrain": "domain", "fixedrange": True, "tickfont": colour}
        layout[f"xaxis{number}"] = axis | {"domain": [left, left + 0.47], "anchor": f"y{number}"}
        layout[f"yaxis{number}"] = axis | {
            "domain": [low, low + 0.4],
            "anchor": f"x{number}",
            "constraintoward": "top",
            "scaleanchor": f"x{number}",
        }
        traces += [_map(values, number), _marks(at, number)]
        titles.append(
            {"text": f"second beam at {head}", "x": left + 0.235, "y": low + 0.405, "xref": "paper", "yref": "paper"}
            | {"showarrow": False, "xanchor": "center", "yanchor": "bottom", "font": {"size": 13} | colour}
        )
    chart(TOPIC, "q2c_maps", traces, 520, annotations=titles, showlegend=False, **layout)
    st.caption(
        f"Across and up: how strongly the first beam swings, and when ({word('phase space')}). The colour is the class "
        "that the first seed answers there. The numbers stand where a class "
        "lies if nothing shifts it; there the colour should be its own."
    )


def _map(values: np.ndarray, axes: str) -> dict[str, Any]:
    steps = [(edge / CLASSES, colour) for at, colour in enumerate(COLOURS) for edge in (at, at + 1)]
    return {
        "type": "heatmap",
        "x": PLACES,
        "y": PLACES,
        "z": values + 1,
        "xaxis": f"x{axes}",
        "yaxis": f"y{axes}",
        "zmin": 0.5,
        "zmax": CLASSES + 0.5,
        "colorscale": steps,
        "showscale": False,
        "hovertemplate": "%{x:.1f} + %{y:.1f}i: class %{z}<extra></extra>",
    }


def _marks(at: int, axes: str) -> dict[str, Any]:
    here = [each for each in range(CLASSES) if SECOND[each] == BESIDE[at]]
    return {
        "type": "scatter",
        "x": [AMPLITUDE * FIRST[each].real for each in here],
        "y": [AMPLITUDE * FIRST[each].imag for each in here],
        "xaxis": f"x{axes}",
        "yaxis": f"y{axes}",
        "mode": "markers+text",
        "cliponaxis": False,
        "text": [f"<b>{each + 1}</b>" for each in here],
        "textfont": {"color": "#1B1B1F", "size": 13},
        "marker": {"size": 22, "color": [COLOURS[each] for each in here], "line": {"width": 2, "color": "#FFFFFF"}},
        "hoverinfo": "skip",
    }


def _show_counts(found: Finding) -> None:
    """Draws the seven pictures in a row, as the linear layer reads them."""
    gap = np.full((PIXELS, 1), np.nan)
    row = np.hstack([part for picture in found.pictures for part in (picture, gap)])
    colour = {"color": ink()} if ink() else {}
    numbers = [
        {
            "text": str(at + 1),
            "x": (PIXELS + 1) * at + 1.5,
            "y": -0.7,
            "showarrow": False,
            "font": {"size": 13} | colour,
        }
        | {"yanchor": "bottom"}
        for at in range(CLASSES)
    ]
    picture = {"type": "heatmap", "z": row, "colorscale": "Cividis", "showscale": False, "hoverongaps": False}
    picture["hovertemplate"] = "%{z:.0%}<extra></extra>"
    hidden = {"visible": False}
    chart(
        TOPIC,
        "q2c_counts",
        [picture],
        150,
        annotations=numbers,
        margin=plotly_layout()["margin"] | {"t": 24},
        xaxis=hidden,
        yaxis=hidden | {"autorange": "reversed", "scaleanchor": "x"},
    )
    st.caption(
        "What the layer reads: the chances to count 0 to 3 photons in the first mode (down) and in the second "
        "(across), of the seven pairs unshifted. Behind all 25 layers they are the tetrominos."
    )
