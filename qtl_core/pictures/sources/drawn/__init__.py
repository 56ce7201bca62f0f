"""The drawn ants-and-bees set: 397 pictures made by this project, for when the real photos are not there.

From small to large: dice (seeded chance), palette and coats (colours), texture and brush (how to paint), grounds,
plants and flowers (what is painted), scene (a background), anatomy, wings, ant and bee (the animals), plan, placing and
compose (one picture), contents (what the set consists of), store (the set on disk).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtl_core.pictures.sources.drawn.contents import COUNTS, VERSION
from qtl_core.pictures.sources.drawn.store import load_drawn

if TYPE_CHECKING:
    from PIL import Image

    from qtl_core.pictures.sources.dataset import Split

__all__ = ["COUNTS", "VERSION", "draw_picture", "load_drawn"]


def draw_picture(split: Split, class_name: str, number: int) -> Image.Image:
    """Draws one picture, 320 x 240 RGB; see `compose.draw_picture` (imported here only when something is drawn)."""
    from qtl_core.pictures.sources.drawn import compose

    return compose.draw_picture(split, class_name, number)
