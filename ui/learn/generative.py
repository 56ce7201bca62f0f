"""A Born machine learns bars and stripes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from qtl_core.learn.generative import PATTERNS, STEPS, Machine, good_share, pixels, trained, wanted
from qtl_core.learn.register import sampled
from ui.base.theme import MEASUREMENT, PUBLISHED, WRONG
from ui.learn.widgets import again, chart, line, whole

TOPIC = "generative"
SAMPLES = 24


def show() -> None:
    """Shows layers and steps, the probabilities and some samples."""
    left, right = st.columns(2)
    with left:
        depth = whole(TOPIC, "depth", "Layers", 3, "Each has twelve trained angles.", 1, 4)
    with right:
        step = whole(TOPIC, "step", "Training steps", STEPS, "Drag back to see how it came about.", 0, STEPS)
    found = trained(depth)
    _show_chances(found.chances[step])
    seed = again(TOPIC, "Measure again", "Other samples of the same circuit.")
    strings = np.repeat(np.arange(16), sampled(np.sqrt(found.chances[step]), SAMPLES, seed))
    _show_samples(np.random.default_rng(seed).permutation(strings))
    st.caption(words(found, step, strings))


def words(found: Machine, step: int, strings: np.ndarray) -> str:
    """Says how many samples are good."""
    good = int(np.isin(strings, PATTERNS).sum())
    return (
        f"After {step} steps {good_share(found.chances[step]):.1%} of what the circuit would give are bars or stripes "
        f"(by coins {6 / 16:.1%}); of these {SAMPLES} shots, {good} are. Divergence from the examples: "
        f"{found.losses[step]:.3f} nats, with {found.angles} trained angles. A cross marks what is neither bar nor "
        f"stripe."
    )


def _show_chances(chances: np.ndarray) -> None:
    highest = max(0.3, 1.05 * float(chances.max()))
    names = [f"{string:04b}" for string in range(16)]
    bars = {"type": "bar", "x": names, "y": chances, "name": "circuit", "hovertemplate": "%{x}: %{y:.1%}"}
    bars["marker"] = {"color": MEASUREMENT}
    aims = line(names, wanted(), "examples", PUBLISHED) | {"mode": "markers", "cliponaxis": False}
    aims["marker"] = {"symbol": "line-ew", "size": 14, "line": {"width": 3, "color": PUBLISHED}}
    chart(
        TOPIC,
        "chances",
        [bars, aims],
        240,
        xaxis={"type": "category", "title": "Pixels", "tickangle": -90},
        yaxis={"tickformat": ".0%", "range": [0, highest], "title": "Chance"},
    )


def _show_samples(strings: np.ndarray) -> None:
    """Pictures in rows of twelve, as one drawing."""
    squares, crosses = [], []
    for place, string in enumerate(strings):
        left, top = 26 * (place % 12) + 2, 26 * (place // 12) + 2
        for (row, column), value in np.ndenumerate(pixels(int(string))):
            squares.append(
                f'<rect x="{left + 10 * column}" y="{top + 10 * row}" width="10" height="10" '
                f'fill="{"currentColor" if value else "none"}"/>'
            )
        squares.append(f'<rect x="{left}" y="{top}" width="20" height="20" fill="none"/>')
        if string not in PATTERNS:
            crosses.append(f'<path d="M{left} {top}l20 20m0 -20l-20 20" stroke="{WRONG}" stroke-width="2.5"/>')
    good = sum(int(string) in PATTERNS for string in strings)
    st.markdown(
        f'<svg viewBox="0 0 314 54" role="img" aria-label="{len(strings)} samples, {good} of them bars or stripes" '
        f'style="width:100%;max-width:628px" stroke="{PUBLISHED}">{"".join(squares + crosses)}</svg>',
        unsafe_allow_html=True,
    )
