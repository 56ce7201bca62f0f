"""Anomaly detection: points as states of two qubits, and how much a new state overlaps with the usual ones.

The kernel is |<state(x)|state(y)>|^2 with RY(scale * x_k) on qubit k, which a quantum computer would measure. For
turns alone it has a closed form, the product of cos^2(scale * (x_k - y_k) / 2), so nothing quantum is needed for it;
with the ZZ phases of Havlicek et al., Nature 567, 209 (2019), the formula is longer, but two qubits are still nothing
to a laptop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

USUAL, STRANGE, GRID = 60, 30, 45
AXIS = np.linspace(-3, 3, GRID)
_ROOT = math.sqrt(0.5)


@dataclass(frozen=True)
class Scores:
    """Scores of how usual points are, by one method; higher is more usual.

    Attributes:
        surface: Over the grid, shape (GRID, GRID), the second axis is x.
        usual: Of new usual points, shape (USUAL,).
        strange: Of strange ones, shape (STRANGE,).
    """

    surface: np.ndarray
    usual: np.ndarray
    strange: np.ndarray

    @property
    def told_apart(self) -> float:
        """The chance that a usual point scores higher than a strange one (area under the ROC curve)."""
        higher = (self.usual[:, None] > self.strange).mean()
        return float(higher + (self.usual[:, None] == self.strange).mean() / 2)


@lru_cache(maxsize=8)
def points(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns usual points to learn from, new usual ones, and strange ones: a ring, and anywhere else."""
    dice = np.random.default_rng(seed)
    turns = dice.uniform(0, 2 * math.pi, 2 * USUAL)
    ring = dice.normal(1.5, 0.2, 2 * USUAL)[:, None] * np.column_stack([np.cos(turns), np.sin(turns)])
    anywhere = dice.uniform(-3, 3, (20 * STRANGE, 2))
    off = np.abs(np.linalg.norm(anywhere, axis=1) - 1.5) > 0.6
    return ring[:USUAL], ring[USUAL:], anywhere[off][:STRANGE]


def states(places: np.ndarray, scale: float, *, phases: bool = False) -> np.ndarray:
    """Returns the states of points (n, 2): shape (n, 4).

    Args:
        places: The points.
        scale: Radians a unit.
        phases: Whether H, RZ(x_k) and a ZZ phase of the product come instead of the turns.
    """
    if not phases:
        half = scale * places / 2
        one, other = (np.column_stack([np.cos(half[:, k]), np.sin(half[:, k])]) for k in (0, 1))
        return (one[:, :, None] * other[:, None]).reshape(-1, 4).astype(complex)
    signs = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    phase = scale * places @ signs.T + scale**2 * (places[:, :1] * places[:, 1:]) * signs.prod(axis=1)
    hadamards = _ROOT**2 * np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])
    state = np.full((len(places), 4), 0.5, dtype=complex)
    state = np.exp(-0.5j * phase) * state
    return np.exp(-0.5j * phase) * (state @ hadamards)


def quantum_scores(scale: float, seed: int, *, phases: bool = False) -> Scores:
    """Scores by the mean overlap with the usual points' states."""
    learnt, usual, strange = points(seed)
    kept = states(learnt, scale, phases=phases)

    def score(places: np.ndarray) -> np.ndarray:
        return np.square(np.abs(states(places, scale, phases=phases).conj() @ kept.T)).mean(axis=1)

    return Scores(score(_grid()).reshape(GRID, GRID), score(usual), score(strange))


def nearest_scores(seed: int) -> Scores:
    """Scores by the distance to the nearest usual point, with the sign turned: what a classical method does."""
    learnt, usual, strange = points(seed)

    def score(places: np.ndarray) -> np.ndarray:
        return -np.linalg.norm(places[:, None] - learnt, axis=2).min(axis=1)

    return Scores(score(_grid()).reshape(GRID, GRID), score(usual), score(strange))


def _grid() -> np.ndarray:
    return np.array([values.ravel() for values in np.meshgrid(AXIS, AXIS)]).T
