"""Handwritten digits as states: 4 by 4 pixels, sixteen amplitudes, four qubits.

The pictures are those that come with scikit-learn (Alpaydin, Kaynak, 1998: 1,797 of 8 by 8 pixels), made half as wide
and high; a picture's brightness is scaled so that the squares of its pixels add up to 1.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

PIXELS = 16


@lru_cache(maxsize=1)
def digits() -> tuple[np.ndarray, ...]:
    """Returns the pictures of each digit from 0 to 9, each of shape (pictures, 16)."""
    from sklearn.datasets import load_digits  # takes a second, and only this needs it

    found = load_digits()
    small = found.images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, PIXELS)
    states = small / np.linalg.norm(small, axis=1, keepdims=True)
    return tuple(states[found.target == digit] for digit in range(10))


def mean_state(digit: int) -> np.ndarray:
    """Returns a digit's density matrix, the mean over its pictures, shape (16, 16)."""
    pictures = digits()[digit]
    mean: np.ndarray = pictures.T @ pictures / len(pictures)
    return mean
