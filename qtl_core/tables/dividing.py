"""Divides the rows of a table into those to learn from and those held out, class by class."""

from __future__ import annotations

import numpy as np

TRAIN_SHARE = 0.7  # of a class, as of pictures that came without parts
SEED = 0  # not the run's: all seeds of a repeat learn from the same rows


def divided(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the indices of the rows that are learnt from, and of those held out; each class has some in both.

    Args:
        labels: Class of every row, at least two rows of each class.
    """
    rng = np.random.default_rng(SEED)
    learnt = np.zeros(len(labels), dtype=bool)
    order = rng.permutation(len(labels))
    by_class = order[np.argsort(labels[order], kind="stable")]
    ends = np.cumsum(np.bincount(labels))
    for start, end in zip(np.concatenate(([0], ends[:-1])), ends, strict=True):
        size = end - start
        if size:
            learnt[by_class[start : start + min(max(round(TRAIN_SHARE * size), 1), size - 1)]] = True
    return np.flatnonzero(learnt), np.flatnonzero(~learnt)
