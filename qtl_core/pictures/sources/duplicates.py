"""Pictures that are there more than once, in another size, format or quality too, and what there is to say of them.

Two pictures are taken for the same if, reduced to 16 x 16 points, they differ by less than a fifth of their own
contrast. Over the 397 photos of ants and bees (78,606 pairs) the nearest two differ by 0.69 of it; what JPEG at quality
30, a quarter of the width or WebP make of a photo, by 0.02 at the median and 0.15 at most, and the first two together
by 0.07 and 0.31, so that a few of those are not found (`python -m benchmarks.copies FOLDER` measures it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.paths import in_text
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.pictures.sources.dataset import Copy, Picture
from qtl_core.pictures.sources.perceptual_hash import PLAIN_CONTRAST, SIDE, PerceptualHash, contrast_of

MAX_DIFFERENCE = 0.2  # of the lesser of two pictures' contrasts (rms over 16 x 16 points)
ROWS = 256  # pictures compared with all others at a time: 20 MB for 20,000
ROUNDING = 0.1  # of a squared difference in single precision, of values up to 255


def groups_of(
    looks: Sequence[PerceptualHash | None], *, near: bool = True, should_stop: ShouldStop = never_stop
) -> list[int]:
    """Returns a number for each picture, equal for those that are copies of each other, also through others.

    Args:
        looks: How they look; None is like nothing.
        near: Whether pictures of other bytes can be copies.
        should_stop: Looked at before every few hundred pictures.

    Raises:
        StoppedByUser: `should_stop` said so.
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
        for one, others in _near_pairs(looks, should_stop):
            for other in {root(each) for each in others.tolist()}:
                home[other] = root(one)
    return [root(each) for each in range(len(looks))]


def find_copies(
    pictures: Sequence[Picture], looks: Sequence[PerceptualHash | None], groups: Sequence[int]
) -> tuple[Copy, ...]:
    """Returns the pictures that are copies of one before them, each with the nearest of every kind it is a copy of.

    Args:
        pictures: Those to train on, then those for validation.
        looks: How each of them looks.
        groups: A number for each, as `groups_of` gives.
    """
    members: dict[int, list[int]] = {}
    for index, group in enumerate(groups):
        members.setdefault(group, []).append(index)
    return tuple(copy for group in members.values() if len(group) > 1 for copy in _within(group, pictures, looks))


def _within(group: list[int], pictures: Sequence[Picture], looks: Sequence[PerceptualHash | None]) -> Iterator[Copy]:
    """Yields the copies in a group of pictures that are copies of each other, also through others."""
    seen = [look for each in group if (look := looks[each]) is not None]  # all: what was not read has no group
    points = np.array([np.frombuffer(look.points, np.uint8) for look in seen], dtype=np.float32)
    contrasts = contrast_of(points)
    files, plain = (np.array([getattr(look, what) for look in seen]) for what in ("sha256", "pixels"))
    labels = np.array([pictures[each].label for each in group])
    is_train = np.array([pictures[each].split == "train" for each in group])
    for at in range(1, len(group)):
        differ = np.sqrt(np.mean((points[:at] - points[at]) ** 2, axis=1))
        distances = differ / np.maximum(np.minimum(contrasts[:at], contrasts[at]), PLAIN_CONTRAST)
        distances[plain[:at] != plain[at]] = np.inf  # plain pictures are equal or they are not
        distances[files[:at] == files[at]] = -1  # nothing is nearer
        same_part, same_label = is_train[:at] == is_train[at], labels[:at] == labels[at]
        kinds = (~same_part, ~same_label, same_part & same_label)
        nearest = {int(np.argmin(np.where(kind, distances, np.inf))) for kind in kinds if kind.any()}
        for other in sorted(each for each in nearest if distances[each] < MAX_DIFFERENCE):
            yield Copy(pictures[group[other]], pictures[group[at]], same_bytes=bool(distances[other] < 0))


def _same_files(looks: Sequence[PerceptualHash | None], *, near: bool) -> Iterator[list[int]]:
    """Yields the groups of pictures with equal bytes and, of plain ones, with equal pixels."""
    for what in ("sha256", "pixels") if near else ("sha256",):
        found: dict[str, list[int]] = {}
        for index, look in enumerate(looks):
            if look is not None and getattr(look, what):
                found.setdefault(getattr(look, what), []).append(index)
        yield from found.values()


