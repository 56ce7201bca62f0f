"""Two-word sentences whose words learn to fit."""

from __future__ import annotations

import numpy as np
import streamlit as st

from qtl_core.learn.language import HELD_OUT, NOUNS, STEPS, VERBS, Lesson, learnt, lesson, right
from ui.learn.widgets import again, chart, heat, whole

TOPIC = "language"


def show() -> None:
    """Shows the steps and the table of all sentences."""
    step = whole(TOPIC, "step", "Training steps", STEPS, "Drag back to see how it came about.", 0, STEPS)
    found = lesson(again(TOPIC, "Start from other angles", "Training begins at random angles."))
    _show_table(found.fits[step])
    st.caption(words(found, step))


def words(found: Lesson, step: int) -> str:
    """Says how many sentences come out right, and how often post-selection succeeds."""
    seen, fits = learnt(), found.fits[step]
    return (
        f"After {step} steps {right(fits, seen)} of the {seen.sum()} sentences learnt from come out right, and "
        f"{right(fits, ~seen)} of the {(~seen).sum()} held out, which have a star. After training the measurement that "
        f"feeds the noun in succeeds in {found.kept.min():.1%} to {found.kept.max():.0%} of the shots."
    )


def _show_table(fits: np.ndarray) -> None:
    text = [
        [f"{fits[row, column]:.0%}{'*' if (noun, verb) in HELD_OUT else ''}" for column, verb in enumerate(VERBS)]
        for row, noun in enumerate(NOUNS)
    ]
    table = heat(list(VERBS), list(NOUNS), fits, "%{y} %{x}: fits by %{z:.1%}")
    table |= {"text": text, "texttemplate": "%{text}", "zmin": 0, "zmax": 1, "xgap": 2, "ygap": 2, "showscale": False}
    chart(
        TOPIC,
        "table",
        [table],
        300,
        xaxis={"side": "top", "type": "category", "showgrid": False},
        yaxis={"autorange": "reversed", "type": "category", "showgrid": False},
    )
