"""The pictures of a finding beside each other, each with its name and the part it is in."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from qtl_core.common.errors import Unavailable
from qtl_core.pictures.findings.finding import PART_WORDS, CheckedPicture
from ui.base.assets import jpeg_address, stylesheet
from ui.data.class_balance import COLOURS
from ui.widgets.pictures import thumbnail

MOST_SHOWN = 8  # of a burst; the others are counted


def show_finding_pictures(pictures: Sequence[CheckedPicture]) -> None:
    """Shows the first few pictures of a finding; nothing where it has none."""
    if not pictures:
        return
    figures = "".join(map(_figure, pictures[:MOST_SHOWN]))
    more = f'<span class="more">and {len(pictures) - MOST_SHOWN:,} more</span>' if len(pictures) > MOST_SHOWN else ""
    st.html(f'{stylesheet(__file__)}<div class="finding">{figures}{more}</div>', width="content")


def _figure(picture: CheckedPicture) -> str:
    small = thumbnail(str(picture.path))
    if isinstance(small, Unavailable):
        image = f'<span class="lost">{escape(small.why)}</span>'
    else:
        image = f'<img src="{jpeg_address(small)}" alt="{escape(picture.name)}" decoding="async">'
    part = f'<i style="background:{COLOURS[picture.part]}"></i>{PART_WORDS[picture.part]}'
    name = escape(picture.name)
    return f'<figure title="{name}">{image}<figcaption>{name}<br>{part}</figcaption></figure>'
