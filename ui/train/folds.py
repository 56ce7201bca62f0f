"""Cross-validation on the Train page: how many folds, and what came of them."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from qtl_core.evaluation.cross_validation import CrossValidation, fold_rows
from qtl_core.export.tables import to_csv
from qtl_core.settings import RunSettings
from qtl_core.settings.readout_words import figures_words
from qtl_core.training.cross_validation import USUAL
from qtl_core.training.folds import FEWEST, MOST
from ui.base.errors import as_plain_text
from ui.base.theme import VALIDATION, plotly_layout
from ui.base.wording import duration, noun_of_settings
from ui.session import keys
from ui.widgets.glossary import help_of
from ui.widgets.status import show_stale

SEEDS, FOLDS = "Other seeds", "Cross-validation"
HEIGHT = 260
LINE = "rgba(138, 141, 148, 0.9)"


def folds_slider() -> int:
    """Asks how many folds, and returns it."""
    count: int = st.slider(
        "Folds",
        FEWEST,
        MOST,
        USUAL,
        key=keys.FOLDS,
        persist_state="session",
        width=260,
        help=f"From {FEWEST} to {MOST}: each is held out once, and learnt from in all the other trainings.",
    )
    return count


def show_folds(found: CrossValidation, on_screen: RunSettings) -> None:
    """Shows each fold's figure, and their mean and spread in words.

    Args:
        found: The folds.
        on_screen: What a run started now would really use.
    """
    noun = noun_of_settings(found.prepared.settings)
    show_stale(folded_settings(found), on_screen)
    st.subheader(found.headline(noun), anchor=False, help=help_of("cross-validation"))
    st.markdown(" ".join(found.in_words(noun)))
    st.caption(f"{len(found.folds)} trainings took {duration(found.seconds)}.")
    for note in found.prepared.notes:
        st.caption(as_plain_text(note))
    if said := figures_words(found.prepared.settings):
        st.caption(said)
    st.markdown("**Accuracy of each fold, at its best epoch**")
    mean, _ = found.spread()
    st.plotly_chart(
        folds_figure(found),
        key="folds_chart",
        config={"displayModeBar": False},
        alt=f"{len(found.folds)} folds, {mean:.1%} at the mean",
    )
    st.download_button(
        "Folds as CSV",
        lambda: to_csv(fold_rows(found)),
        "folds.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def folded_settings(found: CrossValidation) -> RunSettings:
    """Returns the settings that the folds were really trained with; that views took no part is said of all of them."""
    prepared = found.prepared
    return prepared.settings.changed(augmentation=prepared.asked.training.augmentation)


def folds_figure(found: CrossValidation) -> go.Figure:
    """Draws a bar a fold, with their mean as a line."""
    mean, _ = found.spread()
    bars: dict[str, Any] = {
        "type": "bar",
        "x": [fold.number for fold in found.folds],
        "y": [fold.accuracy for fold in found.folds],
        "customdata": [(fold.right, fold.size, fold.best_epoch) for fold in found.folds],
        "marker": {"color": VALIDATION},
        "hovertemplate": "Fold %{x}: %{customdata[0]} of %{customdata[1]} right (%{y:.1%}), epoch %{customdata[2]}"
        "<extra></extra>",
    }
    layout = plotly_layout(height=HEIGHT, showlegend=False, hovermode="closest", bargap=0.3)
    layout["xaxis"] |= {"title": {"text": "Fold"}, "fixedrange": True, "dtick": 1}
    layout["yaxis"] |= {"title": {"text": "Accuracy"}, "fixedrange": True, "tickformat": ".0%", "range": [0, 1.02]}
    mark = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": mean, "y1": mean, "line": {"color": LINE}}
    return go.Figure([bars], layout | {"shapes": [mark]})
