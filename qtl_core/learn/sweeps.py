"""Sweeps: every trained gate of a circuit in turn is made the best there is for it, with all others fixed.

An angle enters by the cosine and sine of its half, a whole turn of a qubit by four numbers whose squares sum to one; so
what is wanted is a quadratic form of these, whose largest value is known in closed form. On a quantum computer as many
settings tell it as the form has entries, less the last best value, which is known. For angles see Nakanishi, Fujii and
Todo, Physical Review Research 2, 043158 (2020); for whole turns Wada et al., arXiv:2209.08535.
"""

from __future__ import annotations

import numpy as np

ANGLE_COST, TURN_COST = 2, 9  # settings that have to be measured: 2 * 3 / 2 entries less one, and 4 * 5 / 2 less one
MOST_POINTS = 120


def best_angle(still: np.ndarray, turned: np.ndarray) -> np.ndarray:
    """Returns the angle a of each row at which |still cos(a/2) + turned sin(a/2)|^2, summed over the rest, is largest.

    Args:
        still: What is there at angle 0, shape (rows, ...), real.
        turned: And at angle pi.
    """
    rest = tuple(range(1, still.ndim))
    angle: np.ndarray = np.arctan2(2 * (still * turned).sum(axis=rest), (still**2 - turned**2).sum(axis=rest))
    return angle


def best_turn(parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the four numbers, of length one, at which |their sum with the parts|^2 is largest, and that value.

    Args:
        parts: What each of the four would bring, complex, shape (rows, 4).
    """
    values, vectors = np.linalg.eigh((parts[:, :, None].conj() * parts[:, None, :]).real)
    return vectors[..., -1], values[:, -1]


def spent(updates: np.ndarray, each: int, start: int) -> np.ndarray:
    """Returns the settings that so many updates take: the value before the first one is not known, and measured too.

    Args:
        updates: So many, from 0 on.
        each: What one takes.
        start: What the value at the start takes.
    """
    return np.where(updates > 0, each * updates + start, 0)


def points(updates: int) -> np.ndarray:
    """Returns after how many gates a curve has its points: from 0 on, the closer the earlier, as most happens there."""
    return np.unique([0, *np.geomspace(1, updates, MOST_POINTS - 1).round().astype(int)])
