"""The slope of an expectation value: exactly, by the parameter-shift rule, and by finite differences, with shots.

The circuit is RY(a) on qubit 0, a CNOT, RY(b) on qubit 1, then <Z> of qubit 1. The shift rule needs the value at two
far-apart settings, (f(a + pi/2) - f(a - pi/2)) / 2, which is exact; a finite difference divides the noise of the shots
by a small step (Schuld et al., Phys. Rev. A 99, 032331, 2019).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qtl_core.learn.register import CNOT, act, probabilities, ry, zero

SECOND = 0.6  # radians, the other angle, which stands still
REPEATS = 200
_ONES = np.array([0, 1, 0, 1])  # where qubit 1 is 1


@dataclass(frozen=True)
class Slopes:
    """Estimates of one slope, repeated with other shots.

    Attributes:
        exact: The slope itself.
        shift: By the parameter-shift rule, shape (repeats,).
        difference: By the finite difference, shape (repeats,).
        expected_spread: Standard deviation that theory gives for `shift` and for `difference`.
    """

    exact: float
    shift: np.ndarray
    difference: np.ndarray
    expected_spread: tuple[float, float]


def value(angle: float, second: float = SECOND) -> float:
    """Returns <Z> of qubit 1."""
    state = act(CNOT, act(ry(angle), zero(2), [0]), [0, 1])
    return float(1 - 2 * probabilities(act(ry(second), state, [1])) @ _ONES)


def exact_slope(angle: float, second: float = SECOND) -> float:
    """Returns the derivative by the first angle, from the rule without shots (it is exact)."""
    return (value(angle + math.pi / 2, second) - value(angle - math.pi / 2, second)) / 2


def estimate(angle: float, step: float, shots: int, seed: int, repeats: int = REPEATS) -> Slopes:
    """Estimates the slope many times from measurements.

    Args:
        angle: Where, radians.
        step: Of the finite difference, radians.
        shots: Of each of the two settings that either way measures.
        seed: Of the simulated measurements.
        repeats: How many estimates of each kind.
    """
    dice = np.random.default_rng(seed)
    (far, far_spread), (near, near_spread) = (
        _apart(angle, half, shots, dice, repeats) for half in (math.pi / 2, step / 2)
    )
    return Slopes(exact_slope(angle), far / 2, near / step, (far_spread / 2, near_spread / step))


def _apart(angle: float, half: float, shots: int, dice: np.random.Generator, repeats: int) -> tuple[np.ndarray, float]:
    """Differences of two measured values `half` to either side, and their standard deviation by theory."""
    up, down = value(angle + half), value(angle - half)
    measured = [1 - 2 * dice.binomial(shots, (1 - mean) / 2, repeats) / shots for mean in (up, down)]
    return measured[0] - measured[1], math.sqrt(max(0.0, (2 - up**2 - down**2) / shots))
