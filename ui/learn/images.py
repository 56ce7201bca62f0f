"""A drawing, and what a small circuit makes of it."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from qtl_core.learn.images import Filtered, filtered
from ui.learn.widgets import again, choice, whole

TOPIC = "images"
WIDTH = 104  # pixels: three fit side by side on a phone


def show() -> None:
    """Shows the choices and the pictures."""
    left, right = st.columns(2)
    with left:
        class_name = choice(TOPIC, "class", "Drawing", {"ants": "an ant", "bees": "a bee"}, "Drawn by this app.")
    with right:
        depth = whole(TOPIC, "depth", "Layers of the circuit", 1, "None leaves every pixel to itself.", 0, 4)
    found = filtered(class_name, 3, depth, again(TOPIC, "Another circuit", "Other random angles."))
    captions = [f"Qubit {wire}: {share:.0%} linear" for wire, share in enumerate(found.linear_shares)]
    st.image([_picture(found.picture), *map(_picture, _stretched(found))], ["The drawing", *captions], width=WIDTH)
    st.caption(words(found))


def words(found: Filtered) -> str:
    """Says how much of it is new."""
    runs = found.channels[0].size
    return (
        f"{runs:,} runs of the circuit made four pictures. A weighted sum of the four pixels gives "
        f"{found.linear_shares.min():.0%} to {found.linear_shares.max():.0%} of what varies in them."
    )


def _stretched(found: Filtered) -> np.ndarray:
    """Every channel from black to white over what it has."""
    low, high = (edge(found.channels, axis=(1, 2), keepdims=True) for edge in (np.min, np.max))
    return (found.channels - low) / np.maximum(high - low, 1e-9)


def _picture(values: np.ndarray) -> Image.Image:
    """Pixels drawn large, with a gap to the next picture."""
    side = 2 * WIDTH - 12
    canvas = Image.new("LA", (2 * WIDTH, 2 * WIDTH))
    canvas.paste(Image.fromarray((255 * values).astype(np.uint8)).resize((side, side), Image.Resampling.NEAREST))
    return canvas