def _near_pairs(looks: Sequence[PerceptualHash | None], should_stop: ShouldStop) -> Iterator[tuple[int, np.ndarray]]:
    """Yields (a picture, those of the others that look like it) for pictures that have something to be known by.

    Means over parts of two pictures differ by no more than the pictures do, so that comparing the means of all points,
    and then those of 4 x 4 points, leaves few to be compared point by point.
    """
    which = np.array([index for index, look in enumerate(looks) if look is not None and not look.pixels], dtype=int)
    if len(which) < 2:
        return
    points = np.array([np.frombuffer(looks[each].points, np.uint8) for each in which], dtype=np.float32)
    order = np.argsort(points.mean(axis=1))
    which, points = which[order], points[order]
    means, limits, coarse = points.mean(axis=1), MAX_DIFFERENCE * contrast_of(points), _coarse(points)
    squares = np.mean(coarse**2, axis=1)
    for start in range(0, len(which), ROWS):
        if should_stop():
            raise StoppedByUser
        rows = slice(start, start + ROWS)
        end = np.searchsorted(means, means[rows].max() + limits[rows].max(), side="right")
        others = slice(start, int(end))
        between = squares[rows, None] + squares[others] - 2 / coarse.shape[1] * coarse[rows] @ coarse[others].T
        may_be = between < np.minimum(limits[rows, None], limits[others]) ** 2 + ROUNDING
        for row in np.flatnonzero(may_be.sum(axis=1) > 1):
            found = start + np.flatnonzero(may_be[row])
            differ = np.sqrt(np.mean((points[found] - points[start + row]) ** 2, axis=1))
            found = found[differ < np.minimum(limits[found], limits[start + row])]
            if len(found) > 1:  # itself is one of them
                yield int(which[start + row]), which[found]


def _coarse(points: np.ndarray) -> np.ndarray:
    """Returns the means over squares of 4 x 4 points: (N, 768) -> (N, 48)."""
    squares = points.reshape(len(points), SIDE // 4, 4, SIDE // 4, 4, 3)
    return squares.mean(axis=(2, 4)).reshape(len(points), -1)


CHANGED = "size, format or quality"
NAMED = 3  # pairs in a sentence; the Data page shows all of them


def copy_notes(copies: Sequence[Copy], root: Path, val_size: int, *, divided: bool) -> tuple[str, ...]:
    """Returns one sentence or two for each kind of copy, the gravest first.

    Args:
        copies: The copies.
        root: Below which their names are told.
        val_size: Validation pictures in all.
        divided: Whether the app made the two parts, and so could keep copies together.
    """
    across = [copy for copy in copies if copy.is_across]
    labels = [copy for copy in copies if copy.has_two_labels]
    rest = [copy for copy in copies if not copy.is_across and not copy.has_two_labels]
    said = (
        _across(across, root, val_size, divided=divided),
        _labels(labels, root),
        _kept_together(rest) if divided else "",
    )
    return tuple(filter(None, said))


def _across(copies: Sequence[Copy], root: Path, val_size: int, *, divided: bool) -> str:
    if not copies:
        return ""
    count = len({copy.other.path for copy in copies})
    equal = len({copy.other.path for copy in copies if copy.same_bytes})
    near = f"{count - equal} nearly equal, as after a change of {CHANGED}"
    how = ", ".join(filter(None, (f"{equal} byte for byte" if equal else "", near if equal < count else "")))
    do = (
        "kept together, they would leave a class without pictures on one side, so add others of it."
        if divided
        else "take them out of one of the two parts."
    )
    are = "is a copy of one that is" if count == 1 else "are copies of some that are"
    return (
        f"{count} of {val_size} validation pictures {are} trained on ({how}): {_pairs(copies, root)}. "
        f"What was learnt by heart counts as right there; {do}"
    )


def _labels(copies: Sequence[Copy], root: Path) -> str:
    if not copies:
        return ""
    pictures = "1 picture is" if len(copies) == 1 else f"{len(copies)} pictures are"
    return (
        f"{pictures} there under two classes, which cannot both be right: {_pairs(copies, root)}. "
        "Leave each in the right one alone."
    )


def _kept_together(copies: Sequence[Copy]) -> str:
    if not copies:
        return ""
    count = len({copy.other.path for copy in copies})
    if count == 1:
        return "1 picture is a copy of another of the same class, and is on the same side of the split."
    return f"{count} pictures are copies of others of the same class, and are on the same side of the split as those."


def _pairs(copies: Sequence[Copy], root: Path) -> str:
    named = ", ".join(f"{name_of(copy.other.path, root)} = {name_of(copy.one.path, root)}" for copy in copies[:NAMED])
    return named + (f" and {len(copies) - NAMED} more" if len(copies) > NAMED else "")


def name_of(path: Path, root: Path) -> str:
    """Returns a picture's name below the folder of the set."""
    return in_text(path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name)
