"""The exact McNemar test: whether two networks that answered for the same pictures differ by more than chance."""

from __future__ import annotations

from fractions import Fraction
from math import comb, log

import numpy as np

TO_THE_LAST_DIGIT = 1_000  # pictures up to which it is counted in whole numbers; beyond, that takes seconds and more


def exact_p(only_first: int, only_second: int) -> float:
    """Returns the two-sided p-value of the pictures on which just one of the two is right.

    If both were equally good, each of the n = only_first + only_second pictures would be a fair coin's throw. The
    value is the chance of a split at least as uneven as the one seen, min(1, 2 * sum_{k <= min} C(n, k) / 2^n), from
    Q. McNemar, Psychometrika 12, 153 (1947), with the binomial distribution itself in place of its approximation.

    Raises:
        ValueError: A count is negative.
    """
    if only_first < 0 or only_second < 0:
        raise ValueError(f"{only_first} and {only_second} are no counts of pictures")
    thrown, fewer = only_first + only_second, min(only_first, only_second)
    if thrown > TO_THE_LAST_DIGIT:
        return min(1.0, 2 * _tail(thrown, fewer))
    tail = sum(comb(thrown, heads) for heads in range(fewer + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**thrown)))


def _tail(thrown: int, most: int) -> float:
    """The chance of at most so many heads, by the logarithms of C(n, k) / C(n, k - 1) = (n - k + 1) / k, summed up."""
    heads = np.arange(1, most + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log((thrown - heads + 1) / heads))]) - thrown * log(2)
    return float(np.exp(logs).sum())
