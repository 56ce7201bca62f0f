"""Training and validation accuracy by epoch: the paper's run, and ours with and without drifting batch norms."""

from __future__ import annotations

import numpy as np
import streamlit as st

from qtl_core.learn.batch_norm import LAST, RUNS, accuracy_curves
from ui.base.errors import guarded
from ui.base.theme import TRAINING, VALIDATION
from ui.learn.widgets import chart, choice, line
from ui.session import session

TOPIC = "batch_norm"
OURS = "Measured beforehand with this app, on the real photos through EfficientNet-Lite0, seed 0."
WHENCE = dict.fromkeys(RUNS, OURS) | {"paper": "Figures that the authors published with their code, through ResNet-18."}


def show() -> None:
    """Shows the choice of a run, its curves, and a way to train so oneself."""
    run = choice(TOPIC, "run", "The run", RUNS, "Real photos of ants and bees; ours through EfficientNet-Lite0.")
    found = accuracy_curves(run)
    epochs = np.arange(1, len(found.train) + 1)
    chart(
        TOPIC,
        "curves",
        [
            line(epochs, found.train, "training, during the epoch", TRAINING),
            line(epochs, found.val, "validation, after it", VALIDATION, dash="dash"),
        ],
        300,
        xaxis={"title": "Epoch"},
        yaxis={"title": "Accuracy", "tickformat": ".0%", "range": [0.55, 1.01]},
    )
    st.caption(words(run))
    if st.button("Set up Train as published", icon=":material/model_training:", on_click=guarded()(_take)):
        st.switch_page("pages/train.py")


def words(run: str) -> str:
    """Says by how much validation is ahead, at first and at last."""
    found = accuracy_curves(run)
    return (
        f"After the first epoch validation is {_ahead(found.first_gap)}; over the last {LAST} epochs it is "
        f"{_ahead(found.last_gap)}, with {found.train[-LAST:].mean():.1%} in training. {WHENCE[run]}"
    )


def _ahead(gap: float) -> str:
    return f"{abs(100 * gap):.1f} points {'ahead' if gap > 0 else 'behind'}"


def _take() -> None:
    session.screen.choose_settings(session.screen.settings.changed(source="photos", backbone_mode="published"))
