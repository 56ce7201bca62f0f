"""Thumbnails of a set's pictures on a page: the browser asks the server for each, and keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qtl_core.pictures.datasets.latest import LatestPicture


def thumbnails_address(set_id: str) -> str:
    """Returns where a set's thumbnails are, as seen from any page of the app; `<SHA-256>.jpg` follows."""
    return f"own/{set_id}/thumbnails/"


def strip_of(set_id: str, pictures: Sequence[LatestPicture], empty: str) -> str:
    """Returns a strip of pictures as HTML, styled by the page's sheet: as many as fit, two rows at most.

    Args:
        set_id: The set that they are of.
        pictures: What is shown, the first ones first.
        empty: What is said where there is none.
    """
    base = thumbnails_address(set_id)
    images = "".join(
        f'<img src="{base}{picture.sha256}.jpg" alt="{escape(picture.name)}" loading="lazy" decoding="async">'
        for picture in pictures
    )
    inside = images or f"<span>{escape(empty)}</span>"
    return f'<div class="strip{"" if images else " none"}">{inside}</div>'
