"""Pictures that are there more than once: the same file, or the same picture in another size, format or quality.

Two pictures are taken for the same if, reduced to 16 x 16 points, they differ by less than a fifth of their own
contrast. Over the 396 photos of ants and bees (78,210 pairs) the nearest two differ by 0.65 of it; what JPEG at quality
30, a quarter of the size or another format make of a photo, by 0.06 at the median and 0.17 at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from qtl_core.datasets.looks import PLAIN, Look, contrast_of
from qtl_core.datasets.records import Copy, Picture

NEAR = 0.2  # of the lesser of two pictures' contrasts (rms over 16 x 16 points)
ROWS = 256  # pictures compared with all others at a time: 20 MB for 20,000


def groups_of(looks: Sequence[Look | None], *, near: bool = True) -> list[int]:
    """Returns a number for each picture, equal for those that are copies of each other, also through others.

    Args:
        looks: How they look; None is like nothing.
        near: Whether pictures of other bytes can be copies.
    """
    home = list(range(len(looks)))

    def root(each: int) -> int:
        while home[each] != each:
            home[each] = home[home[each]]
            each = home[each]
        return each

    for same in _same_files(looks, near=near):
        for other in same[1:]:
            home[root(other)] = root(same[0])
    if near:
        for one, others in _near_pairs(looks):
            for other in {root(each) for each in others.tolist()}:
                home[other] = root(one)
    return [root(each) for each in range(len(looks))]


def find_copies(pictures: Sequence[Picture], looks: Sequence[Look | None]) -> tuple[Copy, ...]:
    """Returns the pictures that are copies of one before them, each with the nearest of every kind it is a copy of.

    Args:
        pictures: Those to train on, then those for validation.
        looks: How each of them looks.
    """
    members: dict[int, list[int]] = {}
    for index, group in enumerate(groups_of(looks)):
        members.setdefault(group, []).append(index)
    return tuple(copy for group in members.values() if len(group) > 1 for copy in _within(group, pictures, looks))


def _within(group: list[int], pictures: Sequence[Picture], looks: Sequence[Look | None]) -> Iterator[Copy]:
    """Yields the copies in a group of pictures that are copies of each other, also through others."""
    points = np.array([np.frombuffer(looks[each].points, np.uint8) for each in group], dtype=np.float32)
    contrasts = contrast_of(points)
    files, plain = (np.array([getattr(looks[each], what) for each in group]) for what in ("sha256", "pixels"))
    labels = np.array([pictures[each].label for each in group])
    is_train = np.array([pictures[each].split == "train" for each in group])
    for at in range(1, len(group)):
        differ = np.sqrt(np.mean((points[:at] - points[at]) ** 2, axis=1))
        distances = differ / np.maximum(np.minimum(contrasts[:at], contrasts[at]), PLAIN)
        distances[plain[:at] != plain[at]] = np.inf  # plain pictures are equal or they are not
        distances[files[:at] == files[at]] = -1  # nothing is nearer
        same_part, same_label = is_train[:at] == is_train[at], labels[:at] == labels[at]
        kinds = (~same_part, ~same_label, same_part & same_label)
        nearest = {int(np.argmin(np.where(kind, distances, np.inf))) for kind in kinds if kind.any()}
        for other in sorted(each for each in nearest if distances[each] < NEAR):
            yield Copy(pictures[group[other]], pictures[group[at]], same_bytes=bool(distances[other] < 0))


def _same_files(looks: Sequence[Look | None], *, near: bool) -> Iterator[list[int]]:
    """Yields the groups of pictures with equal bytes and, of plain ones, with equal pixels."""
    for what in ("sha256", "pixels") if near else ("sha256",):
        found: dict[str, list[int]] = {}
        for index, look in enumerate(looks):
            if look is not None and getattr(look, what):
                found.setdefault(getattr(look, what), []).append(index)
        yield from found.values()


def _near_pairs(looks: Sequence[Look | None]) -> Iterator[tuple[int, np.ndarray]]:
    """Yields (a picture, those of the others that look like it) for pictures that have something to be known by."""
    which = np.array([index for index, look in enumerate(looks) if look is not None and not look.pixels], dtype=int)
    if len(which) < 2:
        return
    points = np.array([np.frombuffer(looks[each].points, np.uint8) for each in which], dtype=np.float32)
    contrasts, squares = contrast_of(points), np.mean(points**2, axis=1)
    means = points.mean(axis=1)
    order = np.argsort(means)  # two pictures differ by no less than their means do: only neighbours are compared
    which, points, contrasts, squares, means = (each[order] for each in (which, points, contrasts, squares, means))
    for start in range(0, len(which), ROWS):
        rows = slice(start, min(start + ROWS, len(which)))
        end = np.searchsorted(means, means[rows].max() + NEAR * contrasts[rows].max(), side="right")
        columns = slice(start, int(end))
        between = squares[rows, None] + squares[None, columns] - 2 / points.shape[1] * points[rows] @ points[columns].T
        limits = NEAR * np.minimum(contrasts[rows, None], contrasts[None, columns])
        near = between < limits**2
        for row in np.flatnonzero(near.sum(axis=1) > 1):
            yield int(which[start + row]), which[columns][near[row]]
