"""Measures how long finding copies takes, and how far it is from a false alarm: `python -m benchmarks.copies FOLDER`.

Prints the seconds of reading a folder for the first time and again, and of comparing 2,000 and 20,000 pictures; and, in
parts of their contrast (`duplicates.MAX_DIFFERENCE` is the limit), the difference of the two nearest pictures that are
no copies, and of pictures from themselves when they are saved in other ways.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from qtl_core.common.progress import never_stop
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.sources.duplicates import MAX_DIFFERENCE, groups_of
from qtl_core.pictures.sources.folder import read_folder
from qtl_core.pictures.sources.perceptual_hash import SIDE, PerceptualHash, contrast_of, perceptual_hashes

POOR: dict[str, Any] = {"format": "JPEG", "quality": 30}
WAYS: dict[str, tuple[int, dict[str, Any]]] = {  # how much smaller, and how it is saved
    "JPEG at quality 30": (1, POOR),
    "a quarter of the width": (4, {"format": "JPEG", "quality": 90}),
    "WebP": (1, {"format": "WEBP", "quality": 80}),
    "a quarter of the width at quality 30": (4, POOR),
}


def main() -> None:
    """Measures and prints."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as home:
        os.environ["QTL_HOME"] = home
        for which in ("first", "again"):
            began = time.perf_counter()
            dataset = read_folder(folder)
            print(f"{which}: {time.perf_counter() - began:.2f} s, {len(dataset.copies)} copies")
        looks = [
            look
            for look in perceptual_hashes([each.path for each in (*dataset.train, *dataset.val)], never_stop)
            if look
        ]
    print(f"{len(looks)} pictures, nearest two {nearest(looks):.3f}, limit {MAX_DIFFERENCE}")
    for name, found in changed([each.path for each in (*dataset.train, *dataset.val)]).items():
        print(f"{name}: {np.median(found):.2f} at the median, {max(found):.2f} at most")
    for count in (2_000, 20_000):
        made = np.random.default_rng(0).integers(0, 256, (count, SIDE**2 * 3), dtype=np.uint8)
        began = time.perf_counter()
        groups_of([PerceptualHash(str(number), points.tobytes()) for number, points in enumerate(made)])
        print(f"comparing {count:,}: {time.perf_counter() - began:.2f} s")


def nearest(looks: list[PerceptualHash]) -> float:
    """Returns the least difference of two pictures of other bytes, in parts of the lesser contrast."""
    points = np.array([np.frombuffer(look.points, np.uint8) for look in looks], dtype=np.float64)
    contrasts, least = contrast_of(points), np.inf
    for at in range(1, len(points)):
        differ = np.sqrt(np.mean((points[:at] - points[at]) ** 2, axis=1))
        least = min(least, (differ / np.minimum(contrasts[:at], contrasts[at])).min())
    return float(least)


def changed(files: list[Path]) -> dict[str, list[float]]:
    """Returns by how much pictures differ from themselves saved in other ways, by the way."""
    differences: dict[str, list[float]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        for file in files:
            picture = open_picture(file)
            for name, (smaller, options) in WAYS.items():
                picture.resize((picture.width // smaller or 1, picture.height // smaller or 1)).save(copy, **options)
                differences[name].append(nearest(list(perceptual_hashes([file, copy], never_stop))))
    return differences


if __name__ == "__main__":
    main()
