"""Measures a large data set made in the app: `python -m benchmarks.own_sets [--pictures 5000] [--classes 20]`.

Makes small pictures of noise, adds them all at once and then one by one, and prints the seconds of what pages and
training ask for: listing, reading, counting, editing and taking back, freezing a version, loading it.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from benchmarks.clock import seconds_of
from benchmarks.homes import home
from qtl_core.pictures.datasets import editing
from qtl_core.pictures.datasets.adding import Incoming, add_many, add_picture
from qtl_core.pictures.datasets.creating import create, find, list_datasets
from qtl_core.pictures.datasets.reading import counts, pictures_of, records_of
from qtl_core.pictures.datasets.versions import check_can_train, freeze, load_version

SINGLE = 50  # pictures that come one by one, as from a browser


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=5_000)
    parser.add_argument("--classes", type=int, default=20)
    asked = parser.parse_args()
    with home():
        print(json.dumps(measured(asked.pictures, asked.classes), indent=1))


def measured(pictures: int, classes: int) -> dict[str, float]:
    """Returns seconds by what was done."""
    made = create("large", [f"class {number:02}" for number in range(classes)])
    found = {"add all": seconds_of(lambda: add_many(made.id, incoming(pictures, classes)))}

    def one_by_one() -> None:
        for number in range(SINGLE):
            add_picture(made.id, 1, picture(pictures + number), f"{number}.jpg", group="burst 1")

    found["add one"] = seconds_of(one_by_one) / SINGLE
    some = [each.id for each in pictures_of(made.id)][:1000]
    works: dict[str, Callable[[], object]] = {
        "list sets": list_datasets,
        "find": lambda: find(made.id),
        "read some records": lambda: records_of(made.id, some[:1]),
        "move 1,000": lambda: editing.move(made.id, some, 2),
        "read all after a change": lambda: pictures_of(made.id),
        "read all again": lambda: pictures_of(made.id),
        "counts": lambda: counts(made.id),
        "undo": lambda: editing.undo(made.id),
        "can it be trained on": lambda: check_can_train(made.id),
        "freeze": lambda: freeze(made.id),
        "freeze again": lambda: freeze(made.id),
        "load, comparing for the first time": lambda: load_version(made.id, 1),
        "load again": lambda: load_version(made.id, 1),
    }
    return {name: round(seconds, 4) for name, seconds in (found | {n: seconds_of(w) for n, w in works.items()}).items()}


def incoming(pictures: int, classes: int) -> Iterator[Incoming]:
    """Yields pictures for all classes in turn."""
    for number in range(pictures):
        yield Incoming(1 + number % classes, picture(number), f"{number}.jpg")


def picture(seed: int) -> bytes:
    """Returns a small photo-like JPEG; another seed is another one."""
    small = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(small).resize((320, 240), Image.Resampling.BICUBIC).save(stream, "JPEG", quality=85)
    return stream.getvalue()


if __name__ == "__main__":
    main()
