"""Figures of every recipe of transfer, and what its difference from scratch is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qtl_core.evaluation.paired_tests import PairedDifference, paired_differences
from qtl_core.training.transfer.arms import LAST, Amount

CONTROL = "Control to "  # before the name of the recipe whose parts stand still in it, at random numbers


@dataclass(frozen=True)
class Row:
    """One recipe with one amount of data.

    Attributes:
        recipe: What it is called.
        amount: What came of both starts.
        trained: How many numbers learn, carried and from scratch.
        is_control: Whether nothing was carried, and only stands still what the recipe leaves still.
    """

    recipe: str
    amount: Amount
    trained: tuple[int, int]
    is_control: bool = False


@dataclass(frozen=True)
class Story:
    """One pair of tasks.

    Attributes:
        there, here: What the first and the second task are.
        judges: Validation pictures of the second.
        noun: What they are called.
        rows: Every recipe and control with every amount.
        accuracy: The median best accuracy of the first task.
        moved: How far the circuit's angles moved there, in radians.
    """

    there: str
    here: str
    judges: int
    noun: str
    rows: tuple[Row, ...]
    accuracy: float
    moved: float


@dataclass(frozen=True)
class Judged:
    """A row with what its difference is worth."""

    row: Row
    found: PairedDifference

    @property
    def verdict(self) -> str:
        """The verdict on the carried start."""
        return "shows nothing" if self.found.is_luck else "helps" if self.found.mean > 0 else "does harm"


def judged(story: Story) -> list[Judged]:
    """Returns every row's difference in pictures right after the last epoch; recipes are corrected together (Holm).

    The controls are corrected together with them: they are further questions about the same pictures.
    """
    gaps = [(row.amount.gaps(LAST) * story.judges).tolist() for row in story.rows]
    return [Judged(row, found) for row, found in zip(story.rows, paired_differences(gaps), strict=True)]


def rows_of(name: str, found: Sequence[Judged]) -> list[Judged]:
    """Returns the rows of one recipe or control, in the order of their amounts."""
    return [each for each in found if each.row.recipe == name]
