"""Adam in numpy, for any array of numbers: many seeds learn side by side."""

from __future__ import annotations

import numpy as np

KEEP, KEEP_SQUARES, TINY = 0.9, 0.999, 1e-8


class Adam:
    """The optimiser's memory.

    Args:
        rate: The learning rate.
    """

    def __init__(self, rate: float) -> None:
        self.rate, self.steps = rate, 0
        self.mean, self.square = np.zeros(()), np.zeros(())

    def stepped(self, numbers: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """Returns the numbers after one step downhill."""
        self.steps += 1
        self.mean = KEEP * self.mean + (1 - KEEP) * slopes
        self.square = KEEP_SQUARES * self.square + (1 - KEEP_SQUARES) * slopes**2
        rate = self.rate * np.sqrt(1 - KEEP_SQUARES**self.steps) / (1 - KEEP**self.steps)
        stepped: np.ndarray = numbers - rate * self.mean / (np.sqrt(self.square) + TINY)
        return stepped
