"""The CHSH test, a Bell inequality: how strongly two qubits' answers go together in four pairs of directions.

One qubit is measured along a or a', the other along b or b'. Whatever holds an answer for every direction beforehand
(hidden socks) keeps S = E(a, b) + E(a, b') + E(a', b) - E(a', b') within 2, where E is the mean of the product of both
answers, +1 or -1 each (Clauser, Horne, Shimony and Holt, Phys. Rev. Lett. 23, 880, 1969). Quantum states reach at most
2 sqrt(2) (Tsirelson, 1980). Directions lie in the plane of Z and X, where all states of RY and CNOT have their
strongest correlations; an angle is counted from Z towards X.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qtl_core.learn.register import X, Z, act, probabilities, ry, sampled

CLASSICAL_BOUND = 2.0
TSIRELSON_BOUND = 2 * math.sqrt(2)
_SIGNS = np.array([1, 1, 1, -1])  # of E(a, b), E(a, b'), E(a', b), E(a', b')
_PRODUCTS = np.array([1, -1, -1, 1])  # of both answers, for 00, 01, 10 and 11


@dataclass(frozen=True)
class Directions:
    """The angles of a, a' on qubit 0 and of b, b' on qubit 1, in radians from Z towards X."""

    a: float
    a_other: float
    b: float
    b_other: float

    @property
    def pairs(self) -> tuple[tuple[float, float], ...]:
        """The four pairs, in the order of the sum."""
        return (self.a, self.b), (self.a, self.b_other), (self.a_other, self.b), (self.a_other, self.b_other)


@dataclass(frozen=True)
class MeasuredChsh:
    """S from a finite number of shots.

    Attributes:
        value: The estimate.
        error: Its standard error, from the counts themselves.
        shots: Of each of the four pairs of directions.
    """

    value: float
    error: float
    shots: int


def correlations(state: np.ndarray) -> np.ndarray:
    """Returns the means of the products of Z and X of qubit 0 (rows) with those of qubit 1, shape (2, 2)."""
    return np.array([[np.vdot(state, np.kron(one, other) @ state).real for other in (Z, X)] for one in (Z, X)])


def best_directions(state: np.ndarray) -> Directions:
    """Returns the directions in the plane of Z and X that make S largest for this state.

    With the singular values s and vectors of the correlations, a and a' are the left vectors, and b and b' lie to
    either side of the first right one by atan(s1 / s0); S is then 2 sqrt(s0^2 + s1^2) (Horodecki, 1995).

    Args:
        state: Amplitudes of two qubits, shape (4,).
    """
    left, sizes, right = np.linalg.svd(correlations(state))
    apart = math.atan2(sizes[1], sizes[0])
    ways = [math.cos(apart) * right[0] + sign * math.sin(apart) * right[1] for sign in (1, -1)]
    if left[0, 0] < 0:  # the same S, with the first direction near Z
        left, ways = -left, [-way for way in ways]
    return Directions(*(math.atan2(x, z) for z, x in (left[:, 0], left[:, 1], *ways)))


def correlation(state: np.ndarray, first: float, second: float) -> float:
    """Returns E, the mean product of both answers, with qubit 0 and 1 measured along these angles."""
    return float(probabilities(_turned(state, first, second)) @ _PRODUCTS)


def chsh(state: np.ndarray, directions: Directions) -> float:
    """Returns S exactly."""
    return float(_SIGNS @ [correlation(state, *pair) for pair in directions.pairs])


def measured_chsh(state: np.ndarray, directions: Directions, shots: int, seed: int) -> MeasuredChsh:
    """Returns S from measurements.

    Args:
        state: Amplitudes of two qubits, shape (4,).
        directions: Chosen before the measurement.
        shots: Of each of the four pairs, at least 2.
        seed: Of the simulated measurements.
    """
    turned = [_turned(state, *pair) for pair in directions.pairs]
    means = np.array([sampled(each, shots, seed * 4 + at) @ _PRODUCTS / shots for at, each in enumerate(turned)])
    error = math.sqrt(np.sum(1 - means**2) / (shots - 1))
    return MeasuredChsh(float(_SIGNS @ means), error, shots)


def _turned(state: np.ndarray, first: float, second: float) -> np.ndarray:
    """The state whose answers in Z are those of `state` along both angles."""
    return act(ry(-second), act(ry(-first), state, [0]), [1])
