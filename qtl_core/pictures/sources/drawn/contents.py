"""Contents of the drawn set: its version, classes, numbers of pictures and their names."""

from __future__ import annotations

from collections.abc import Iterator

from qtl_core.pictures.sources.dataset import Split

VERSION = 1  # part of every picture's seed and of the folder's name: raise it whenever a picture would look different
CLASSES = ("ants", "bees")
COUNTS: dict[Split, dict[str, int]] = {  # those of the real photos, less the GIF among them
    "train": {"ants": 123, "bees": 121},
    "val": {"ants": 70, "bees": 83},
}


def all_pictures() -> Iterator[tuple[Split, str, int]]:
    """Yields (split, class name, number) of every picture, in the set's order."""
    for split, counts in COUNTS.items():
        for class_name, count in counts.items():
            yield from ((split, class_name, number) for number in range(count))


def file_name(split: Split, class_name: str, number: int) -> str:
    """Returns where a picture is kept inside the set's folder."""
    return f"{split}/{class_name}/{number:03d}.jpg"
