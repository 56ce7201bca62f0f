"""Gradient descent for many starts at once, each a row: the same rate and as many steps for all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop
from qtl_core.learn.adam import Adam

Look = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def descend(
    start: np.ndarray, look: Look, steps: int, rate: float, should_stop: ShouldStop
) -> tuple[np.ndarray, np.ndarray]:
    """Goes down the slopes by Adam.

    Args:
        start: A row for each start, shape (rows, angles).
        look: Says at some angles how good each row is, shape (rows,), and its slopes, shape (rows, angles).
        steps: How many.
        rate: How far a step goes.
        should_stop: Asked before every step.

    Returns:
        Where it ended, and how good each row was at the start and after every step, shape (rows, steps + 1).

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    angles, adam, seen = start, Adam(rate), []
    for step in range(steps + 1):
        if should_stop():
            raise StoppedByUser
        quality, slopes = look(angles)
        seen.append(quality)
        if step < steps:
            angles = adam.stepped(angles, slopes)
    return angles, np.array(seen).T
