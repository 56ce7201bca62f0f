"""Data sets for tests, made in the test's home: small pictures, all different, easy to tell apart or mere noise."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.records import DatasetRecord

SHAPES = ("circle", "stripes", "cross")


def picture(shape: int, number: int, size: int = 96) -> bytes:
    """Returns a JPEG of a circle, stripes or a cross, in another place and colour for every number."""
    rng = np.random.default_rng(1000 * shape + number)
    ground = tuple(int(each) for each in rng.integers(150, 255, 3))
    ink = tuple(int(each) for each in rng.integers(0, 110, 3))
    image = Image.new("RGB", (size, size), ground)
    pen, (x, y) = ImageDraw.Draw(image), rng.integers(20, size - 20, 2).tolist()
    if shape == 0:
        pen.ellipse((x - 18, y - 18, x + 18, y + 18), fill=ink)
    elif shape == 1:
        for line in range(int(rng.integers(0, 8)), size, 10):
            pen.line((0, line, size, line), fill=ink, width=4)
    else:
        pen.line((x - 20, y - 20, x + 20, y + 20), fill=ink, width=7)
        pen.line((x - 20, y + 20, x + 20, y - 20), fill=ink, width=7)
    content = io.BytesIO()
    image.save(content, "JPEG", quality=90)
    return content.getvalue()


def made_set(*counts: int, name: str = "Shapes", owner: str = "") -> DatasetRecord:
    """Makes a set with a class for each count, which holds so many pictures."""
    record = create(name, SHAPES[: len(counts)], owner=owner)
    for shape, (klass, count) in enumerate(zip(record.classes, counts, strict=True)):
        files = [Incoming(klass.id, picture(shape, number), f"{klass.name}_{number}.jpg") for number in range(count)]
        assert all(added.picture for added in add_many(record.id, files))
    return find(record.id)


def noise_picture(seed: int = 0, size: tuple[int, int] = (24, 16), kind: str = "PNG") -> bytes:
    """A picture of noise as a file; another seed is another picture."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


def noise_set(name: str = "pets", classes: tuple[str, ...] = ("cats", "dogs"), each: int = 6) -> DatasetRecord:
    """A set with so many pictures in each class, none of a group."""
    made = create(name, classes)
    incoming = [
        Incoming(found.id, noise_picture(1000 * found.id + number), f"{found.name}{number}.png")
        for found in made.classes
        for number in range(each)
    ]
    assert not [added.reason for added in add_many(made.id, incoming) if added.reason]
    return find(made.id)
