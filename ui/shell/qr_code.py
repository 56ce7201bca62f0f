"""QR codes of links, as pictures that a page can show."""

from __future__ import annotations

import segno

LONGEST = 1_000  # characters: more make squares too small for a phone's camera across a room


def qr_code(link: str) -> str:
    """Returns a link's QR code as the address of an SVG picture (`data:`); "" where the link is too long for one.

    It is dark on white, with its margin, whatever the page's colours are: not every camera reads it otherwise.
    """
    if len(link) > LONGEST:
        return ""
    return segno.make(link, error="m", micro=False).svg_data_uri(scale=8, border=4, dark="#000", light="#fff")
