"""Shots: bit strings drawn by their probabilities, and the averages made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtl_core.common import checks
from qtl_core.network.simulators.density_matrix import z_signs
from qtl_core.settings.readout import MOST_SHOTS


@dataclass(frozen=True, eq=False)
class ShotCounts:
    """Counts of the bit strings that were read.

    Attributes:
        counts: Shape (pictures, 2**outputs); the first output is the highest bit.
    """

    counts: np.ndarray

    @property
    def shots(self) -> int:
        """Shots of each picture."""
        return int(self.counts[0].sum()) if len(self.counts) else 0

    def expectations(self) -> np.ndarray:
        """Returns the average of Z of every output, shape (pictures, outputs)."""
        return (self.counts @ z_signs(self.counts.shape[1].bit_length() - 1)) / self.shots

    def errors(self) -> np.ndarray:
        """Returns the standard error of each average, shape (pictures, outputs)."""
        return standard_errors(self.expectations(), self.shots)


def standard_errors(expectations: np.ndarray, shots: int) -> np.ndarray:
    """Returns the standard errors of averages of Z over shots, sqrt((1 - z²) / shots), same shape.

    Shots that all say the same do not make their average certain, and one alone always does: z² is that with half a
    shot more at either value, as Jeffreys' prior does for a share.

    Args:
        expectations: The averages, -1 to 1.
        shots: Of each.
    """
    shrunk = np.clip(expectations, -1, 1) * shots / (shots + 1)
    return np.asarray(np.sqrt((1 - shrunk**2) / shots))


def draw(probabilities: np.ndarray, shots: int, rng: np.random.Generator) -> ShotCounts:
    """Draws every picture's shots.

    Args:
        probabilities: Of every bit string, shape (pictures, 2**outputs).
        shots: Of each picture.
        rng: Decides which bit strings come; the same one gives the same counts.
    """
    shots = checks.whole_number("shots", shots, 1, MOST_SHOTS)
    clean = np.clip(probabilities, 0, None)
    return ShotCounts(rng.multinomial(shots, clean / clean.sum(axis=1, keepdims=True)))
