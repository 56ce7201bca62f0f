"""Small data sets made in the app, of noise: every picture another one."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.records import DatasetRecord


def picture_bytes(seed: int = 0, size: tuple[int, int] = (24, 16), kind: str = "PNG") -> bytes:
    """A picture of noise as a file; another seed is another picture."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


def made_set(name: str = "pets", classes: tuple[str, ...] = ("cats", "dogs"), each: int = 6) -> DatasetRecord:
    """A set with so many pictures in each class, none of a group."""
    made = create(name, classes)
    incoming = [
        Incoming(found.id, picture_bytes(1000 * found.id + number), f"{found.name}{number}.png")
        for found in made.classes
        for number in range(each)
    ]
    assert not [added.reason for added in add_many(made.id, incoming) if added.reason]
    return find(made.id)
