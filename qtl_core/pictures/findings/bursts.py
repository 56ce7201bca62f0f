"""Bursts that came as files: pictures taken one right after the other, told by their names and by how alike they look.

A burst's pictures are all but the same one. Divided into training and validation, the network is checked with what it
has as good as seen. A camera names its pictures by a number or the time, so those of a burst follow each other; neither
that nor looking alike says enough by itself, both together do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from qtl_core.pictures.findings.near_duplicates import correlations, points_of
from qtl_core.pictures.sources.perceptual_hash import PerceptualHash

ALIKE = 0.75  # correlation of a picture with the one before it in a burst
NEXT = 3  # places in the order of names between two pictures that follow each other: some frames may be gone
FEWEST = 3  # pictures; two that look alike are near duplicates or chance
MOST_APART = 10  # between the numbers in two names that follow each other; of times, a second has 1,000 or 1


def natural_order(name: str) -> tuple[tuple[int, int | str], ...]:
    """Returns a key by which names are in the order of the numbers in them: "b2" before "b10"."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def follow_each_other(one: str, other: str) -> bool:
    """Returns whether two file names differ by a number alone, by a little: "IMG_0012.jpg" and "IMG_0014.jpg".

    The last number of a time ("20240501_101530") is taken apart like any other; numbers of many digits may be times
    in milliseconds, which go on by up to some thousands.
    """
    first, second = natural_order(PurePath(one).stem), natural_order(PurePath(other).stem)
    if len(first) != len(second):
        return False
    differ = [(left, right) for left, right in zip(first, second, strict=True) if left != right]
    if len(differ) != 1:
        return not differ
    (left_kind, left), (right_kind, right) = differ[0]
    if left_kind or right_kind or not isinstance(left, int) or not isinstance(right, int):
        return False
    return abs(left - right) <= (MOST_APART if max(left, right) < 10**8 else 2_000)


def find_bursts(names: Sequence[str], labels: Sequence[int], looks: Sequence[PerceptualHash | None]) -> list[list[int]]:
    """Returns the bursts, each as the places of its pictures.

    Args:
        names: File names, N.
        labels: The class of each; a burst is of one class.
        looks: How each looks; None and plain pictures are in no burst.
    """
    known = [at for at, look in enumerate(looks) if look is not None and not look.pixels]
    order = sorted(known, key=lambda at: (labels[at], natural_order(names[at])))
    home = {at: at for at in order}

    def root(each: int) -> int:
        while home[each] != each:
            each = home[each]
        return each

    pairs = [
        (order[place], order[later])
        for place in range(len(order))
        for later in range(place + 1, min(place + 1 + NEXT, len(order)))
        if labels[order[place]] == labels[order[later]] and follow_each_other(names[order[place]], names[order[later]])
    ]
    for (one, other), alike in zip(pairs, _alike(pairs, looks), strict=True):
        if alike:
            home[root(other)] = root(one)
    found: dict[int, list[int]] = {}
    for at in order:
        found.setdefault(root(at), []).append(at)
    return [burst for burst in found.values() if len(burst) >= FEWEST]


def _alike(pairs: Sequence[tuple[int, int]], looks: Sequence[PerceptualHash | None]) -> np.ndarray:
    seen = [(one, other) for at, after in pairs if (one := looks[at]) and (other := looks[after])]  # all of them
    if not seen:
        return np.zeros(0, dtype=bool)
    before, after = zip(*seen, strict=True)
    return correlations(points_of(before), points_of(after)) >= ALIKE
