"""Gradient descent by Adam for several circuits at once, a row of angles each, looked at every few steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop
from qtl_core.learn.adam import Adam


def descend(
    weights: np.ndarray,
    slope: Callable[[np.ndarray, int], np.ndarray],
    look: Callable[[np.ndarray], np.ndarray],
    *,
    rate: float,
    steps: int,
    every: int,
    should_stop: ShouldStop,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the angles at the end, and what was seen on the way.

    Args:
        weights: Angles to start from, shape (rows, angles).
        slope: The loss's slope by the angles, of the angles and how many steps were done.
        look: What is to be seen of the angles, shape (rows,).
        rate: The learning rate.
        steps: How many are done.
        every: After how many one looks again.
        should_stop: Asked before every step.

    Returns:
        Angles, shape (rows, angles), and what was seen, before the first step too, shape (rows, 1 + steps // every).

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    adam, seen = Adam(rate), [look(weights)]
    for step in range(1, steps + 1):
        if should_stop():
            raise StoppedByUser
        weights = adam.stepped(weights, slope(weights, step - 1))
        if step % every == 0:
            seen.append(look(weights))
    return weights, np.array(seen).T
