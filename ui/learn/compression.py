"""A quantum autoencoder, state by state."""

from __future__ import annotations

import numpy as np
import streamlit as st

from qtl_core.learn.chemistry import DISTANCES
from qtl_core.learn.compression import FAMILIES, LEARNT, STEPS, Encoder, trained
from ui.base.theme import PUBLISHED, TRAINING, VALIDATION
from ui.learn.widgets import chart, choice, line, whole

TOPIC = "compression"


def show() -> None:
    """Shows the family and the steps, and how much of every state is kept."""
    name = choice(TOPIC, "family", "States to press together", FAMILIES, "All of two qubits.")
    step = whole(TOPIC, "step", "Training steps", STEPS, "Drag back to see how it came about.", 0, STEPS)
    found = trained(name)
    _show_kept(found, step, name)
    st.caption(words(found, step))


def words(found: Encoder, step: int) -> str:
    """Says how much is kept, of what was learnt and of the rest."""
    kept, learnt = found.kept[step], _learnt(found)
    return (
        f"After {step} steps the spare qubit is empty in {kept[learnt].mean():.1%} of the cases for the states learnt "
        f"from, and in {kept[~learnt].mean():.1%} for the others. The best that any way of turning could do for the "
        f"former is {found.limit:.1%}, by principal components."
    )


def _learnt(found: Encoder) -> np.ndarray:
    mask = np.zeros(found.kept.shape[1], dtype=bool)
    mask[LEARNT] = True
    return mask


def _show_kept(found: Encoder, step: int, name: str) -> None:
    x = np.arange(1, len(DISTANCES) + 1) if name == "random" else DISTANCES
    learnt, kept = _learnt(found), found.kept[step]
    limit = line([x[0], x[-1]], [found.limit] * 2, "best possible", PUBLISHED, dash="dash")
    points = [
        line(x[which], kept[which], label, colour)
        | {"mode": "markers", "marker": {"size": 9, "color": colour, "symbol": symbol}, "cliponaxis": False}
        for which, label, colour, symbol in (
            (learnt, "learnt from", TRAINING, "circle"),
            (~learnt, "the others", VALIDATION, "diamond"),
        )
    ]
    chart(
        TOPIC,
        "kept",
        [limit, *points],
        280,
        xaxis={"title": "State" if name == "random" else "Distance, Å"},
        yaxis={"title": "Spare qubit empty", "tickformat": ".0%", "range": [0, 1.05]},
    )
