"""The font of PNGs: DejaVu Sans, with Latin, Greek, Cyrillic, Arabic and mathematical signs; Pillow's own has English.

An SVG names no font of ours: the program that shows it has its own.
"""

from __future__ import annotations

from pathlib import Path

from PIL import ImageFont

FILE = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"  # 2.35, unchanged, as matplotlib has it
SHARE = 0.92  # of the size that is asked for: it is wider than the fonts that scenes leave room for


def font_of(size: float) -> ImageFont.FreeTypeFont:
    """Returns the font that takes as much room as others do at this size, in pixels."""
    return ImageFont.truetype(FILE, SHARE * size)
