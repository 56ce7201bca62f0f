"""A figure over seeds, with its interval and its ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtl_core.studies.comparisons import bootstrap_interval


@dataclass(frozen=True)
class Figure:
    """A mean over seeds.

    Attributes:
        mean: Of all seeds.
        low, high: A 95% interval of that mean, by bootstrap.
        least, most: The seeds that are farthest out.
        seeds: How many there are.
    """

    mean: float
    low: float
    high: float
    least: float
    most: float
    seeds: int


def figure_of(values: np.ndarray) -> Figure:
    """Returns what one value a seed comes to."""
    low, high = bootstrap_interval(values)
    return Figure(float(values.mean()), low, high, float(values.min()), float(values.max()), len(values))


def as_object(figure: Figure) -> dict[str, float]:
    """Returns a figure for a shell, rounded beyond what its seeds tell."""
    names = ("mean", "low", "high", "least", "most")
    return {name: round(getattr(figure, name), 4) for name in names}
