"""What would change an answer: the margin, and what every single angle can do to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtl_core.explanation import Explanation


@dataclass(frozen=True)
class Margin:
    """How far the answer is ahead.

    Attributes:
        first, second: The classes with the highest scores.
        score: By how much the first one's score is higher.
        probability: By how much it is more probable, 0 to 1.
    """

    first: int
    second: int
    score: float
    probability: float


@dataclass(frozen=True)
class Counterfactual:
    """The smallest change of one qubit's angle that changes the answer.

    Attributes:
        qubit: Whose angle.
        before, after: The picture's angle, and where the answer is another; radians.
        label: The class that is named there.
    """

    qubit: int
    before: float
    after: float
    label: int

    @property
    def change(self) -> float:
        """By how much, radians."""
        return self.after - self.before


@dataclass(frozen=True)
class LabelInterval:
    """From one angle to another, radians, the class `label` is named."""

    start: float
    end: float
    label: int


@dataclass(frozen=True)
class Counterfactuals:
    """What every single angle can do to the answer.

    Attributes:
        by_qubit: By qubit; None where no angle within reach changes the answer.
        intervals: By qubit, over the whole reach of its angle.
    """

    by_qubit: tuple[Counterfactual | None, ...]
    intervals: tuple[tuple[LabelInterval, ...], ...]

    @property
    def smallest(self) -> Counterfactual | None:
        """The smallest of all, or None."""
        return min((turn for turn in self.by_qubit if turn), key=lambda turn: abs(turn.change), default=None)


def margin_of(explanation: Explanation) -> Margin:
    """Returns how far an answer is ahead of the next class; there are at least two."""
    first, second = (int(label) for label in np.argsort(-explanation.scores, kind="stable")[:2])
    shares = list(explanation.prediction.probabilities.values())
    return Margin(
        first, second, float(explanation.scores[first] - explanation.scores[second]), shares[first] - shares[second]
    )
