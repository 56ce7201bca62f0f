"""Choice of pictures by a run's own answers: spread evenly from the one it gets most wrong to the one it is surest of.

A few pictures that are taken at random show a good run nothing but easy ones. These show where it is unsure and where
it is wrong, and so must be shown beside how many of all pictures it gets right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def spread_by_answers(labels: Sequence[int], probabilities: np.ndarray, each: int) -> tuple[int, ...]:
    """Returns positions of pictures, `each` of every class, class by class in turn.

    Of each class the probability of the right answer runs in even steps from the lowest to the highest there is, and
    the picture nearest to each step is taken, none of them twice. The first class begins with its surest picture, the
    next with its worst, and so on.

    Args:
        labels: True classes, shape (pictures,).
        probabilities: Of every class, shape (pictures, classes).
        each: How many of a class; fewer where there are not as many.
    """
    truths = np.asarray(labels)
    own = probabilities[np.arange(len(truths)), truths]
    columns = []
    for label in range(probabilities.shape[1]):
        chosen = _even_steps(np.flatnonzero(truths == label), own, each)
        columns.append(chosen[::-1] if label % 2 == 0 else chosen)
    return tuple(int(column[turn]) for turn in range(each) for column in columns if turn < len(column))


def _even_steps(group: np.ndarray, own: np.ndarray, count: int) -> list[int]:
    """Those of a class whose probabilities are nearest to even steps, from the worst to the surest."""
    if len(group) <= count:
        return sorted(group.tolist(), key=lambda index: own[index])
    left, chosen = group.tolist(), []
    for step in np.linspace(own[group].min(), own[group].max(), count):
        nearest = min(left, key=lambda index: abs(own[index] - step))
        left.remove(nearest)
        chosen.append(nearest)
    return sorted(chosen, key=lambda index: own[index])
