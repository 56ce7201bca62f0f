"""The exact McNemar test: whether two networks that answered for the same pictures differ by more than chance."""

from __future__ import annotations

from fractions import Fraction
from math import comb


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
    thrown = only_first + only_second
    tail = sum(comb(thrown, heads) for heads in range(min(only_first, only_second) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**thrown)))
