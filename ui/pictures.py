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

from qtl_core.errors import UserError
from qtl_core.paths import is_readable_file
from ui.packing import jpeg_address
from ui.theme import WRONG

EDGE = 208  # pixels: a tile is at most 190 wide on screen, and a telephone's are half that at twice the density
KEPT = 3_000  # small copies of about 9 KB: every picture of some data sets, 30 MB at most
QUALITY = 80
JOINER = "&#8288;"  # keeps a long file name from leaving the dot alone on its line

_STYLE = f"""<style>
.tiles {{ container-type: inline-size; }}
.tiles > div {{ display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 0.75rem 0.6rem; }}
@container (max-width: 46rem) {{ .tiles > div {{ grid-template-columns: repeat(4, minmax(0, 1fr)); }} }}
@container (max-width: 28rem) {{ .tiles > div {{ grid-template-columns: repeat(3, minmax(0, 1fr)); }} }}
.tiles figure {{ margin: 0; position: relative; min-width: 0; }}
.tiles img, .tiles .lost {{ width: 100%; aspect-ratio: 1; border-radius: 0.4rem; display: block; }}
.tiles .lost {{ border: 1px dashed currentColor; display: grid; place-items: center; text-align: center; opacity: 0.75;
  font-size: 0.8rem; background: linear-gradient(to top right, transparent 49.5%, currentColor 50%, transparent 50.5%);
}}
.tiles .lost span {{ background: var(--studio-paper, Canvas); padding: 0 0.3rem; }}
.tiles .wrong img, .tiles .wrong .lost {{ outline: 3px solid {WRONG}; outline-offset: -3px; }}
.tiles figcaption {{ font-size: 0.82rem; line-height: 1.3; margin-top: 0.25rem; overflow-wrap: anywhere; }}
.tiles i {{ font-style: normal; margin-right: 0.25em; }}
.tiles .drawn {{ position: absolute; top: 0.3rem; left: 0.3rem; font-size: 0.68rem; line-height: 1; color: #20242E;
  background: #FAF8F4; padding: 0.2rem 0.35rem; border-radius: 0.3rem; }}
.tiles b.sign {{ color: {WRONG}; margin-right: 0.15em; }}
</style>"""


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
    mark: Literal["", "right", "wrong"] = ""
    small: bytes | None = field(default=None, repr=False)


def show_tiles(tiles: Sequence[Tile], *, drawn: bool) -> None:
    """Shows pictures in a grid; `drawn` labels every one of them as drawn by the app."""
    body = "".join(_figure(tile, drawn) for tile in tiles)
    st.html(f'{_STYLE}<div class="tiles"><div>{body}</div></div>')


def thumbnail(path: str) -> bytes | str:
    """Returns a small square JPEG of the picture's middle, or the word that says why there is none."""
    if not is_readable_file(path):
        return "missing"
    try:
        status = Path(path).stat()
    except OSError:  # gone just now
        return "missing"
    return _thumbnail(path, status.st_mtime_ns, status.st_size)


def small_copy(pixels: np.ndarray) -> bytes:
    """Returns a JPEG of square pixels, uint8 (side, side, 3)."""
    from PIL import Image

    small = io.BytesIO()
    Image.fromarray(pixels).save(small, "JPEG", quality=QUALITY)
    return small.getvalue()


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _thumbnail(path: str, mtime_ns: int, size: int) -> bytes | str:
    """The two numbers are part of the cache's key: a file that has changed is read again."""
    from PIL import ImageOps

    from qtl_core.datasets.decode import open_picture

    try:
        picture = open_picture(Path(path))
    except UserError:
        return "cannot be read"
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
    small = tile.small or thumbnail(tile.path)
    if isinstance(small, str):
        return f'<div class="lost"><span>{small}</span></div>'
    return f'<img src="{jpeg_address(small)}" alt="{escape(name)}" decoding="async">'
