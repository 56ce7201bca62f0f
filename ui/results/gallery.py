"""The validation pictures with what the network says about each, like the PennyLane demo's last figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from qtl_core.evaluation.metrics import Evaluation, percent
from ui.session import keys
from ui.widgets.choices import leaf
from ui.widgets.pictures import Tile, show_tiles

PAGE_SIZE = 12  # divides by 6, 4 and 3, the columns of the grid on wide and narrow screens
ALL, MISTAKES, LEAST_SURE = "All", "Mistakes", "Least sure first"


def show_gallery(evaluation: Evaluation, noun: str, *, drawn: bool, colours: Sequence[str]) -> None:
    """Shows all pictures, the mistakes, or the least sure first, page by page."""
    chosen = st.segmented_control(
        "Which pictures",
        (ALL, MISTAKES, LEAST_SURE),
        default=ALL,
        required=True,
        key=keys.GALLERY_FILTER,
        format_func=lambda name: f"{name} ({len(evaluation.mistakes)})" if name == MISTAKES else name,
        label_visibility="collapsed",
    )
    pictures = ordered(evaluation, chosen)
    show_predictions(evaluation, pictures, noun, drawn=drawn, colours=colours, key=keys.GALLERY_PAGE)


def ordered(evaluation: Evaluation, chosen: str) -> np.ndarray:
    """Returns the indices of the pictures that a filter shows, in its order."""
    if chosen == MISTAKES:
        return evaluation.mistakes
    if chosen == LEAST_SURE:
        return np.argsort(evaluation.confidence, kind="stable")
    return np.arange(evaluation.total)


def show_predictions(
    evaluation: Evaluation,
    pictures: Sequence[int] | np.ndarray,
    noun: str,
    *,
    drawn: bool,
    colours: Sequence[str],
    key: str,
) -> None:
    """Shows the given pictures with predicted class, probability and, where it is another, the true class."""
    if not len(pictures):
        st.caption(f"There are no {noun} to show.")
        return
    part = leaf(len(pictures), PAGE_SIZE, key, noun)
    st.caption("The class that the network sees in each, and with what probability: ✓ right, ✗ wrong.")
    show_tiles([prediction_tile(evaluation, int(index), colours) for index in pictures[part]], drawn=drawn)


def prediction_tile(evaluation: Evaluation, index: int, colours: Sequence[str]) -> Tile:
    """Returns the tile of one picture, in the colour of the class that is named."""
    said, true = int(evaluation.predicted[index]), int(evaluation.labels[index])
    return Tile(
        path=evaluation.files[index],
        caption=f"{evaluation.classes[said]} {percent(float(evaluation.confidence[index]))}",
        colour=colours[said],
        note="" if said == true else f"true: {evaluation.classes[true]}",
        mark="right" if said == true else "wrong",
    )
