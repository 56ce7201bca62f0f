"""Holm's correction for several comparisons made together."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Returns p-values to be held against the level of all comparisons together, in the order given.

    Of m values the k-th smallest (from 0) is multiplied by m - k, and none is below a smaller one's: Holm,
    Scandinavian Journal of Statistics 6, 65 (1979).
    """
    count, largest = len(p_values), 0.0
    corrected = [1.0] * count
    for step, index in enumerate(sorted(range(count), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (count - step) * p_values[index]))
        corrected[index] = largest
    return corrected
