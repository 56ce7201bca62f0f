"""Adam in numpy, for any array of numbers: many starts learn side by side, each a row."""

from __future__ import annotations

import numpy as np

KEEP, TINY = 0.9, 1e-8


class Adam:
    """The optimiser's memory (Kingma and Ba, *Adam: a method for stochastic optimization*, 2015, algorithm 1).

    Args:
        rate: The learning rate.
        keep_squares: How much is kept of the squares of earlier slopes, the paper's second beta: here rarely its 0.999,
            whose memory is longer than most of these trainings.
        epsilon_hat: Adds 1e-8 before the squares are corrected, not after: the form after section 2 of the paper, which
            TensorFlow has.
    """

    def __init__(self, rate: float, *, keep_squares: float = 0.99, epsilon_hat: bool = False) -> None:
        self.rate, self.keep_squares, self.epsilon_hat = rate, keep_squares, epsilon_hat
        self.steps = 0
        self.mean, self.squares = np.zeros(()), np.zeros(())

    def stepped(self, numbers: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """Returns the numbers, of any shape, after one step down the slopes, of the same shape."""
        self.steps += 1
        self.mean = KEEP * self.mean + (1 - KEEP) * slopes
        self.squares = self.keep_squares * self.squares + (1 - self.keep_squares) * np.square(slopes)
        grown, grown_squares = 1 - KEEP**self.steps, 1 - self.keep_squares**self.steps
        tiny = TINY / np.sqrt(grown_squares) if self.epsilon_hat else TINY
        stepped: np.ndarray = numbers - self.rate * self.mean / grown / (np.sqrt(self.squares / grown_squares) + tiny)
        return stepped


def tensorflow_adam(rate: float) -> Adam:
    """Returns Adam with what TensorFlow does unasked, as the code of the paper's optical experiments leaves it."""
    return Adam(rate, keep_squares=0.999, epsilon_hat=True)
