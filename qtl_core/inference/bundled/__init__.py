"""A small trained head that comes with the app, so that pictures can be asked about before anything is trained.

`run.json` and `arrays.npz` have the format of `qtl_core.runs.store.legacy`, written by `python -m
tools.train_bundled_head`; `reference.npz` is what `qtl_core.evaluation.ood` compares pictures with, written by
`python -m tools.make_bundled_reference`. The two tools are the record of how they were made.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np

from qtl_core.evaluation.ood import OodReference
from qtl_core.pictures.sources.dataset import Split
from qtl_core.runs.store import legacy
from qtl_core.runs.view import TrainedRun

FOLDER = Path(__file__).parent
RUN_ID = "bundled"
TITLE = "Ants or bees?"  # what it is called where people meet it outside the app
PHOTOS_RIGHT, PHOTOS = 145, 153  # of the real validation photos, none of which it learnt from; a test counts them again
HELD_OUT = "real photos of ants and bees, none of which it learnt from"
TRAINED_ON = "drawings of ants and bees"
JPEG_QUALITY = 90  # that of the drawn set on disk


@cache
def bundled_run() -> TrainedRun:
    """Returns the run, whose validation files are names inside the drawn set: `val/ants/000.jpg`."""
    return legacy.read_run(FOLDER, RUN_ID)


@cache
def bundled_reference() -> OodReference:
    """Returns what pictures are compared with: its training drawings, and how far real photos are from those.

    The held-out pictures are the public set's 244 real training photos, none of which it learnt from: measured by
    drawings alone, nearly every photo of an ant would pass for something else. Only their distances are kept. The
    drawings' directions are kept as their first singular vectors, which tell the same within a hundredth or two.
    """
    with np.load(FOLDER / "reference.npz", allow_pickle=False) as kept:
        training = kept["amounts"].astype(np.float32) @ kept["vectors"].astype(np.float32)
        return OodReference(training, kept["held_out"].astype(np.float64), HELD_OUT, TRAINED_ON)


@cache
def photo_distances() -> np.ndarray:
    """Returns how far the same photos are from the whole directions of the drawings, ascending, shape (photos,).

    They hold for every run that learnt from the drawn set through the image network of the bundled head: what it is
    asked about is more often a photo than a drawing, and its own held-out drawings would make a limit that four in
    five real ants and bees exceed (`qtl_core.inference.false_alarms`).
    """
    with np.load(FOLDER / "reference.npz", allow_pickle=False) as kept:
        return kept["photo_distances"].astype(np.float64)


def drawn_example(name: str) -> bytes:
    """Draws a picture of the drawn set, which need not be on disk, by its name inside the set; returns a JPEG."""
    from qtl_core.pictures.sources.drawn import draw_picture

    part, class_name, file = name.split("/")
    split: Split = "train" if part == "train" else "val"
    jpeg = io.BytesIO()
    draw_picture(split, class_name, int(Path(file).stem)).save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return jpeg.getvalue()
