"""Pictures on a page: small square copies in a grid, each with a line below; what cannot be shown says so.

The grid is HTML of our own: it keeps its columns on a telephone, holds a mark and a caption on every tile, and does
not jump while a run goes on. Names of classes and files come from a person's folders, so every one is escaped.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Literal

import numpy as np
import streamlit as st

from qtl_core.common.errors import Unavailable, UserError
from qtl_core.common.paths import is_readable_file
from qtl_core.tables.numbers import is_row_name
from ui.base.assets import jpeg_address, stylesheet
from ui.base.theme import WRONG

EDGE = 208  # pixels: a tile is at most 190 wide on screen, and a telephone's are half that at twice the density
CACHE_SIZE = 3_000  # small copies of about 9 KB: every picture of some data sets, 30 MB at most
QUALITY = 80
JOINER = "&#8288;"  # keeps a long file name from leaving the dot alone on its line


Mark = Literal["", "right", "wrong"]


@dataclass(frozen=True)
class Tile:
    """One picture and what stands below it.

    Attributes:
        path: The file.
        caption: The line below, plain text.
        note: A second line, plain text; "" for none.
        colour: Colour of the caption's dot: that of a class.
        mark: Whether a prediction was right or wrong, or "" where nothing was predicted.
        small: The small copy, a square JPEG, where `path` is but a name.
    """

    path: str
    caption: str
    colour: str
    note: str = ""
    mark: Mark = ""
    small: bytes | None = field(default=None, repr=False)


def show_tiles(tiles: Sequence[Tile], *, drawn: bool) -> None:
    """Shows pictures in a grid; `drawn` labels every one of them as drawn by the app."""
    body = "".join(_figure(tile, drawn) for tile in tiles)
    st.html(f'{stylesheet(__file__)}<div class="tiles" style="--wrong: {WRONG}"><div>{body}</div></div>')


def thumbnail(path: str) -> bytes | Unavailable:
    """Returns a small square JPEG of the picture's middle, or the word that says why there is none."""
    if not is_readable_file(path):
        return Unavailable("missing")
    try:
        status = Path(path).stat()
    except OSError:  # gone just now
        return Unavailable("missing")
    return _thumbnail(path, status.st_mtime_ns, status.st_size)


def small_copy(pixels: np.ndarray) -> bytes:
    """Returns a JPEG of square pixels, uint8 (side, side, 3)."""
    from PIL import Image

    small = io.BytesIO()
    Image.fromarray(pixels).save(small, "JPEG", quality=QUALITY)
    return small.getvalue()


@st.cache_data(max_entries=CACHE_SIZE, show_spinner=False)
def _thumbnail(path: str, mtime_ns: int, size: int) -> bytes | Unavailable:
    """The two numbers are part of the cache's key: a file that has changed is read again."""
    from PIL import ImageOps

    from qtl_core.pictures.decoding.open_picture import open_picture

    try:
        picture = open_picture(Path(path))
    except UserError:
        return Unavailable("cannot be read")
    small = io.BytesIO()
    ImageOps.fit(picture, (EDGE, EDGE)).save(small, "JPEG", quality=QUALITY)
    return small.getvalue()


def _figure(tile: Tile, drawn: bool) -> str:
    name = Path(tile.path).name
    said = " · ".join(part for part in (tile.caption, tile.note) if part)
    tag = '<span class="drawn">drawn</span>' if drawn else ""
    sign = {"right": "✓ ", "wrong": '<b class="sign">✗</b> ', "": ""}[tile.mark]
    note = f"<br>{escape(tile.note)}" if tile.note else ""
    caption = f'{sign}<i style="color:{tile.colour}">●</i>{JOINER}{escape(tile.caption)}{note}'
    return (
        f'<figure class="{tile.mark}" title="{escape(f"{name}: {said}")}">{_image(tile, name)}{tag}'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _image(tile: Tile, name: str) -> str:
    if is_row_name(tile.path):
        kind, _, number = tile.path.replace("/", " ").partition(" ")
        return f'<div class="row"><span>{"point" if kind != "row" else kind}<b>{number}</b></span></div>'
    small = tile.small or thumbnail(tile.path)
    if isinstance(small, Unavailable):
        return f'<div class="lost"><span>{small.why}</span></div>'
    return f'<img src="{jpeg_address(small)}" alt="{escape(name)}" decoding="async">'
