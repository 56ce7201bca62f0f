"""Chance that falls the same way on every machine: all randomness of the drawn pictures comes from here."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """Random choices seeded by words.

    Only `random()` and `randbytes()` of the standard library are used: Python promises the same sequence for
    the same seed in every version for the first, and the second is the generator's plain output.

    Args:
        key: What the choices are for, for example version, split, class and number.
    """

    def __init__(self, *key: str | int) -> None:
        self._random = random.Random("/".join(str(part) for part in key))

    def between(self, low: float, high: float) -> float:
        """Returns a number from low to high, every one as likely."""
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """Returns a whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """Returns True in the given share of cases."""
        return self._random.random() < share

    def sign(self) -> int:
        """Returns -1 or 1."""
        return 1 if self.chance(0.5) else -1

    def pick(self, options: Sequence[T]) -> T:
        """Returns one of the options, each as likely."""
        return options[int(self._random.random() * len(options))]

    def weighted(self, options: Mapping[T, float]) -> T:
        """Returns a key of the mapping, as likely as its value says."""
        left = self._random.random() * sum(options.values())
        for option, weight in options.items():
            left -= weight
            if left < 0:
                return option
        return list(options)[-1]

    def shares(self, rows: int, columns: int) -> np.ndarray:
        """Returns numbers of 0..1, every one as likely, shape (rows, columns)."""
        steps = np.frombuffer(self._random.randbytes(2 * rows * columns), "<u2")
        return steps.reshape(rows, columns).astype(np.float64) / 65535

    def grid(self, width: int, height: int) -> np.ndarray:
        """Returns bytes of noise, shape (height, width)."""
        return np.frombuffer(self._random.randbytes(width * height), np.uint8).reshape(height, width)
