"""A confusion matrix as a PNG on paper: true classes as rows, answers as columns, darker where a share is larger."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from qtl_core.drawing.charts.scene import shortened
from qtl_core.drawing.font import font_of
from qtl_core.drawing.palette import INK, PAPER

CELL, LEFT, TOP, FONT = 96, 220, 90, 24  # pixels
LONGEST = 15  # letters of a class name, which LEFT has room for
SHADE = (59, 111, 212)
ROWS_ARE = "Rows: true classes. Columns: answers."


def confusion_png(counts: np.ndarray, classes: Sequence[str]) -> bytes:
    """Returns the picture.

    Args:
        counts: Shape (classes, classes): how many of each class (row) were taken for which (column).
        classes: Class names.
    """
    side = CELL * len(classes)
    image = Image.new("RGB", (max(LEFT + side + 20, 480), TOP + side + 20), PAPER)
    draw, font = ImageDraw.Draw(image), font_of(FONT)
    draw.text((20, 14), ROWS_ARE, INK, font)
    for at, name in enumerate(shortened(each, LONGEST) for each in classes):
        draw.text((LEFT - 12, TOP + CELL * (at + 0.5)), name, INK, font, anchor="rm")
        draw.text((LEFT + CELL * (at + 0.5), TOP - 10), shortened(name, LONGEST // 2), INK, font, anchor="mb")
    for (row, column), count in np.ndenumerate(counts):
        place = LEFT + CELL * column, TOP + CELL * row
        share = float(count) / max(float(counts[row].sum()), 1.0)
        draw.rectangle((*place, place[0] + CELL - 2, place[1] + CELL - 2), _shade(share))
        draw.text((place[0] + CELL / 2, place[1] + CELL / 2), f"{count:,}", INK, font, anchor="mm")
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _shade(share: float) -> tuple[int, ...]:
    """Returns white where nothing is, and at most a blue on which dark figures can be read."""
    return tuple(round(255 - 0.6 * share * (255 - each)) for each in SHADE)
