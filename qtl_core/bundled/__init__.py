"""A small trained head that comes with the app, so that pictures can be asked about before anything is trained.

`run.json` and `arrays.npz` have the format of a kept run (`qtl_core.runs`). They are written by
`python -m tools.train_bundled_head`, which is the record of how it was trained.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from qtl_core import runs
from qtl_core.training.view import RunView

FOLDER = Path(__file__).parent
RUN_ID = "bundled"
PHOTOS_RIGHT, PHOTOS = 143, 153  # of the real validation photos, none of which it learnt from; a test counts them again
JPEG_QUALITY = 90  # that of the drawn set on disk


@cache
def bundled_run() -> RunView:
    """Returns the run, whose validation files are names inside the drawn set: `val/ants/000.jpg`."""
    return runs.read_run(FOLDER, RUN_ID)


def drawn_example(name: str) -> bytes:
    """Draws a picture of the drawn set, which need not be on disk, by its name inside the set; returns a JPEG."""
    from qtl_core.datasets.drawn import draw_picture

    split, class_name, file = name.split("/")
    jpeg = io.BytesIO()
    draw_picture(split, class_name, int(Path(file).stem)).save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return jpeg.getvalue()
