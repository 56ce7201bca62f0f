"""How long finding copies takes, and how far from a false alarm it is: `python -m benchmarks.copies FOLDER`.

Prints the seconds of reading a folder for the first time and again, of comparing 2,000 and 20,000 pictures, and the
difference of the two nearest pictures that are no copies, in parts of their contrast (`copies.NEAR` is the limit).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from qtl_core.callbacks import never_stop
from qtl_core.datasets.copies import NEAR, groups_of
from qtl_core.datasets.folder import read_folder
from qtl_core.datasets.looks import SIDE, Look, contrast_of, looks_of


def main() -> None:
    """Measures and prints."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as home:
        os.environ["QTL_HOME"] = home
        for which in ("first", "again"):
            began = time.perf_counter()
            dataset = read_folder(folder)
            print(f"{which}: {time.perf_counter() - began:.2f} s, {len(dataset.copies)} copies")
        looks = [look for look in looks_of([each.path for each in (*dataset.train, *dataset.val)], never_stop) if look]
    print(f"{len(looks)} pictures, nearest two {nearest(looks):.3f}, limit {NEAR}")
    for count in (2_000, 20_000):
        made = np.random.default_rng(0).integers(0, 256, (count, SIDE**2 * 3), dtype=np.uint8)
        began = time.perf_counter()
        groups_of([Look(str(number), points.tobytes()) for number, points in enumerate(made)])
        print(f"comparing {count:,}: {time.perf_counter() - began:.2f} s")


def nearest(looks: list[Look]) -> float:
    """Returns the least difference of two pictures of other bytes, in parts of the lesser contrast."""
    points = np.array([np.frombuffer(look.points, np.uint8) for look in looks], dtype=np.float64)
    contrasts, least = contrast_of(points), np.inf
    for at in range(1, len(points)):
        differ = np.sqrt(np.mean((points[:at] - points[at]) ** 2, axis=1))
        least = min(least, (differ / np.minimum(contrasts[:at], contrasts[at])).min())
    return float(least)


if __name__ == "__main__":
    main()
