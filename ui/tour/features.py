"""The second stop: what a network that learnt from other pictures already knows."""

from __future__ import annotations

import numpy as np
import streamlit as st

from qtl_core.explain.forward_pass import PictureTrace
from ui.base.theme import EMBEDDING, class_colour
from ui.learn.widgets import chart
from ui.session import keys
from ui.tour.followed_pictures import with_pictures
from ui.widgets.pictures import Tile, show_tiles

TITLE = "What a ready-made network knows"
TASK = "Choose a picture: which other one is most like it, by the network alone?"
TEXT = (
    "A network that has seen 1.3 million photos has learnt to notice edges, fur, legs, petals. It is used here "
    "as it is: **frozen**, nothing in it is changed. It turns every picture into a list of numbers, its "
    "**features**.\n\n"
    "Pictures of the same kind get similar lists, though nobody told this network what the task would be; it does know "
    "both kinds, as ants and bees are two of the thousand it learnt to name. That is why so few examples are enough. "
    "Using what was learnt for one task on another is called **transfer learning**, and most of the success of this "
    "app is owed to it."
)
PAGE = ("pages/predict.py", "See the features of your own picture")
SHOWN = 160  # of the features as bars; all are counted in the likeness


def show() -> None:
    """Shows one picture's features, and which other picture is nearest by them."""
    with_pictures(_show)


def likeness(traces: tuple[PictureTrace, ...]) -> np.ndarray:
    """Returns the cosine between the features of every two pictures, shape (pictures, pictures)."""
    features = np.stack([trace.explanation.features for trace in traces]).astype(float)
    features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    return features @ features.T


def nearest(traces: tuple[PictureTrace, ...]) -> np.ndarray:
    """Returns which other picture is most alike, for every picture."""
    found = likeness(traces)
    np.fill_diagonal(found, -np.inf)
    return found.argmax(axis=1)


def _show(traces: tuple[PictureTrace, ...]) -> None:
    chosen = st.pills(
        "Picture",
        range(1, len(traces) + 1),
        default=1,
        key=keys.TOUR_PICTURE,
        required=True,
        persist_state="session",
        help="Choose another picture, to see its features.",
    )
    at = (chosen or 1) - 1
    other = int(nearest(traces)[at])
    tiles = [_tile(traces[at], "this picture"), _tile(traces[other], f"most alike: {likeness(traces)[at, other]:.2f}")]
    pictures, bars = st.columns([2, 3])
    with pictures:
        show_tiles(tiles, drawn=traces[at].picture.drawn)
    with bars:
        _show_bars(traces[at])
    st.caption(words(traces))


def words(traces: tuple[PictureTrace, ...]) -> str:
    """Says how often the most similar picture is of the same kind."""
    same = sum(
        trace.picture.truth == traces[other].picture.truth for trace, other in zip(traces, nearest(traces), strict=True)
    )
    return (
        f"The first {SHOWN} of its {len(traces[0].explanation.features):,} features. Likeness is 1 for equal lists of "
        f"features. By features alone, {same} of these {len(traces)} pictures are most like one of their own kind."
    )


def _show_bars(trace: PictureTrace) -> None:
    bars = {
        "type": "bar",
        "y": trace.explanation.features[:SHOWN],
        "marker": {"color": EMBEDDING},
        "hovertemplate": "%{y:.2f}",
    }
    chart("tour", "features", [bars], 200, bargap=0, xaxis={"title": "Feature"}, yaxis={"title": "How much of it"})


def _tile(trace: PictureTrace, note: str) -> Tile:
    truth, classes = trace.picture.truth, trace.explanation.classes
    colour = class_colour(classes.index(truth)) if truth in classes else "currentColor"
    return Tile(trace.picture.file, truth, colour, note=note, small=trace.jpeg)
