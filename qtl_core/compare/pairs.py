"""Two runs that answered for the same pictures: on which they disagree, and what that says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qtl_core.evaluation.mcnemar import exact_p
from qtl_core.evaluation.metrics import Evaluation

SIGNIFICANCE = 0.05  # what chance alone gives less often than once in twenty is called more than chance


@dataclass(frozen=True, eq=False)
class Pair:
    """Two evaluations of the same pictures in the same order.

    Attributes:
        first, second: The evaluations.
        names: What the two are called.
        noun: What the pictures are called.
    """

    first: Evaluation
    second: Evaluation
    names: tuple[str, str] = ("A", "B")
    noun: str = "pictures"

    @cached_property
    def disagreements(self) -> np.ndarray:
        """Indices of the pictures that the two take for different classes, ascending."""
        return np.flatnonzero(self.first.predicted != self.second.predicted)

    @cached_property
    def only_first(self) -> int:
        """Pictures that just the first one gets right."""
        return int((self._right(self.first) & ~self._right(self.second)).sum())

    @cached_property
    def only_second(self) -> int:
        """Pictures that just the second one gets right."""
        return int((self._right(self.second) & ~self._right(self.first)).sum())

    @cached_property
    def p(self) -> float:
        """The p-value of the exact McNemar test."""
        return exact_p(self.only_first, self.only_second)

    @property
    def is_chance(self) -> bool:
        """True if chance alone would give such a difference often enough to explain it."""
        return self.p >= SIGNIFICANCE

    def in_words(self) -> str:
        """Returns what the comparison says, in plain sentences."""
        count = len(self.disagreements)
        if not count:
            return f"They agree on all {self.first.total} {self.noun}."
        photos = self.noun.removesuffix("s") if count == 1 else self.noun
        alone = f"{self.names[0]} alone is right on {self.only_first}, {self.names[1]} alone on {self.only_second}"
        both = count - self.only_first - self.only_second
        wrong = f", and on {both} both are wrong, each in its own way" if both else ""
        return f"They disagree on {count} {photos}: {alone}{wrong}. {self._verdict()}"

    def _verdict(self) -> str:
        if self.only_first == self.only_second:
            return "Neither gets more right than the other."
        if self.is_chance:
            return f"Such a difference is what chance alone would give (p = {p_in_words(self.p)})."
        better = self.names[self.only_second > self.only_first]
        return (
            f"Chance alone would rarely give such a difference (p = {p_in_words(self.p)}): on these {self.noun}, "
            f"{better} does better."
        )

    @staticmethod
    def _right(evaluation: Evaluation) -> np.ndarray:
        return evaluation.predicted == evaluation.labels


def pair_of(first: Evaluation, second: Evaluation, names: tuple[str, str] = ("A", "B"), noun: str = "pictures") -> Pair:
    """Returns the comparison of two evaluations.

    Raises:
        ValueError: They are not of the same pictures with the same classes.
    """
    if first.classes != second.classes or not np.array_equal(first.labels, second.labels):
        raise ValueError("the two did not answer for the same pictures")
    return Pair(first, second, names, noun)


def p_in_words(p: float) -> str:
    """Returns a p-value with the digits that matter: 0.69, 0.032, "below 0.001"."""
    if p < 0.001:
        return "below 0.001"
    return f"{p:.3f}" if p < 0.095 else f"{p:.2f}"
