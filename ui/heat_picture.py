"""A picture and its heat map as HTML of our own: side by side also on a phone, and described in words."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from qtl_core.heatmap import ramp_colours
from ui.packing import jpeg_address
from ui.scripts import stylesheet

EDGE = 320  # pixels of a picture's side on a wide screen: the network is given 224


@dataclass(frozen=True)
class Shown:
    """A picture to show: its pixels, uint8 (side, side, 3), and what it is, in plain text."""

    pixels: np.ndarray
    words: str


def show_pictures(pictures: Sequence[Shown], *, scale: bool) -> None:
    """Shows pictures side by side, and below them what the colours of a map mean if `scale` says so."""
    body = "".join(map(_figure, pictures))
    columns = f"grid-template-columns: repeat({len(pictures)}, minmax(0, 1fr))"
    width = f"max-width: {EDGE * len(pictures)}px"
    below = f'<div class="heat-scale" style="{width}">not at all<i style="{_ramp()}"></i>most</div>' if scale else ""
    st.html(f'{stylesheet("heat_picture")}<div class="heat" style="{columns}; {width}">{body}</div>{below}')


def _figure(shown: Shown) -> str:
    words = escape(shown.words)
    return f'<figure><img src="{_address(shown.pixels)}" alt="{words}"><figcaption>{words}</figcaption></figure>'


def _address(pixels: np.ndarray) -> str:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return jpeg_address(file.getvalue())


def _ramp() -> str:
    stops = (f"rgb({red:.0f},{green:.0f},{blue:.0f})" for red, green, blue in ramp_colours(np.linspace(0, 1, 9)))
    return f"background: linear-gradient(to right, {', '.join(stops)})"
