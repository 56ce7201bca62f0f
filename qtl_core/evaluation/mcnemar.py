"""The exact McNemar test: whether two networks that answered for the same pictures differ by more than chance."""

from __future__ import annotations


def exact_p(only_first: int, only_second: int) -> float:
    """Returns the two-sided p-value of the pictures on which just one of the two is right.

    If both were equally good, each of the n = only_first + only_second pictures would be a fair coin's throw. The
    value is the chance of a split at least as uneven as the one seen, min(1, 2 * sum_{k <= min} C(n, k) / 2^n), from
    Q. McNemar, Psychometrika 12, 153 (1947), with the binomial distribution itself in place of its approximation.

    Raises:
        ValueError: A count is negative.
    """
    from scipy.special import bdtr  # a tenth of a second, which only a comparison needs

    if only_first < 0 or only_second < 0:
        raise ValueError(f"{only_first} and {only_second} are no counts of pictures")
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), only_first + only_second, 0.5)))
