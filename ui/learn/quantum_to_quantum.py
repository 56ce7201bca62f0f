"""Quantum to quantum on the page: its choices, both curves, and two states of light in phase space as they learn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from qtl_core.learn.optics.jobs import Q2QPart, q2q_job
from qtl_core.learn.optics.quantum_to_quantum import PLACES, PUBLISHED, Finding, Point, Settings
from qtl_core.learn.optics.words import q2q_sentences
from ui.base.theme import CARRIED, SCRATCH, plotly_layout
from ui.learn.light import TOPIC, Training, point_shown, published_line, seeds_band, show_training
from ui.learn.widgets import chart, choice, stop
from ui.session import session
from ui.widgets.glossary import word

BEFORE = {
    "published": "As published",
    "whole": "With its squeezing",
    "learnt": "Learnt here",
    "random": "Random numbers",
}
BENDS = {"cubic": "Cubic phase", "kerr": "Kerr"}
NAMES = {"laser": "Laser light", "photon": "A photon"}
STRONG = 0.25  # of a Wigner function, which is never beyond 1 / pi
AXIS = {"range": [-5, 5], "dtick": 2}


def show() -> None:
    """Shows the choices, and what comes of them."""
    st.caption(
        "Told apart: laser light and single photons, both squeezed and turned at random, by whether a detector stays "
        f"dark. One mode of light as a list of {word('Fock basis', 'amplitudes for 0, 1, 2 … photons')}."
    )
    settings = _settings()
    show_training(
        Training(
            "q2q",
            "Train 20 seeds both ways",
            settings,
            partial(q2q_job, settings, session.owner),
            partial(_show_parts, settings),
        )
    )


def _settings() -> Settings:
    before: Any = choice(
        TOPIC,
        "before",
        "Layer that stands still",
        BEFORE,
        "The paper’s layer as its notebook applies it, which leaves the squeezing out; with it; one learnt here on "
        "other states first; or a control that nothing was learnt for.",
    )
    with st.expander("More settings", icon=":material/tune:"):
        return _with_more(before)


def _with_more(before: Any) -> Settings:
    upper, lower = st.columns(2), st.columns(2)
    with upper[0]:
        bend: Any = choice(TOPIC, "bend", "Last gate of a layer", BENDS, "The one that makes light non-Gaussian.")
    with upper[1]:
        cutoff = stop(TOPIC, "cutoff", "Cutoff", 15, "Photon numbers kept. As published: 15.", (10, 12, 15, 16, 20))
    with lower[0]:
        batches = stop(TOPIC, "batches", "Batches of 8 states", 500, "As published: 500.", (200, 500, 1000, 1500))
    with lower[1]:
        spread = stop(TOPIC, "spread", "Spread of the first numbers", 0.001, "As published: 0.001.", (0.001, 0.1, 0.3))
    return Settings(before, bend, int(cutoff), int(batches), spread)


def _show_parts(settings: Settings, parts: Sequence[Q2QPart], live: bool) -> None:
    points = [part for part in parts if isinstance(part, Point)]
    if not points:
        return
    batches = [point.batches for point in points]
    _show_curves(settings, points, batches)
    _show_pictures(point_shown("q2q", points, batches, live))
    for found in (part for part in parts if isinstance(part, Finding)):
        st.markdown("\n\n".join(q2q_sentences(found)))
        st.caption(
            "And without any circuit: a squeezed photon has odd numbers of photons alone, and is never dark. Whoever "
            "calls dark more often than one time in ten “laser” is always right. The rule above, dark for photons, "
            "is what makes it a task."
        )


def _show_curves(settings: Settings, points: Sequence[Point], batches: list[int]) -> None:
    before = seeds_band(
        batches,
        np.stack([point.transferred for point in points]),
        "behind the layer that stands still",
        CARRIED,
        "solid",
    )
    scratch = seeds_band(batches, np.stack([point.scratch for point in points]), "from scratch", SCRATCH, "dash")
    chart(
        TOPIC,
        "q2q_curves",
        [*scratch, *before, published_line(settings.batches, PUBLISHED)],
        280,
        xaxis={"title": "Batches learnt", "range": [0, settings.batches]},
        yaxis={"title": "Test states right", "tickformat": ".0%", "range": [0.3, 1.01]},
        hovermode="x unified",
    )
    st.caption("The median of 20 seeds; nine of ten lie within the shaded band.")


def _show_pictures(point: Point) -> None:
    for column, name, values, dark in zip(st.columns(2), ("laser", "photon"), point.pictures, point.dark, strict=True):
        with column:
            st.markdown(f"{NAMES[name]}: dark {dark:.0%} of the time")
            chart(
                TOPIC,
                f"q2q_{name}",
                [_picture(values)],
                260,
                margin=plotly_layout()["margin"] | {"t": 4},
                xaxis={"title": "Position", "constrain": "domain"} | AXIS,
                yaxis={"title": "Momentum", "scaleanchor": "x", "constrain": "domain"} | AXIS,
            )
    st.caption(
        f"The {word('Wigner function')} of two test states after all layers, of the first seed: blue above zero, red "
        "below. A pure state that is below zero anywhere is not Gaussian. What is asked for: dark for a photon alone."
    )


def _picture(values: np.ndarray) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "x": PLACES,
        "y": PLACES,
        "z": values.round(4),
        "zmin": -STRONG,
        "zmax": STRONG,
        "colorscale": "RdBu",
        "showscale": False,
        "hovertemplate": "position %{x}, momentum %{y}: %{z:.3f}<extra></extra>",
    }
